import { effectiveCapabilities } from '../model/capabilities.ts';
import type { Edit } from '../model/plan.ts';
import type { ContainerInspect, HostConfig } from '../model/snapshot.ts';

/** The capabilities that edits take from a container. */
export function takenCapabilities(
  { HostConfig }: Pick<ContainerInspect, 'HostConfig'>,
  edits: readonly Edit[],
): readonly string[] {
  const edited = Object.fromEntries(
    edits.filter(({ path }) => LISTS.includes(path)).map(({ path, after }) => [path.replace('HostConfig.', ''), after]),
  );
  const left = effectiveCapabilities({ ...HostConfig, ...(edited as HostConfig) }).names;
  return effectiveCapabilities(HostConfig).names.filter((name) => !left.includes(name));
}

const LISTS: readonly string[] = ['HostConfig.CapAdd', 'HostConfig.CapDrop'];
