import { isOlder } from '../model/api-version.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';

/**
 * The bindings to create with. Up to engine 28 an empty list publishes nothing, but makes a start of 20.10 fail now and
 * then with "port is already allocated"; nor does a port that is not exposed. Engine 29 brings both to life, so there
 * only what is published is asked for (recreate.md P2, P5).
 */
export function liveBindings(
  bindings: JsonObject,
  { HostConfig, NetworkSettings, State }: ContainerInspect,
  engine: EngineFacts,
): JsonObject {
  if (isOlder(engine.apiVersion, '1.52')) return kept(bindings, (_key, rows) => Array.isArray(rows) && rows.length > 0);
  const mode = HostConfig.NetworkMode ?? '';
  // Nothing is published for these, or for what does not run, so nothing can be told from it.
  if (!State.Running || mode === 'host' || mode === 'none') return bindings;
  return kept(bindings, (key) => (NetworkSettings.Ports?.[key.includes('/') ? key : `${key}/tcp`] ?? []).length > 0);
}

function kept(bindings: JsonObject, isLive: (key: string, rows: JsonValue | undefined) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(bindings).filter(([key, rows]) => isLive(key, rows)));
}
