import { isOlder } from '../model/api-version.ts';
import type { JsonObject } from '../model/json.ts';
import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';

/**
 * The bindings to create with. Engines before 29 publish nothing for a port that is not exposed, or whose list is empty,
 * and keep the binding; engine 29 brings such a one to life, so there it is left out (recreate.md P2, P5).
 */
export function liveBindings(
  bindings: JsonObject,
  { HostConfig, NetworkSettings, State }: ContainerInspect,
  engine: EngineFacts,
): JsonObject {
  const mode = HostConfig.NetworkMode ?? '';
  // Nothing is published for these, or for what does not run, so nothing can be told from it.
  if (isOlder(engine.apiVersion, '1.52') || !State.Running || mode === 'host' || mode === 'none') return bindings;
  return Object.fromEntries(
    Object.entries(bindings).filter(([key]) => {
      const published = NetworkSettings.Ports?.[key.includes('/') ? key : `${key}/tcp`];
      return published !== null && published !== undefined && published.length > 0;
    }),
  );
}
