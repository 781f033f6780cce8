// What `predict` lets enforce itself say of a case: `node bench/capabilities.mjs predict bench/capabilities/enforce.mjs`.
// It is asked as an operator asks it, by its command line, built beforehand (`npm run build`). No catalogue entry is about
// the images of the cases, so what it says without a watch it has read from the container alone.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchAsPeers } from './peers.mjs';
import { DEFAULT } from './service.mjs';

const PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
/** Every trial begins with fresh containers, so nothing that one wrote is of value. */
const PLAYBOOK = `name: bench
hosts: all
rules:
  linux-capabilities: { require: cis, add: auto }
containers: { expendable: ['**'] }
health: { healthy_for: 5s, deadline: 45s }
`;
/** How long a service is left alone before its watch ends. */
const QUIET_MS = 4000;

/** From what the container is and does, unwatched. */
export async function withoutObservation(handle) {
  return inFolder((folder) => planned(handle, folder));
}

/** The same, after it was watched from its start on while it was used. */
export async function withObservation(handle) {
  return inFolder(async (folder) => {
    const peers = await watchAsPeers();
    await observe(handle, folder);
    const { State } = await handle.engine.getContainer(handle.name).inspect();
    const held = heldToday(await handle.engine.getContainer(handle.name).inspect());
    return { ...(await planned(handle, folder)), others: await peers.end(State.Pid, held) };
  });
}

/** A change without a watch, through the gate. */
export async function apply(handle) {
  return inFolder((folder) => changed(handle, folder));
}

/** The same after it was watched. */
export async function applyWatched(handle) {
  return inFolder(async (folder) => {
    await observe(handle, folder);
    return changed(handle, folder);
  });
}

async function changed({ name, engine }, folder) {
  const since = (Date.now() / 1000).toFixed(3);
  const words = ['apply', '--yes', '--json', '-p', playbookIn(folder), '--container', name];
  const { code, output, complaint } = await enforce(folder, words);
  const said = linesOf(output).find(({ type }) => type === 'change');
  if (said === undefined) return { result: `exit ${code}: ${complaint.trim().split('\n').at(-1)}` };
  const { result, notes = [], because } = said;
  // Which set it ended with is told where the first one was not enough.
  const isFirstTry = result === 'applied' && !notes.some((text) => text.includes('first try'));
  return { result, isFirstTry, starts: await startsOf(name, engine, since), details: because ?? notes };
}

async function planned({ name }, folder) {
  const { code, output, complaint } = await enforce(folder, [
    'plan',
    '--json',
    '-p',
    playbookIn(folder),
    '--container',
    name,
  ]);
  if (code !== 0) throw new Error(`plan ended with ${code}: ${complaint.slice(-400)}`);
  const [change] = JSON.parse(output).changes;
  // Without a change there is no finding: it stays as it is.
  if (change === undefined || change.action === 'blocked') {
    throw new Error(`nothing is planned: ${change?.blocked?.because ?? 'no finding'}`);
  }
  const kept = change.capabilities.filter(({ verdict }) => verdict === 'keep');
  return { capabilities: kept.map(({ capability }) => capability), details: change.capabilities };
}

/** Until it was started again and used, and nothing more comes. */
async function observe({ name, serve }, folder) {
  const run = started(folder, ['observe', '--start', '--yes', '--for', '10m', name]);
  await run.saying(`${name} started again, watched from its start`);
  try {
    await serve();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  } finally {
    run.interrupt();
  }
  const { code, complaint } = await run.ended;
  if (code !== 0 && code !== 130) throw new Error(`observe ended with ${code}: ${complaint.slice(-400)}`);
}

function enforce(folder, words) {
  return started(folder, words).ended;
}

function started(folder, words) {
  const child = spawn(process.execPath, [PROGRAM, ...words, '--state-dir', join(folder, 'state'), '--no-color'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, complaint] = ['', ''];
  const waiting = [];
  const isSaid = (text) => output.includes(text) || complaint.includes(text);
  const heard = () => waiting.filter(({ text }) => isSaid(text)).forEach(({ resolve }) => resolve());
  child.stdout.on('data', (data) => ((output += data), heard()));
  child.stderr.on('data', (data) => ((complaint += data), heard()));
  const ended = new Promise((resolve) => child.on('close', (code) => resolve({ code, output, complaint })));
  return {
    ended,
    interrupt: () => child.kill('SIGINT'),
    saying: (text) =>
      Promise.race([
        new Promise((resolve) => (waiting.push({ text, resolve }), heard())),
        ended.then(({ code }) => {
          throw new Error(`ended with ${code} before it said "${text}": ${complaint.slice(-400)}`);
        }),
      ]),
  };
}

async function startsOf(name, engine, since) {
  const stream = await engine.getEvents({ since, until: Math.ceil(Date.now() / 1000), filters: { event: ['start'] } });
  let text = '';
  for await (const part of stream) text += part;
  return linesOf(text).filter(({ Actor }) => Actor?.Attributes?.name?.startsWith(name)).length;
}

function heldToday({ HostConfig }) {
  return [...DEFAULT, ...(HostConfig.CapAdd ?? []).map((name) => name.replace(/^CAP_/, ''))];
}

function linesOf(text) {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

function playbookIn(folder) {
  const file = join(folder, 'playbook.yml');
  writeFileSync(file, PLAYBOOK);
  return file;
}

async function inFolder(act) {
  const folder = mkdtempSync(join(tmpdir(), 'enforce-bench-'));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
