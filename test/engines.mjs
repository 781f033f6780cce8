// `npm run test:engines`: the suites on a real engine, on the engines of other Debian releases one after the other.
//
//   npm run test:engines                        trixie and sid
//   npm run test:engines -- trixie              one of them; bookworm is there for comparison
//   npm run test:engines -- sid test/engine/recreate.test.ts -t shop    only these suites, with jest's own words
//
// Roots and running engines live in ENFORCE_ENGINES (/var/tmp/enforce-engines); test/lab/engine-root.sh says more.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { suitesWith } from './support/suites-with.mjs';

const ROOT = join(import.meta.dirname, '..');
const ENGINES = process.env.ENFORCE_ENGINES ?? '/var/tmp/enforce-engines';
const KNOWN = ['bookworm', 'trixie', 'sid'];
const PACKAGES = 'debootstrap util-linux iproute2 busybox-static openssh-server sudo docker.io';

const count = { passed: 0, failed: 0 };
const lines = [];
let interruptedBy;
let end = () => undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interruptedBy = signal;
    end(signal);
  });
}

await main(process.argv.slice(2));
for (const line of lines) console.log(line);
if (interruptedBy !== undefined) console.log(`Interrupted by ${interruptedBy}.`);
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(interruptedBy === undefined ? Math.min(count.failed, 1) : 130);

async function main(words) {
  const other = words.findIndex((word) => !KNOWN.includes(word));
  const releases = other === -1 ? words : words.slice(0, other);
  const { ok, printed } = await script('missing');
  if (!ok) {
    const lacks = printed.trim().split('\n').join(', ');
    fail('Other engines', `cannot run here without ${lacks} (as root on Debian: apt-get install ${PACKAGES})`);
    return;
  }
  for (const release of releases.length > 0 ? releases : ['trixie', 'sid']) {
    if (interruptedBy === undefined) await onEngine(release, other === -1 ? [] : words.slice(other));
  }
}

async function onEngine(release, words) {
  console.log(`${release}: making sure of its packages in ${join(ENGINES, release)}`);
  const built = await script('build', release);
  if (interruptedBy !== undefined) return;
  if (!built.ok)
    return fail(release, `its packages could not be installed; see that Debian's mirror answers\n${built.printed}`);
  const started = await script('start', release);
  if (!started.ok) return fail(release, started.printed);
  try {
    if (interruptedBy === undefined) await suites(release, started.printed.trim(), words);
  } finally {
    const stopped = await script('stop', release);
    if (!stopped.ok) fail(release, stopped.printed);
  }
}

async function suites(release, version, words) {
  const name = `${release} ${version}`;
  console.log(name);
  const wanted = words.length > 0 ? words : ['--runTestsByPath', ...suitesWith(/describeReal\(/)];
  const { ok, printed } = await script('in', release, process.execPath, 'test/run.mjs', '--runInBand', ...wanted);
  const [, passed, failed] = /^(\d+) passed, (\d+) failed/m.exec(printed.trim().split('\n').at(-1)) ?? [];
  count.passed += Number(passed ?? 0);
  // Where nothing passed, nothing was proven.
  const failures = Math.max(Number(failed ?? 1), ok && Number(passed) > 0 ? 0 : 1);
  count.failed += failures;
  lines.push(`${name}: ${passed ?? 0} passed, ${failures} failed`);
}

function fail(what, because) {
  count.failed += 1;
  lines.push(`${what}: ${because.trim()}`);
}

/** Whether engine-root.sh ended well, and the end of what it printed. Ctrl-C reaches it only through `end`. */
function script(verb, ...words) {
  const env = { ...process.env, OWNER: `${process.pid}` };
  delete env.DOCKER_HOST;
  return new Promise((resolve) => {
    let printed = '';
    const command = ['test/lab/engine-root.sh', verb, ...words];
    const child = spawn('bash', command, { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    end = (signal) => {
      // Nothing is worth keeping of a root that is cut short; what starts or stops an engine is let finish.
      if (verb === 'build') child.kill('SIGKILL');
      if (verb === 'in') child.kill(signal);
    };
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.setEncoding('utf8').on('data', (chunk) => {
        printed = (printed + chunk).slice(-4_000);
        if (verb === 'in') to.write(chunk);
      });
    }
    child.once('error', (error) => resolve({ ok: false, printed: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, printed }));
  });
}
