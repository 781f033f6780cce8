import type { EngineFacts } from '../model/snapshot.ts';

/** Whether the engine speaks API 1.MINOR or newer. */
export function atLeast({ apiVersion }: EngineFacts, minor: number): boolean {
  const [major = 0, own = 0] = apiVersion.split('.').map(Number);
  return major > 1 || own >= minor;
}
