// What `npm test` runs: every gate, then every suite. `npm test -- WORDS` gives the words to jest and runs nothing else.
//
// ENFORCE_REQUIRE_ENGINE=1   it is a failure when the suites on real engines and hosts cannot run
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { findEngine, hasCommand } from './support/find-engine.mjs';
import { startSecondEngine } from './support/second-engine.mjs';
import { suitesWith } from './support/suites-with.mjs';

const ROOT = join(import.meta.dirname, '..');
const NODE = process.execPath;
const DEADLINE_MINUTES = 60;
/** Suites on real engines have people's times in them, like that of a health check. */
const LOW_PRIORITY = 10;
const PACKAGES =
  'docker.io openssh-server openssh-client sudo busybox-static iptables iproute2 util-linux cgroupfs-mount';
const GATES = [
  ['format', 'node_modules/@biomejs/biome/bin/biome', 'format', '.'],
  ['lint', 'node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  ['types', 'node_modules/ts7/bin/tsc', '-p', 'tsconfig.json'],
  ['unused', 'node_modules/knip/bin/knip.js'],
];

const count = { passed: 0, failed: 0, skipped: 0 };
const notes = [];
let interruptedBy;
const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interruptedBy = signal;
    for (const end of children) end(signal);
  });
}

await main(process.argv.slice(2));
for (const note of notes) console.log(note);
if (interruptedBy !== undefined) console.log(`Interrupted by ${interruptedBy}.`);
const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`;
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
process.exit(interruptedBy === undefined ? Math.min(count.failed, 1) : 130);

async function main(words) {
  if (!isInstalled() && !(await gate('install', ['npm', 'ci', '--no-audit', '--no-fund']))) return;
  if (words.length === 0) {
    for (const [name, ...command] of GATES) await gate(name, [NODE, ...command]);
  }
  if (interruptedBy !== undefined) return;
  const required = process.env.ENFORCE_REQUIRE_ENGINE === '1';
  const folder = await mkdtemp('/var/tmp/enforce-test-');
  const engine = await findEngine();
  try {
    const hostsLack = lackedByHosts();
    const env = {
      ...process.env,
      ENFORCE_REAL_ENGINE: engine.missing === undefined ? '1' : '0',
      ENFORCE_ENGINE_SOCKET: engine.socketPath ?? '',
      ENFORCE_LAB: hostsLack === '' ? '1' : '0',
      ENFORCE_LABS: folder,
    };
    console.log(`engine  ${engine.way ?? `none: ${engine.missing}`}`);
    console.log(`hosts   ${hostsLack === '' ? 'can be made here' : `cannot be made here without ${hostsLack}`}`);
    const before = count.skipped;
    await suites(words, folder, env);
    tellWhatIsMissing(engine.missing, hostsLack, count.skipped - before, required);
  } finally {
    await removeHosts(folder);
    await engine.stop?.(interruptedBy !== undefined || count.failed > 0);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Suites that need an engine or hosts run one by one on each engine, as they share its host ports: on the engine that was
 * found, on a second one, and on hosts that suites make. Beside them run the pure ones, with what is left of the processors.
 */
async function suites(words, folder, env) {
  if (words.length > 0) return jest('suites', ['--runInBand', ...words], folder, env);
  const hosts = suitesWith(/describeLab\(/);
  const real = suitesWith(/describeReal\(/).filter((suite) => !hosts.includes(suite));
  // The kernel is this machine's own, and what is restarted to be watched must be nobody else's meanwhile.
  const traced = suitesWith(/describeTraced\(/).filter((suite) => ![...hosts, ...real].includes(suite));
  const others = ['/node_modules/', ...hosts, ...real, ...traced].flatMap((name) => ['--testPathIgnorePatterns', name]);
  const second =
    env.ENFORCE_REAL_ENGINE === '1' && env.ENFORCE_LAB === '1' ? await startSecondEngine(folder) : undefined;
  const here = { reach: (command) => command, answers: { here: folder, there: folder }, env: {} };
  const lane = async (queue, where) => {
    for (let suite = queue.shift(); suite !== undefined; suite = queue.shift()) {
      const name = suite.replaceAll('/', '-');
      await jest(name, ['--runInBand', '--runTestsByPath', suite], folder, env, where);
    }
  };
  const lanes = [
    lane(hosts, here),
    lane(traced, here).then(() => lane(real, here)),
    ...(second ? [lane(real, second)] : []),
  ];
  await Promise.all([
    ...lanes,
    jest('suites', ['--maxWorkers=100%', '--workerIdleMemoryLimit=1500MB', ...others], folder, env),
  ]);
}

/** Runs jest, and counts what it counted. What runs beside other suites is shown when it has ended. */
async function jest(name, words, folder, env, beside) {
  if (interruptedBy !== undefined) return;
  const file = `${name}.json`;
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const { here, there } = beside?.answers ?? { here: folder, there: folder };
  const command = [NODE, ...flags, '--json', `--outputFile=${join(there, file)}`, ...words];
  const options = beside
    ? { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...env, ...beside.env } }
    : { stdio: 'inherit', env, gives: LOW_PRIORITY };
  const ended = await start(beside ? beside.reach(command) : command, options);
  if (beside) console.log(ended.printed.trimEnd());
  const path = join(here, file);
  const result = existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : undefined;
  const failed = (result?.numFailedTests ?? 0) + (result?.numRuntimeErrorTestSuites ?? 0);
  count.passed += result?.numPassedTests ?? 0;
  count.skipped += (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
  // A runner that died, or was unhappy with something else than a test, has failed too.
  count.failed += ended.ok ? failed : Math.max(failed, 1);
}

async function gate(name, command) {
  if (interruptedBy !== undefined) return false;
  const begun = performance.now();
  const { ok, printed } = await start(command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${name.padEnd(7)} ${ok ? 'passed' : 'FAILED'} ${seconds} s`);
  if (!ok) console.log(printed.trimEnd());
  if (ok) count.passed += 1;
  else count.failed += 1;
  return ok;
}

