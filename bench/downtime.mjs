// node bench/downtime.mjs [ROUNDS]: how long a small web container is away while it is changed, as seen by somebody who
// asks it for a page all the time: by hand (docker stop && docker rm && docker run), by enforce with the old one stopped
// first, and by enforce with the new one started first. All in turn in every round; medians, and their ratios.
// Needs root and an engine at /var/run/docker.sock, or in DOCKER_HOST; what it makes there it removes.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = Number(process.argv[2] ?? 7);
const NAME = 'enforce-bench-web';
const IMAGE = 'enforce-bench/web:1';
const [OLD_PORT, NEW_PORT] = [981, 8981];
const run = promisify(execFile);
const docker = (...words) => execFileSync('docker', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const folder = mkdtempSync(join(tmpdir(), 'enforce-bench-'));

const WAYS = {
  'by hand': byHand,
  'enforce, stop-first': () => enforce('stop-first'),
  'enforce, start-first': () => enforce('start-first'),
};

try {
  execFileSync(process.execPath, [join(ROOT, 'build/build.mjs')], { stdio: 'inherit' });
  makeImage();
  const away = Object.fromEntries(Object.keys(WAYS).map((way) => [way, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [way, change] of Object.entries(WAYS)) {
      launch();
      away[way].push(await longestGap(change));
      tidy();
    }
  }
  const hand = median(away['by hand']);
  for (const [way, gaps] of Object.entries(away)) {
    const ratio = (median(gaps) / hand).toFixed(2);
    console.log(`${way.padEnd(22)} ${median(gaps).toFixed(0)} ms unanswered (${ratio} of by hand; ${ROUNDS} rounds)`);
  }
} finally {
  tidy();
  try {
    docker('rmi', IMAGE);
  } catch {
    // It was never made.
  }
  rmSync(folder, { recursive: true, force: true });
}

async function byHand() {
  await run('sh', [
    '-c',
    `docker stop ${NAME} && docker rm ${NAME} && docker run -d --init --name ${NAME} -p ${NEW_PORT}:80 --cap-drop ALL ${IMAGE}`,
  ]);
}

async function enforce(order) {
  const playbook = join(folder, 'playbook.yml');
  const rules = 'rules: { privileged-host-port: { otherwise: "+8000" }, linux-capabilities: { add: auto } }';
  const rollout = `rollout: { order: ${order} }\nhealth: { healthy_for: 1s, deadline: 20s }`;
  writeFileSync(playbook, `name: bench\n${rules}\n${rollout}\n`);
  const words = ['apply', '--yes', '-p', playbook, '--container', NAME, '--state-dir', join(folder, 'state')];
  await run(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...words]);
}

/** Asks the old and the new port for the page, each without a pause, while something is done; the longest time without one. */
async function longestGap(change) {
  let last = performance.now();
  let longest = 0;
  let ended = false;
  const ask = async (port) => {
    for (let looksAfter = 0; looksAfter < 20; looksAfter += ended ? 1 : 0) {
      if (!(await answersAt(port))) continue;
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    }
  };
  const changing = change().finally(() => {
    ended = true;
  });
  await Promise.all([changing, ask(OLD_PORT), ask(NEW_PORT)]);
  return longest;
}

function answersAt(port) {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/', timeout: 250, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode === 200));
      answer.on('error', () => resolve(false));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

function launch() {
  docker('run', '-d', '--init', '--name', NAME, '-p', `${OLD_PORT}:80`, IMAGE);
  execFileSync('sh', ['-c', `until wget -q -O /dev/null http://127.0.0.1:${OLD_PORT}/; do :; done`]);
}

function tidy() {
  const left = docker('ps', '-aq', '--filter', `name=${NAME}`).split('\n').filter(Boolean);
  if (left.length > 0) docker('rm', '-f', ...left);
}

function makeImage() {
  const root = join(folder, 'root');
  const script =
    'mkdir -p "$0/bin" "$0/www" && cp "$(command -v busybox)" "$0/bin/busybox" && ln -s busybox "$0/bin/httpd" && echo hello >"$0/www/index.html" && tar -C "$0" -cf "$0.tar" .';
  execFileSync('sh', ['-c', script, root]);
  const lines = ['CMD ["httpd","-f","-p","80","-h","/www"]', 'ENV PATH=/bin'].flatMap((line) => ['-c', line]);
  docker('import', ...lines, `${root}.tar`, IMAGE);
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
