import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const execute = promisify(execFile);

/**
 * Another engine for the suites on a real engine, with a network and a root of its own: a host of the lab, in `folder`.
 * Undefined when it does not come up; whoever removes what is in the folder removes it too.
 *
 * @returns {Promise<{ reach: (command: readonly string[]) => readonly string[], answers: { here: string, there: string },
 *   env: Readonly<Record<string, string>> } | undefined>} how a command is run beside that engine and with what in its
 *   environment, and a folder by the names it has here and there
 */
export async function startSecondEngine(folder) {
  try {
    const { stdout } = await lab({}, 'claim');
    const id = stdout.trim();
    const own = { LAB: join(folder, `enforce-lab-${id}`), LAB_ID: id };
    await lab(own, 'up', '1');
    const inside = ['env', `LAB=${own.LAB}`, `LAB_ID=${id}`, 'bash', join(ROOT, SCRIPT), 'in', '1'];
    return {
      reach: (command) => [...inside, 'sh', '-c', 'cd "$0" && exec "$@"', ROOT, ...command],
      answers: { here: join(own.LAB, 'h1'), there: '/labhost' },
      env: { ENFORCE_ENGINE_SOCKET: '/var/run/docker.sock' },
    };
  } catch {
    return undefined;
  }
}

const SCRIPT = 'test/lab/lab.sh';

function lab(own, ...words) {
  return execute('bash', [SCRIPT, ...words], { cwd: ROOT, env: { ...process.env, ...own }, timeout: 120_000 });
}
