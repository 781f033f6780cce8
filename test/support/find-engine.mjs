import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * The engine for the real-engine suites: the one that is running on this machine, else one of our own that is removed
 * with everything in it by `stop`. Otherwise `missing` says why there is none. On an engine that others use too, `stop`
 * removes what suites left behind only when they did not end well (`tidy`).
 *
 * @returns {Promise<{ socketPath: string, way: string, stop: (tidy: boolean) => Promise<void> } | { missing: string }>}
 */
export async function findEngine() {
  if (!hasCommand('docker')) return { missing: 'the docker client is not installed' };
  const named = process.env.DOCKER_HOST?.startsWith('unix://') ? [process.env.DOCKER_HOST.slice('unix://'.length)] : [];
  for (const socketPath of [...named, '/var/run/docker.sock']) {
    if (!(await isDocker(socketPath))) continue;
    const images = await testImages(socketPath);
    return { socketPath, way: `the engine at ${socketPath}`, stop: (tidy) => sweep(socketPath, images, tidy) };
  }
  if (process.getuid?.() !== 0)
    return { missing: 'no engine answers at /var/run/docker.sock, and only root can start one' };
  const lacking = ['dockerd', 'iptables'].filter((name) => !hasCommand(name));
  if (lacking.length > 0)
    return { missing: `no engine answers, and none can be started without ${lacking.join(' and ')}` };
  if (run('ip', 'link', 'show', 'docker0') && (await isAlive('/var/run/docker.pid'))) {
    return {
      missing: 'an engine runs but does not answer at /var/run/docker.sock; a second one would take its network',
    };
  }
  return startEngine();
}

/** Whether a program is on the PATH. */
export function hasCommand(name) {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function startEngine() {
  const folder = await mkdtemp('/var/tmp/enforce-engine-');
  const socketPath = `${folder}/docker.sock`;
  const hadBridge = run('ip', 'link', 'show', 'docker0');
  const firewall = saveFirewall();
  const mounted = mountControlGroups();
  await writeFile(`${folder}/daemon.json`, '{}');
  const log = await open(`${folder}/log`, 'w');
  const words = ['-H', `unix://${socketPath}`, '--config-file', `${folder}/daemon.json`, '--pidfile', `${folder}/pid`];
  const places = ['--data-root', `${folder}/data`, '--exec-root', `${folder}/run`];
  // A session of its own: Ctrl-C must not stop the engine before the suites have tidied up.
  const engine = spawn('dockerd', [...words, ...places], { detached: true, stdio: ['ignore', log.fd, log.fd] });
  const ended = new Promise((resolve) => engine.once('exit', resolve).once('error', resolve));
  await log.close();

  const stop = async () => {
    if (engine.exitCode === null) engine.kill('SIGTERM');
    await Promise.race([ended, pause(30_000, undefined, { ref: false }).then(() => engine.kill('SIGKILL'))]);
    if (!hadBridge) run('ip', 'link', 'delete', 'docker0');
    for (const [command, rules] of firewall) execFileSync(`${command}-restore`, { input: rules });
    if (mounted && run('cgroupfs-umount')) run('umount', '/sys/fs/cgroup');
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  for (let tries = 0; tries < 300 && engine.exitCode === null; tries += 1) {
    if (await isDocker(socketPath)) return { socketPath, way: 'an engine of its own', stop };
    await pause(100);
  }
  const last = (await readFile(`${folder}/log`, 'utf8')).trim().split('\n').at(-1);
  await stop();
  return { missing: `dockerd did not start: ${last}` };
}

// Without systemd nothing mounts the control groups, and no engine starts without them.
function mountControlGroups() {
  if (existsSync('/sys/fs/cgroup') && readdirSync('/sys/fs/cgroup').length > 0) return false;
  return run('cgroupfs-mount');
}

// A table that has no rules yet is not saved at all, so it is put back as an empty one.
function saveFirewall() {
  const tables = { filter: ['INPUT', 'FORWARD', 'OUTPUT'], nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'] };
  return ['iptables', 'ip6tables'].flatMap((command) => {
    try {
      const saved = execFileSync(`${command}-save`, { encoding: 'utf8' });
      const empty = Object.entries(tables).filter(([table]) => !saved.includes(`*${table}\n`));
      const lines = empty.map(([table, chains]) => [
        `*${table}`,
        ...chains.map((chain) => `:${chain} ACCEPT`),
        'COMMIT',
        '',
      ]);
      return [[command, saved + lines.map((table) => table.join('\n')).join('')]];
    } catch {
      return [];
    }
  });
}

function run(command, ...words) {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function isAlive(pidFile) {
  const pid = await readFile(pidFile, 'utf8').catch(() => '');
  return pid.trim() !== '' && existsSync(`/proc/${pid.trim()}`);
}

/** Podman answers on a Docker socket too, but is not what the suites are about. */
function isDocker(socketPath) {
  return new Promise((resolve) => {
    const request = get({ socketPath, path: '/version', headers: { host: 'docker' }, timeout: 5_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve(answer.statusCode === 200 && !/podman/i.test(text)));
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', () => resolve(false));
  });
}

/** What an interrupted suite left on an engine that is not ours, and the images that the run brought. */
async function sweep(socketPath, imagesBefore, tidy) {
  const remove = async (words, list) => {
    const names = (await docker(socketPath, ...list)).split('\n').filter((name) => name !== '');
    if (names.length > 0) await docker(socketPath, ...words, ...names);
  };
  if (tidy) {
    await remove(['rm', '-f', '-v'], ['ps', '-aq', '--filter', 'name=^/?enforce-test-']);
    await remove(['volume', 'rm', '-f'], ['volume', 'ls', '-q', '--filter', 'name=^enforce-test-']);
    await remove(['network', 'rm'], ['network', 'ls', '-q', '--filter', 'name=^enforce-test-']);
  }
  const brought = (await testImages(socketPath)).filter((image) => !imagesBefore.includes(image));
  if (brought.length > 0) await docker(socketPath, 'rmi', ...brought);
}

async function testImages(socketPath) {
  const printed = await docker(socketPath, 'images', '--format', '{{.Repository}}:{{.Tag}}', 'enforce-test/*');
  return printed.split('\n').filter((name) => name !== '');
}

function docker(socketPath, ...words) {
  return new Promise((resolve) => {
    execFile('docker', ['-H', `unix://${socketPath}`, ...words], (_error, printed) => resolve(printed.trim()));
  });
}
