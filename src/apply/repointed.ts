import type { JsonObject, JsonValue } from '../model/json.ts';
import type { Successor } from './successors.ts';

/**
 * The HostConfig of a container that refers to others by their id, made to refer to those that take their place
 * (recreate.md §12). What the engine resolves by name at every start needs no rewriting and is left as it is.
 */
export function repointed(host: JsonObject, successors: readonly Successor[]): JsonObject {
  if (successors.length === 0) return host;
  const result: Record<string, JsonValue | undefined> = { ...host };
  for (const field of ['NetworkMode', 'PidMode', 'IpcMode']) {
    const mode = host[field];
    if (typeof mode === 'string') result[field] = modeOf(mode, successors);
  }
  const { VolumesFrom, Links } = host;
  if (Array.isArray(VolumesFrom))
    result['VolumesFrom'] = (VolumesFrom as readonly string[]).map((text) => volumesFrom(text, successors));
  if (Array.isArray(Links)) result['Links'] = (Links as readonly string[]).map((text) => linkOf(text, successors));
  return result;
}

function modeOf(mode: string, successors: readonly Successor[]): string {
  if (!mode.startsWith('container:')) return mode;
  const successor = successorOf(mode.slice('container:'.length), successors);
  return successor ? `container:${successor.id}` : mode;
}

/** `ID:ro`; by name it stays, as the name moves on to the successor. */
function volumesFrom(text: string, successors: readonly Successor[]): string {
  const [reference = '', ...modes] = text.split(':');
  const successor = successorOf(reference, successors);
  return successor ? [successor.id, ...modes].join(':') : text;
}

/**
 * `/db:/shop/mydb`: an engine that starts makes its links anew from what was asked for, and by then the name of the moment
 * is another's or nobody's. An id, which must begin like a name here, is the same container for ever.
 */
function linkOf(text: string, successors: readonly Successor[]): string {
  const [reference = '', ...alias] = text.split(':');
  const successor =
    successors.find(({ target }) => `/${target}` === reference) ??
    successorOf(reference.replace(/^\//, ''), successors);
  return successor ? [`/${successor.id}`, ...alias].join(':') : text;
}

function successorOf(reference: string, successors: readonly Successor[]): Successor | undefined {
  if (!/^[0-9a-f]{12,64}$/.test(reference)) return undefined;
  return successors.find(({ oldId }) => oldId.startsWith(reference));
}
