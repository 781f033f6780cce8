// One host of the lab with containers: its own sshd and its own Docker engine. Needs root and what test/lab/lab.sh needs.
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** The program as it is shipped. */
export const ENFORCE = [join(ROOT, 'dist/cli/main.js')];
/** What an auditor runs today. */
export const AUDIT = 'docker ps -q | xargs docker inspect';

/** Builds the program, boots a host, fills it, calls the work with it and removes every trace. */
export async function withLabHost(containers, work) {
  const folder = mkdtempSync(join(tmpdir(), 'enforce-bench-'));
  let env = { ...process.env };
  const lab = (...words) =>
    execFileSync('bash', [join(ROOT, 'test/lab/lab.sh'), ...words], { encoding: 'utf8', env }).trim();
  const id = lab('claim');
  env = { ...env, LAB: join('/var/tmp', `enforce-bench-${id}`), LAB_ID: id };
  try {
    execFileSync(process.execPath, [join(ROOT, 'build/build.mjs')], { stdio: 'inherit' });
    lab('up', '1');
    const pid = readFileSync(join(env.LAB, 'h1/pid'), 'utf8').trim();
    fill(`unix:///proc/${pid}/root/run/docker.sock`, containers, folder);
    await work(client(folder, join(env.LAB, 'home/.ssh'), `10.${200 + Number(id)}.0.10`, pid));
  } finally {
    lab('down');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The client's side: a home folder, in which ssh knows the host under any address, and an ssh that reads it. */
function client(folder, ssh, address, pid) {
  const home = join(folder, 'home');
  const config = join(home, '.ssh/config');
  mkdirSync(join(home, '.ssh'), { recursive: true });
  const known = join(home, '.ssh/known_hosts');
  writeFileSync(
    config,
    `Host *\n  User root\n  IdentityFile ${ssh}/id_ed25519\n  IdentitiesOnly yes\n  UserKnownHostsFile ${known}\n  StrictHostKeyChecking yes\n  BatchMode yes\n`,
  );
  const key = /(ssh-ed25519 \S+)/.exec(readFileSync(join(ssh, 'known_hosts'), 'utf8'))[1];
  writeFileSync(known, `${address},198.18.* ${key}\n`);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  // docker's own ssh takes no configuration but that of the account.
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${config} "$@"\n`);
  chmodSync(join(bin, 'ssh'), 0o755);
  return {
    folder,
    address,
    pid,
    env: { HOME: home, PATH: `${bin}:${process.env.PATH}` },
    identity: join(ssh, 'id_ed25519'),
    ssh: ['ssh', '-F', config],
    knows: (port) => appendFileSync(known, `[127.0.0.1]:${port} ${key}\n`),
  };
}

function fill(engine, containers, folder) {
  const docker = (...words) => execFileSync('docker', ['-H', engine, ...words], { encoding: 'utf8' });
  importWeb(docker, join(folder, 'image'));
  for (let number = 1; number <= containers; number++) {
    const port = number <= 8 ? 800 + number : 9000 + number;
    const settings = ['-p', `${port}:80`, '-e', `KEY=${number}`, '-l', `team=${number % 5}`];
    docker('run', '-d', '--init', '--name', `web-${number}`, ...settings, 'bench/web:1');
  }
}

/** Makes the image `bench/web:1` of this machine's busybox, which serves its /tmp; the folder is not there yet. */
export function importWeb(docker, image) {
  execFileSync('sh', [
    '-c',
    'mkdir -p "$0/bin" "$0/tmp" && cp "$(command -v busybox)" "$0/bin/busybox" && ln -s busybox "$0/bin/httpd" && tar -C "$0" -cf "$0.tar" .',
    image,
  ]);
  const change = ['-c', 'CMD ["httpd","-f","-p","80","-h","/tmp"]', '-c', 'ENV PATH=/bin'];
  docker('import', ...change, `${image}.tar`, 'bench/web:1');
}
