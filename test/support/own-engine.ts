import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real engine that a test starts for itself, with a folder of its own. */
export interface OwnEngine {
  readonly folder: string;
  close(): Promise<void>;
}

/** Whom an engine runs as, when not as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Starts an engine that listens as these options of dockerd say; `FOLDER` in them is its own, and so is its bridge: an
 * engine that is to have none removes docker0, whose-ever it is.
 */
export async function startOwnEngine(...options: readonly string[]): Promise<OwnEngine> {
  const bridge = `enf-own-${process.pid % 100_000}`;
  execFileSync('ip', ['link', 'add', bridge, 'type', 'bridge']);
  try {
    execFileSync('ip', ['address', 'add', `10.251.${process.pid % 250}.1/24`, 'dev', bridge]);
    const folder = mkdtempSync(join(tmpdir(), 'enforce-own-engine-'));
    const engine = await start(folder, ['--bridge', bridge, ...options], (dockerd) =>
      spawn('dockerd', dockerd, { stdio: ['ignore', 'ignore', 'pipe'] }),
    );
    return {
      folder,
      async close() {
        await engine.close();
        execFileSync('ip', ['link', 'delete', bridge]);
      },
    };
  } catch (error) {
    execFileSync('ip', ['link', 'delete', bridge]);
    throw error;
  }
}

/** Starts one without root, in a user namespace of an ordinary user, as rootlesskit does; on FOLDER/docker.sock. */
export function startRootlessEngine({ uid, gid }: Account): Promise<OwnEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'enforce-own-engine-'));
  chownSync(folder, uid, gid);
  chmodSync(folder, 0o700);
  // It refuses to start without this program, of which it has no use where no port is published.
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  symlinkSync('/bin/true', join(programs, 'rootlesskit-docker-proxy'));
  const environment = {
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    XDG_CONFIG_HOME: folder,
    ROOTLESSKIT_STATE_DIR: folder,
    ROOTLESSKIT_PARENT_EUID: String(uid),
    PATH: `${programs}:/usr/sbin:/usr/bin:/sbin:/bin`,
  };
  const options = ['--rootless', '--group', 'root', '--bridge', 'none', '-H', 'unix://FOLDER/docker.sock'];
  const inside = ['sh', '-c', 'mount -t tmpfs tmpfs /run && exec dockerd "$@"', 'sh'];
  return start(folder, options, (dockerd) =>
    spawn('unshare', ['--user', '--map-root-user', '--net', '--mount', '--fork', ...inside, ...dockerd], {
      ...{ uid, gid, env: environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    }),
  );
}

async function start(
  folder: string,
  options: readonly string[],
  run: (dockerd: readonly string[]) => ReturnType<typeof spawn>,
): Promise<OwnEngine> {
  const common = [
    ...['--data-root', 'FOLDER/data', '--exec-root', 'FOLDER/exec', '--pidfile', 'FOLDER/pid'],
    ...['--iptables=false', '--userland-proxy=false', '--storage-driver', 'vfs'],
  ];
  const engine = run([...common, ...options].map((word) => word.replaceAll('FOLDER', folder)));
  const ended = once(engine, 'close');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    engine.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_096);
      if (said.includes('API listen on')) resolve();
    });
    engine.once('close', () => reject(new Error(`dockerd ended: ${said}`)));
  });
  return {
    folder,
    async close() {
      process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')));
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
