import { canonicalJson } from '../model/canonical-json.ts';
import type { JsonValue } from '../model/json.ts';
import type { ContainerInspect } from '../model/snapshot.ts';

/**
 * What an examination was of: the candidate, and the settings the old one had. When somebody changes those meanwhile
 * (`docker update`, `docker network connect`), what is found out no longer goes for them, and they are compared again.
 */
export function comparison(
  { Config, HostConfig, NetworkSettings }: Pick<ContainerInspect, 'Config' | 'HostConfig' | 'NetworkSettings'>,
  candidateId: string,
): string {
  // The change itself takes the old one's restart policy; and its links, which nobody can change, an engine that starts
  // makes anew.
  const settings = { ...HostConfig, RestartPolicy: null, Links: null };
  const networks = Object.keys(NetworkSettings.Networks ?? {}).toSorted();
  return `${candidateId} ${canonicalJson({ Config, settings, networks } as unknown as JsonValue)}`;
}
