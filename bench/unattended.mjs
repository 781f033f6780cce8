// node bench/unattended.mjs [HOSTS]: a night with nobody at it, on so many real hosts (20): a change window that closes in
// the middle, a host without power, a service that its fix breaks, a container that somebody changed since the plan was
// made; then the next window. Prints every command with what it said and how it ended, and fails where that is not as told.
// Needs root and what test/lab/lab.sh needs; makes lab hosts of its own and removes them. About a quarter of an hour.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ENFORCE } from './support/lab-host.mjs';
import { withLabHosts } from './support/lab-hosts.mjs';

/** Who has no power, whose recorder cannot live with its fix, whose web was made again since the plan was made. */
const [STALE, AWAY, BREAKS] = ['h3', 'h4', 'h6'];
/** For so long changes can be begun in the first window. */
const BEGUN_SECONDS = 40;
const MINUTE = 60_000;
const SERVE = 'exec httpd -f -p 80 -h /tmp';
const RECORD = `mknod /dev/frame c 1 3 2>/dev/null && ${SERVE}; echo no frame`;
const wrong = [];

await withLabHosts(Number(process.argv[2] ?? 20), async (hosts) => {
  for (const host of hosts.names) fill(host, hosts);
  await nights(hosts);
});
for (const line of wrong) console.log(`NOT AS IT SHOULD BE: ${line}`);
process.exitCode = Math.min(wrong.length, 1);

async function nights(hosts) {
  const { folder, docker, cutPower, boot } = hosts;
  const enforce = (...words) => runEnforce(words, hosts);
  const writePlaybook = (windows) => writeFileSync(join(folder, 'playbook.yml'), playbook(windows));
  writePlaybook([]);
  const { changes } = JSON.parse(enforce('plan', '-p', 'playbook.yml', '--json', '-q', '-l', 'h1').text);
  const worst = Math.max(...changes.map(({ worst_case_s: seconds }) => seconds));
  const begun = (worst + BEGUN_SECONDS) * 1000;
  const closes = Math.ceil((Date.now() + 90_000 + begun) / MINUTE) * MINUTE;
  writePlaybook([
    { name: 'saturday', from: closes - 30 * MINUTE, to: closes },
    { name: 'sunday', from: closes + MINUTE, to: closes + 60 * MINUTE },
  ]);
  console.log(readFileSync(join(folder, 'playbook.yml'), 'utf8'));
  expect('the plan', enforce('plan', '-p', 'playbook.yml', '-o', 'plan.json', '-q'), [0]);
  say(`no change takes longer than ${worst} s, whatever happens`);

  docker(STALE, 'rm', '-f', 'web');
  run(STALE, 'web', '80:80', SERVE, hosts);
  cutPower(AWAY);
  say(`${STALE}/web was made again by somebody, and ${AWAY} has no power`);
  const wait = closes - begun - Date.now();
  say(`the first window closes at ${new Date(closes).toISOString()}; for ${Math.round(wait / 1000)} s nobody begins`);
  await pause(wait);

  const apply = ['apply', 'plan.json', '-p', 'playbook.yml', '--yes', '-c', '3'];
  const breaks = new RegExp(`${BREAKS}/recorder +rolled back`);
  expect('the first night', enforce(...apply), [3, breaks, /deferred/, new RegExp(`${STALE}/web .*changed since`)]);
  expect('status', enforce('status', '-p', 'playbook.yml'), [4, /deferred|left/]);
  tellPorts(hosts, [AWAY]);

  boot(AWAY);
  await pause(closes - Date.now());
  say(`${AWAY} has power again; the same command, waiting for the next window`);
  expect('the second night', enforce(...apply, '--wait-window=15m'), [3, breaks, /continues run/]);
  expect('status', enforce('status', '-p', 'playbook.yml'), [0]);
  const left = tellPorts(hosts, []);
  if (left.join(' ') !== `${STALE}/web ${BREAKS}/recorder`) wrong.push(`left below port 1024: ${left.join(' ')}`);
}

function fill(host, hosts) {
  run(host, 'web', '80:80', SERVE, hosts);
  run(host, 'mail', '25:80', SERVE, hosts);
  if (host === BREAKS) run(host, 'recorder', '554:80', RECORD, hosts);
}

function run(host, name, port, command, { docker }) {
  const settings = ['--init', '--stop-timeout', '1', '--name', name, '-p', port];
  docker(host, 'run', '-d', ...settings, 'bench/web:1', 'busybox', 'sh', '-c', command);
}

function playbook(windows) {
  const time = (moment) => new Date(moment).toISOString().slice(0, 16).replace('T', ' ');
  const rows = windows.map(
    ({ name, from, to }) => `  - { name: ${name}, from: "${time(from)}", to: "${time(to)}", timezone: Etc/UTC }`,
  );
  return [
    'name: night',
    'rules:',
    '  privileged-host-port: { map: { 80: 8080 }, otherwise: "+8000" }',
    '  linux-capabilities: {}',
    'rollout: { batches: [2, 100%], max_failures: 5 }',
    'health: { healthy_for: 1s, deadline: 10s }',
    ...(rows.length > 0 ? ['windows:', ...rows] : []),
    '',
  ].join('\n');
}

function runEnforce([command, ...words], { folder, env }) {
  const all = [command, '-i', 'hosts.yml', ...words];
  console.log(`\n$ enforce ${all.join(' ')}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...ENFORCE, ...all], {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!words.includes('--json')) console.log(`${stderr}${stdout}exit ${status}`);
  return { exitCode: status, text: `${stdout}${stderr}` };
}

function expect(what, { exitCode, text }, [wanted, ...patterns]) {
  if (exitCode !== wanted) wrong.push(`${what} ended with ${exitCode}, not ${wanted}`);
  for (const pattern of patterns) if (!pattern.test(text)) wrong.push(`${what} does not say ${pattern}`);
}

/** What docker itself publishes below port 1024, of hosts that have power. */
function tellPorts({ names, docker }, without) {
  const left = names
    .filter((host) => !without.includes(host))
    .flatMap((host) => {
      const rows = docker(host, 'ps', '--format', '{{.Names}} {{.Ports}}').split('\n');
      return rows.filter((row) => /:\d{1,3}->/.test(row)).map((row) => `${host}/${row.split(' ')[0]}`);
    });
  say(`below port 1024 docker itself still shows: ${left.join(' ') || 'nothing'}`);
  return left;
}

function say(text) {
  console.log(`# ${text}`);
}
