import type { ContainerInspect, FileChange } from './snapshot.ts';

/** Whether a change is the engine's own doing: it makes each mount point and the folders above it, and deletes nothing. */
export function isEngineMade({ path, kind }: FileChange, inspect: ContainerInspect): boolean {
  if (kind === 'deleted') return false;
  const { WorkingDir } = inspect.Config;
  return [...placesOf(inspect), ...(WorkingDir ? [withoutSlash(WorkingDir)] : [])].some((place) =>
    isWithin(place, path),
  );
}

/**
 * Whether a change in a writable layer can be carried to another container: every one but what the engine mounts or
 * writes itself, and what lies under a mount, where a copy would end up in the volume.
 */
export function isCarried({ path }: FileChange, inspect: ContainerInspect): boolean {
  return (
    path !== '/' &&
    !placesOf(inspect).includes(path) &&
    ![...mountedFolders(inspect), ...KERNEL_FOLDERS].some((folder) => isWithin(path, folder))
  );
}

/**
 * Where a writable layer is read to carry it over, what is above first. A folder that was added, with nothing of the
 * engine's in it, is read at once: that keeps hard links and names that are not UTF-8, and is one call instead of
 * thousands. Any other folder may have a volume or the image's own files below it.
 */
export function carriedRoots(changes: readonly FileChange[], inspect: ContainerInspect): readonly CarriedRoot[] {
  const carried = changes.filter((change) => change.kind !== 'deleted' && isCarried(change, inspect)).toSorted(byPath);
  const roots: CarriedRoot[] = [];
  for (const { path, kind } of carried) {
    const last = roots.at(-1);
    if (last?.whole === true && path.startsWith(`${last.path}/`)) {
      roots[roots.length - 1] = { ...last, entries: last.entries + 1 };
      continue;
    }
    roots.push({ path, whole: kind === 'added' && !holdsEngineFiles(path, inspect), entries: 1 });
  }
  return roots;
}

/** One path that is read from a container. */
export interface CarriedRoot {
  readonly path: string;
  /** All below it belongs to the layer too, and is read with it; else a folder is read for itself alone. */
  readonly whole: boolean;
  /** No more entries than this are to be expected of it. */
  readonly entries: number;
}

/** What is below a folder comes right after it, whatever else begins with its name. */
function byPath(a: FileChange, b: FileChange): number {
  const [first, second] = [a.path.replaceAll('/', '\0'), b.path.replaceAll('/', '\0')];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** Whether the engine mounts or writes something of its own at a path, or below it. */
function holdsEngineFiles(path: string, inspect: ContainerInspect): boolean {
  return placesOf(inspect).some((place) => isWithin(place, path));
}

/**
 * Whether a path is in a folder whose content is scratch by the Filesystem Hierarchy Standard: cleared at boot (/run,
 * /tmp, /var/lock) or regenerable by definition (/var/cache); /var/tmp is kept across boots and so is not among them.
 */
export function isScratch(path: string): boolean {
  return !SECRETS.some((folder) => isWithin(path, folder)) && SCRATCH.some((folder) => isWithin(path, folder));
}

const SCRATCH = ['/run', '/var/run', '/tmp', '/var/lock', '/var/cache', '/dev'];

/** What was copied in here, by compose for one, nobody makes again (recreate.md W2). */
const SECRETS = ['/run/secrets', '/var/run/secrets'];

const KERNEL_FOLDERS = ['/proc', '/sys', '/dev'];

/** Where the engine mounts the first process it brings itself (`--init`). */
export const ENGINE_INITS: readonly string[] = ['/sbin/docker-init', '/usr/sbin/docker-init'];

const ENGINE_FILES = [
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
  '/.dockerenv',
  ...ENGINE_INITS,
  ...KERNEL_FOLDERS,
];

/** Where the engine mounts or writes something of its own in a container. */
export function placesOf(inspect: ContainerInspect): readonly string[] {
  return [...mountsOf(inspect).map(withoutSlash), ...ENGINE_FILES];
}

/** Where something is mounted in a container, by the names it was asked for under. */
export function mountsOf({ Mounts, HostConfig }: ContainerInspect): readonly string[] {
  return [...(Mounts ?? []).map(({ Destination }) => Destination), ...Object.keys(HostConfig.Tmpfs ?? {})];
}

/** What is in memory only is not there in a container that does not run. */
function mountedFolders({ Mounts }: ContainerInspect): readonly string[] {
  return (Mounts ?? []).filter(({ Type }) => Type !== 'tmpfs').map(({ Destination }) => withoutSlash(Destination));
}

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, '');
}

/** Whether a path is a folder or below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
