import { matchesGlob } from '../model/glob.ts';
import type { ContainerInspect, FileChange } from '../model/snapshot.ts';

/**
 * Folders whose content is scratch by the Filesystem Hierarchy Standard: cleared at boot (/run, /tmp, /var/lock) or
 * regenerable by definition (/var/cache); /var/tmp is kept across boots and so is not among them.
 */
const SCRATCH = ['/run', '/var/run', '/tmp', '/var/lock', '/var/cache', '/dev'];

/** What was copied in here, by compose for one, nobody makes again (recreate.md W2). */
const SECRETS = ['/run/secrets', '/var/run/secrets'];

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
  const folders = new Set(changes.map(({ path }) => parentOf(path)));
  return changes
    .filter(
      ({ path, kind }) =>
        !isEngineMade(path, kind, mountPoints) &&
        !isScratch(path) &&
        // A folder counts as changed when something in it did; that is listed on a line of its own.
        !(kind !== 'deleted' && folders.has(path)) &&
        !expendable.some((glob) => matchesGlob(glob, path)),
    )
    .map(({ path }) => path);
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
    '/usr/sbin/docker-init',
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
  return !SECRETS.some((folder) => isWithin(path, folder)) && SCRATCH.some((folder) => isWithin(path, folder));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
