// node bench/scan.mjs [RUNS] [ROUND_TRIP_MS]: how long a cold `enforce scan` of one host with 40 containers takes, beside
// what people run today over the same sshd; at a round trip of so many milliseconds through a delaying proxy, if given.
// Needs root and what test/lab/lab.sh needs; makes a lab host of its own and removes it.
import { spawn } from 'node:child_process';
import { once as event } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT, ENFORCE, withLabHost } from './support/lab-host.mjs';
import { inTurn, median, report } from './support/measure.mjs';

const CONTAINERS = 40;
const [rounds = 5, roundTrip = 0] = process.argv.slice(2).map(Number);

await withLabHost(CONTAINERS, async ({ folder, address, env, ssh, knows }) => {
  const proxy = roundTrip > 0 ? await delayed(address, roundTrip) : undefined;
  if (proxy) knows(proxy.port);
  const [host, port] = proxy ? ['127.0.0.1', proxy.port] : [address, 22];
  const span = join(folder, 'span');
  const scan = ['scan', '-i', `ssh://root@${host}:${port}`, '--exit-zero', '-q'];
  const engine = `docker -H ssh://root@${host}:${port}`;
  const subjects = [
    { name: 'enforce scan', command: [...ENFORCE, ...scan], env },
    {
      name: '  the same, from connect to last inspect',
      command: [process.execPath, '-r', join(import.meta.dirname, 'support/span.cjs'), ...ENFORCE, ...scan],
      env: { ...env, BENCH_SPAN: span },
      extra: () => ({ span: Number(readFileSync(span, 'utf8')) }),
    },
    // The round that is not counted is what it remembers.
    { name: 'enforce scan --incremental', command: [...ENFORCE, ...scan, '--incremental'], env },
    { name: `ssh HOST '${AUDIT}'`, command: [...ssh, '-p', port, `root@${host}`, AUDIT].map(String), env },
    {
      name: 'docker -H ssh://HOST ps -q | xargs docker inspect',
      command: ['sh', '-c', `${engine} ps -q | xargs ${engine} inspect`],
      env,
    },
  ];
  try {
    const runs = await inTurn(subjects, rounds);
    report(`one host, ${CONTAINERS} containers, cold${proxy ? `, ${roundTrip} ms round trip` : ''}`, subjects, runs);
    for (const at of [3, 4]) {
      const ratios = runs[1].map((run, round) => run.span / runs[at][round].wall);
      const spans = median(runs[1].map((run) => run.span)).toFixed(0);
      console.log(`  connect to last inspect ${spans} ms: × ${median(ratios).toFixed(2)} of ${subjects[at].name}`);
    }
  } finally {
    proxy?.process.kill();
  }
});

async function delayed(host, milliseconds) {
  const words = [join(import.meta.dirname, 'support/delay.mjs'), host, '22', String(milliseconds)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await event(child.stdout, 'data');
  return { process: child, port: Number(String(line)) };
}
