// node bench/scan.mjs [RUNS]: how long `enforce scan` of one host with 50 containers takes, beside what people run today:
// ssh HOST 'docker ps -q | xargs docker inspect'. Both in turn, cold, over the same sshd; medians, and their ratio.
// Needs root and what test/lab/lab.sh needs; makes a lab host of its own and removes it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const RUNS = Number(process.argv[2] ?? 9);
const CONTAINERS = 50;
const lab = (...words) =>
  execFileSync('bash', [join(ROOT, 'test/lab/lab.sh'), ...words], { encoding: 'utf8', env }).trim();

let env = { ...process.env };
const id = lab('claim');
const folder = mkdtempSync(join(tmpdir(), 'enforce-bench-'));
env = { ...env, LAB: join('/var/tmp', `enforce-lab-${id}`), LAB_ID: id };

try {
  execFileSync(process.execPath, [join(ROOT, 'build/build.mjs')], { stdio: 'inherit' });
  lab('up', '1');
  fill();
  const home = join(env.LAB, 'home');
  const inventory = join(folder, 'inventory.yml');
  writeFileSync(inventory, `all: { hosts: { h1: { docker: "ssh://root@10.${200 + Number(id)}.0.10" } } }\n`);
  const scan = [process.execPath, join(ROOT, 'dist/cli/main.js'), 'scan', '-i', inventory, '--exit-zero', '-q'];
  const audit = ['ssh', '-F', join(home, '.ssh/config'), 'root@h1', 'docker ps -q | xargs docker inspect'];
  report(measure(scan, home), measure(audit, home), scan, audit, home);
} finally {
  lab('down');
  rmSync(folder, { recursive: true, force: true });
}

function fill() {
  const pid = readFileSync(join(env.LAB, 'h1/pid'), 'utf8').trim();
  const host = ['-H', `unix:///proc/${pid}/root/run/docker.sock`];
  const docker = (...words) => execFileSync('docker', [...host, ...words], { encoding: 'utf8' });
  const image = join(folder, 'image');
  execFileSync('sh', [
    '-c',
    'mkdir -p "$0/bin" "$0/tmp" && cp "$(command -v busybox)" "$0/bin/busybox" && ln -s busybox "$0/bin/httpd" && tar -C "$0" -cf "$0.tar" .',
    image,
  ]);
  docker(
    'import',
    '-c',
    'CMD ["httpd","-f","-p","80","-h","/tmp"]',
    '-c',
    'ENV PATH=/bin',
    `${image}.tar`,
    'bench/web:1',
  );
  for (let number = 1; number <= CONTAINERS; number++) {
    docker(
      'run',
      '-d',
      '--init',
      '--name',
      `web-${number}`,
      '-p',
      `${number <= 10 ? 800 + number : 9000 + number}:80`,
      '-e',
      `KEY=${number}`,
      '-l',
      `team=${number % 5}`,
      'bench/web:1',
    );
  }
}

function measure(command, home) {
  const begun = process.hrtime.bigint();
  const { status, stderr } = spawnSync(command[0], command.slice(1), {
    env: { ...env, HOME: home, NODE_EXTRA_CA_CERTS: '' },
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

/** One run of each came before and is not counted. */
function report(_scan, _audit, scan, audit, home) {
  const pairs = Array.from({ length: RUNS }, () => [measure(scan, home), measure(audit, home)]);
  const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
  const scans = median(pairs.map(([a]) => a));
  const audits = median(pairs.map(([, b]) => b));
  console.log(
    `enforce scan                               ${scans.toFixed(0)} ms  (median of ${RUNS}, ${CONTAINERS} containers, cold)`,
  );
  console.log(`ssh HOST 'docker ps -q | xargs docker inspect'  ${audits.toFixed(0)} ms`);
  console.log(
    `ratio of the medians ${(scans / audits).toFixed(2)}, median of the ratios ${median(pairs.map(([a, b]) => a / b)).toFixed(2)}`,
  );
}