function start([command, ...words], { gives = 0, ...options }) {
  return new Promise((resolve) => {
    let printed = '';
    const child = spawn(command, words, { cwd: ROOT, ...options });
    if (gives > 0 && child.pid !== undefined) setPriority(child.pid, gives);
    // What runs beside another engine is reached only as a group.
    const end = (signal) => (options.detached ? process.kill(-child.pid, signal) : child.kill(signal));
    children.add(end);
    child.stdout?.setEncoding('utf8').on('data', (chunk) => (printed += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk) => (printed += chunk));
    const deadline = setTimeout(() => {
      notes.push(`${words.find((word) => word.includes('/')) ?? command} was ended after ${DEADLINE_MINUTES} minutes.`);
      end('SIGKILL');
    }, DEADLINE_MINUTES * 60_000);
    const settle = (ok) => {
      clearTimeout(deadline);
      children.delete(end);
      resolve({ ok, printed });
    };
    child.once('error', (error) => {
      printed += error.message;
      settle(false);
    });
    child.once('close', (code) => settle(code === 0));
  });
}

/** Whether node_modules holds exactly what package-lock.json says; packages for other platforms may be absent. */
function isInstalled() {
  try {
    const read = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')).packages;
    const installed = read('node_modules/.package-lock.json');
    return Object.entries(read('package-lock.json')).every(
      ([path, { version, optional }]) =>
        path === '' || installed[path]?.version === version || (optional === true && !(path in installed)),
    );
  } catch {
    return false;
  }
}

function lackedByHosts() {
  try {
    if (!hasCommand('bash')) return 'bash';
    execFileSync('bash', ['test/lab/lab.sh', 'missing'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
    return '';
  } catch (error) {
    return String(error.stdout).trim().split('\n').join(', ');
  }
}

/** Hosts that an interrupted suite left running. */
async function removeHosts(folder) {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith('enforce-lab-'))) {
    const id = name.slice('enforce-lab-'.length);
    const env = { ...process.env, LAB: join(folder, name), LAB_ID: id };
    try {
      execFileSync('bash', ['test/lab/lab.sh', 'down'], { cwd: ROOT, env, stdio: 'inherit' });
    } catch (error) {
      notes.push(`The hosts in ${env.LAB} could not be removed: ${error.message}`);
    }
  }
}

function tellWhatIsMissing(noEngine, hostsLack, skippedTests, required) {
  if (skippedTests === 0 && !(required && (noEngine || hostsLack))) return;
  notes.push('', `Not run: ${skippedTests} tests.`);
  if (noEngine) notes.push(`  Those on a real engine: ${noEngine}.`);
  if (hostsLack) notes.push(`  Those on several real hosts need ${hostsLack}.`);
  if (noEngine || hostsLack) notes.push(`  To run them, as root on Debian: apt-get install ${PACKAGES}`);
  if (!required) return;
  notes.push('  ENFORCE_REQUIRE_ENGINE=1 makes that a failure.');
  count.failed += 1;
}
