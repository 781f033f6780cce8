import pLimit from 'p-limit';
import type { ContainerSummary, EngineReader } from '../engine/engine.ts';
import type { Container, ContainerInspect } from '../model/snapshot.ts';

/** Inspects containers, so many at once, in the order of their names; one that went away meanwhile is left out. */
export async function readContainers(
  engine: EngineReader,
  summaries: readonly ContainerSummary[],
  channels: number,
  describe: (inspect: ContainerInspect) => Container,
): Promise<readonly Container[]> {
  const limit = pLimit(channels);
  try {
    const containers = await limit.map(summaries, async ({ id }) => {
      const inspect = await engine.inspect(id);
      return inspect && describe(inspect);
    });
    return inOrderOfNames(containers.flatMap((container) => container ?? []));
  } catch (error) {
    // The host has failed; what still waits must not go on asking it.
    limit.clearQueue();
    throw error;
  }
}

/** Containers as a snapshot lists them. */
export function inOrderOfNames(containers: readonly Container[]): readonly Container[] {
  return containers.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
