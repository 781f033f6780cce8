import { matchesGlob } from '../model/glob.ts';
import type { ContainerInspect, FileChange } from '../model/snapshot.ts';

/**
 * Folders whose content is scratch by the Filesystem Hierarchy Standard: cleared at boot (/run, /tmp, /var/lock) or
 * regenerable by definition (/var/cache); /var/tmp is kept across boots and so is not among them.
 */
const SCRATCH = ['/run', '/var/run', '/tmp', '/var/lock', '/var/cache', '/dev'];

/**
 * The changed files of a writable layer that a recreate would lose: without what the engine itself makes there (mount
 * points and their parents), without scratch folders, and without what the playbook calls expendable.
 */
export function filesAtRisk(
  changes: readonly FileChange[],
  inspect: ContainerInspect,
  expendable: readonly string[],
): readonly string[] {
  const mountPoints = mountPointsOf(inspect);
  const parents = new Set(changes.map(({ path }) => parentOf(path)));
  return changes
    .filter(
      ({ path, kind }) =>
        !isEngineMade(path, kind, mountPoints) &&
        !isScratch(path) &&
        !expendable.some((glob) => matchesGlob(glob, path)),
    )
    .map(({ path }) => path)
    .filter((path) => !isTouchedFolder(path, changes, parents));
}

function mountPointsOf({ Mounts, HostConfig, Config }: ContainerInspect): readonly string[] {
  const mounted = (Mounts ?? []).map(({ Destination }) => Destination);
  const tmpfs = Object.keys(HostConfig.Tmpfs ?? {});
  const engineFiles = [
    '/etc/hosts',
    '/etc/hostname',
    '/etc/resolv.conf',
    '/.dockerenv',
    '/sbin/docker-init',
    '/proc',
    '/sys',
    '/dev',
  ];
  return [...mounted, ...tmpfs, ...engineFiles, ...(Config.WorkingDir ? [Config.WorkingDir] : [])].map((path) =>
    path.replace(/(?<=.)\/+$/, ''),
  );
}

/** The engine makes each mount point and the folders above it, which shows as added or modified, never as deleted. */
function isEngineMade(path: string, kind: FileChange['kind'], mountPoints: readonly string[]): boolean {
  return kind !== 'deleted' && mountPoints.some((point) => point === path || point.startsWith(`${path}/`));
}

function isScratch(path: string): boolean {
  return SCRATCH.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** A folder counts as modified when something in it changed; the change itself is listed on its own line. */
function isTouchedFolder(path: string, changes: readonly FileChange[], parents: ReadonlySet<string>): boolean {
  return parents.has(path) && changes.some((change) => change.path === path && change.kind === 'modified');
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
