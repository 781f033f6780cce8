// node bench/observe.mjs [ROUNDS]: what it costs a container to be watched. Two workloads, each with `enforce observe` and
// without in turn, in the same container: requests to busybox's httpd, which forks for each, and programs that a shell
// starts one after the other, the worst there is for something that looks at every fork and execve. Prints the throughput
// of both and their ratio, medians of the rounds. Needs root, a local engine, /bin/busybox (static) and `npm run build`.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROUNDS = Number(process.argv[2] ?? 5);
const SECONDS = 6;
const PROGRAM = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js');
const NAME = `enforce-bench-observe-${process.pid}`;
const CLIENTS = 4;
const docker = (...words) => execFileSync('docker', words, { encoding: 'utf8' }).trim();
const folder = mkdtempSync(join(tmpdir(), 'enforce-bench-'));

try {
  const image = importBusybox();
  const workloads = { 'requests, a fork each': requests(image), 'programs, one after another': programs(image) };
  for (const [name, { start, count }] of Object.entries(workloads)) {
    start();
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push({ without: await count(), watched: await whileWatched(count) });
    docker('rm', '-f', NAME);
    const ratios = rounds.map(({ without, watched }) => watched / without);
    const rate = (kind) => `${Math.round(median(rounds.map((round) => round[kind])))}/s`;
    console.log(
      `${name.padEnd(30)} alone ${rate('without').padEnd(9)} watched ${rate('watched').padEnd(9)} ` +
        `ratio ${median(ratios).toFixed(3)}  (${ratios.map((ratio) => ratio.toFixed(3)).join(' ')})`,
    );
  }
} finally {
  execFileSync('docker', ['rm', '-f', NAME], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
}

/** Over loopback, as many at once as there are clients. */
function requests(image) {
  return {
    start: () => docker('run', '-d', '--name', NAME, image, 'httpd', '-f', '-p', '8080', '-h', '/bin'),
    async count() {
      const address = docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', NAME);
      const agent = new Agent({ maxSockets: CLIENTS });
      const end = performance.now() + SECONDS * 1000;
      let done = 0;
      const client = async () => {
        for (; performance.now() < end; done++) {
          const request = get({ host: address, port: 8080, path: '/none', agent });
          const [response] = await once(request, 'response');
          response.resume();
          await once(response, 'end');
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      agent.destroy();
      return done / SECONDS;
    },
  };
}

function programs(image) {
  const counted = join(folder, 'counted');
  mkdirSync(counted);
  const loop = 'while :; do for i in 1 2 3 4 5 6 7 8 9 10; do /bin/true; done; echo -n x >>/counted/by-ten; done';
  return {
    start: () => docker('run', '-d', '--name', NAME, '-v', `${counted}:/counted`, image, 'sh', '-c', loop),
    async count() {
      const before = sizeOf(join(counted, 'by-ten'));
      await sleep(SECONDS * 1000);
      return ((sizeOf(join(counted, 'by-ten')) - before) * 10) / SECONDS;
    },
  };
}

async function whileWatched(count) {
  const state = join(folder, 'state');
  const child = spawn(process.execPath, [PROGRAM, 'observe', NAME, '--state-dir', state, '--for', '10m'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  for await (const line of child.stderr) if (String(line).includes('is watched')) break;
  try {
    return await count();
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

function importBusybox() {
  const root = join(folder, 'root');
  mkdirSync(join(root, 'bin'), { recursive: true });
  const script =
    'cp /bin/busybox "$0/bin/" && for name in sh httpd true; do ln -s busybox "$0/bin/$name"; done; tar -C "$0" -c .';
  const archive = execFileSync('sh', ['-c', script, root], { maxBuffer: 1 << 26 });
  return execFileSync('docker', ['import', '-'], { input: archive, encoding: 'utf8' }).trim();
}

function sizeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
