import type { EngineReader } from '../engine/engine.ts';
import type { Container, ContainerDetails, ContainerInspect } from '../model/snapshot.ts';
import { digestSecrets } from './digest-secrets.ts';

/**
 * What a plan must know of a container that is to be changed, and that costs the engine more than an inspect; undefined
 * when the container is gone.
 */
export async function readDetails(
  engine: EngineReader,
  { id, inspect }: Container,
): Promise<ContainerDetails | undefined> {
  const [image, named, changes, missingVolumes] = await Promise.all([
    engine.image(inspect.Image),
    engine.image(inspect.Config.Image),
    engine.changes(id),
    missingOf(engine, volumesOf(inspect)),
  ]);
  if (!changes) return undefined;
  return { image: image ? digestSecrets(image) : null, namedImageId: named?.id ?? null, changes, missingVolumes };
}

function volumesOf(inspect: ContainerInspect): readonly string[] {
  const names = (inspect.Mounts ?? []).flatMap(({ Type, Name }) => (Type === 'volume' && Name ? [Name] : []));
  return [...new Set(names)].toSorted();
}

async function missingOf(engine: EngineReader, names: readonly string[]): Promise<readonly string[]> {
  const present = await Promise.all(names.map((name) => engine.hasVolume(name)));
  return names.filter((_name, index) => present[index] === false);
}
