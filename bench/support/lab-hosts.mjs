// Several hosts of the lab: each its own sshd and its own Docker engine. Needs root and what test/lab/lab.sh needs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importWeb } from './lab-host.mjs';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Builds the program, boots so many hosts (h1, h2, …), gives each the image `bench/web:1`, calls the work with them and
 * removes every trace. `folder` has hosts.yml; `env` is for enforce and ssh; `docker(host, …words)` is docker's own client.
 */
export async function withLabHosts(count, work) {
  const folder = mkdtempSync(join(tmpdir(), 'enforce-bench-'));
  const names = Array.from({ length: count }, (_, at) => `h${at + 1}`);
  let env = { ...process.env };
  const lab = (...words) =>
    execFileSync('bash', [join(ROOT, 'test/lab/lab.sh'), ...words], { encoding: 'utf8', env }).trim();
  const id = lab('claim');
  env = { ...env, LAB: join('/var/tmp', `enforce-bench-${id}`), LAB_ID: id };
  const docker = (host, ...words) => {
    const pid = readFileSync(join(env.LAB, host, 'pid'), 'utf8').trim();
    const engine = `unix:///proc/${pid}/root/run/docker.sock`;
    return execFileSync('docker', ['-H', engine, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  };
  try {
    execFileSync(process.execPath, [join(ROOT, 'build/build.mjs')], { stdio: 'inherit' });
    lab('up', String(count));
    for (const host of names) importWeb((...words) => docker(host, ...words), join(folder, `image-of-${host}`));
    const rows = names.map((host) => `    ${host}: { docker: "ssh://root@${host}" }`);
    writeFileSync(join(folder, 'hosts.yml'), ['all:', '  hosts:', ...rows, ''].join('\n'));
    const home = join(env.LAB, 'home');
    await work({
      names,
      folder,
      home,
      docker,
      env: { ...env, HOME: home, ENFORCE_STATE_DIR: join(folder, 'state'), NO_COLOR: '1' },
      cutPower: (host) => lab('kill', host.slice(1)),
      boot: (host) => lab('up-one', host.slice(1)),
    });
  } finally {
    lab('down');
    rmSync(folder, { recursive: true, force: true });
  }
}
