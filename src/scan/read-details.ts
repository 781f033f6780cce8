import type { EngineReader } from '../engine/engine.ts';
import type { Container, ContainerDetails, ContainerInspect, FileChange } from '../model/snapshot.ts';
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
  return {
    // Not its comment: nobody knows what people write into one.
    image: image ? digestSecrets({ id: image.id, tags: image.tags, config: image.config }) : null,
    namedImageId: named?.id ?? null,
    changes: await withoutEmptyFolders(engine, id, changes),
    missingVolumes,
  };
}

/** More added paths than this are not looked at one by one; they stay in the list. */
const MOST_LOOKS = 64;

/** A folder that a program made and left empty holds nothing to lose; the list alone does not tell it from a file. */
async function withoutEmptyFolders(
  engine: EngineReader,
  id: string,
  changes: readonly FileChange[],
): Promise<readonly FileChange[]> {
  const parents = new Set(changes.map(({ path }) => parentOf(path)));
  const leaves = changes.filter(({ path, kind }) => kind === 'added' && !parents.has(path));
  if (leaves.length > MOST_LOOKS) return changes;
  const looks = await Promise.all(leaves.map(async ({ path }) => ({ path, isEmpty: await engine.isFolder(id, path) })));
  const empty = new Set(looks.filter(({ isEmpty }) => isEmpty).map(({ path }) => path));
  if (empty.size === 0) return changes;

  // What is left is a file, a deletion, or a folder above one; folders that stood above empty ones alone go with them.
  const kept = new Set(
    changes.filter(({ path, kind }) => kind === 'deleted' || !(parents.has(path) || empty.has(path))),
  );
  const above = new Set([...kept].flatMap(({ path }) => foldersAbove(path)));
  return changes.filter((change) => kept.has(change) || above.has(change.path));
}

function foldersAbove(path: string): readonly string[] {
  const parent = parentOf(path);
  return parent === '' ? [] : [parent, ...foldersAbove(parent)];
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function volumesOf(inspect: ContainerInspect): readonly string[] {
  const names = (inspect.Mounts ?? []).flatMap(({ Type, Name }) => (Type === 'volume' && Name ? [Name] : []));
  return [...new Set(names)].toSorted();
}

async function missingOf(engine: EngineReader, names: readonly string[]): Promise<readonly string[]> {
  const present = await Promise.all(names.map((name) => engine.hasVolume(name)));
  return names.filter((_name, index) => present[index] === false);
}
