import type { EngineReader } from '../engine/engine.ts';
import type { HostPath, NetworkFacts } from '../model/attachments.ts';
import { EnforceError } from '../model/errors.ts';
import type { Container, ContainerDetails, ContainerInspect, FileChange } from '../model/snapshot.ts';
import { digestSecrets } from './digest-secrets.ts';
import type { SeenPaths } from './look-at-paths.ts';

/**
 * What a plan must know of a container that is to be changed, and that costs the engine more than an inspect; undefined
 * when the container is gone. The paths it has of the host were looked at before, those of many containers at once.
 */
export async function readDetails(
  engine: EngineReader,
  { id, inspect }: Container,
  seen: SeenPaths,
): Promise<ContainerDetails | undefined> {
  const hostPaths = hostPathsOf(inspect).map(
    (path): HostPath => ({ path, exists: seen.get(path) ?? { known: false, because: 'it was not looked for' } }),
  );
  const [image, named, changes, missingVolumes, networks] = await Promise.all([
    engine.image(inspect.Image),
    engine.image(inspect.Config.Image),
    engine.changes(id),
    missingOf(engine, volumesOf(inspect)),
    Promise.all(Object.keys(inspect.NetworkSettings.Networks ?? {}).map((name) => networkFacts(engine, name))),
  ]);
  if (!changes) return undefined;
  return {
    // Not its comment: nobody knows what people write into one.
    image: image ? digestSecrets({ id: image.id, tags: image.tags, config: image.config }) : null,
    namedImageId: named?.id ?? null,
    changes: mayLookInside(inspect, seen) ? await withoutEmptyFolders(engine, id, changes) : changes,
    missingVolumes,
    networks,
    hostPaths,
  };
}

/**
 * Whether an engine can look into a container without a trace: it sets up its mounts for it, and so makes the folder of a
 * bind that is not there.
 */
export function mayLookInside(inspect: ContainerInspect, seen: SeenPaths): boolean {
  return hostPathsOf(inspect).every((path) => {
    const exists = seen.get(path);
    return exists?.known === true && exists.value;
  });
}

/** The host's own files a container cannot start without: sources of its binds, and its devices. */
export function hostPathsOf({ Mounts, HostConfig }: ContainerInspect): readonly string[] {
  const bound = (Mounts ?? []).flatMap(({ Type, Source }) => (Type === 'bind' && Source ? [Source] : []));
  const devices = (HostConfig.Devices ?? []).flatMap(({ PathOnHost }) => (PathOnHost ? [PathOnHost] : []));
  return [...new Set([...bound, ...devices])].toSorted();
}

async function networkFacts(engine: EngineReader, name: string): Promise<NetworkFacts> {
  const network = await engine.network(name).catch((error: unknown) => {
    // Older engines let two networks have one name, and then refuse to tell which is meant.
    if (error instanceof EnforceError && error.code === 'engine-refused') return undefined;
    throw error;
  });
  return {
    name,
    id: textOf(network?.['Id']) ?? null,
    driver: textOf(network?.['Driver']) ?? '',
    scope: textOf(network?.['Scope']) ?? '',
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
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
  const above = foldersAbove([...kept], new Set(changes.map(({ path }) => path)));
  return changes.filter((change) => kept.has(change) || above.has(change.path));
}

/** The listed folders above these paths; each is gone through once, however many paths lead to it. */
function foldersAbove(kept: readonly FileChange[], listed: ReadonlySet<string>): ReadonlySet<string> {
  const above = new Set<string>();
  for (const { path } of kept) {
    for (let folder = parentOf(path); listed.has(folder) && !above.has(folder); folder = parentOf(folder))
      above.add(folder);
  }
  return above;
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
