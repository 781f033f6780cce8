import { setTimeout as sleep } from 'node:timers/promises';
import { datagram, lookUp, page, talk } from './ask.mjs';
import { clientOn } from './client.mjs';
import { execute, identitiesOf, listenersOf, logOf } from './container.mjs';

const SETTLE_MS = 3000;
const STOP_GRACE_SECONDS = 2;
/** Same idea as a gate, and none of its code: what may be said of a permission that is missing. */
const COMPLAINT = /not permitted|permission denied|EPERM|EACCES/i;

/**
 * Uses a container that was created as its clients and operators would: started, asked, reloaded, asked, stopped, started
 * again and asked. Tells in which of these steps it was not as expected, and what it looked like.
 */
export async function exercise(subject, container, expected = null) {
  const seen = { identities: [], listeners: [], workSeconds: [], stopSeconds: 0, stopCode: null };
  const step = { name: 'start' };
  try {
    await container.start();
    await useIt(subject, container, expected, seen, step);
    if (subject.reload !== undefined) {
      step.name = 'reload';
      await subject.reload(await clientOf(subject, container));
      await useIt(subject, container, expected, seen, step, 'after the reload: ');
    }
    step.name = 'stop';
    await stopIt(container, expected, seen);
    step.name = 'restart';
    await container.start();
    await useIt(subject, container, expected, seen, step, 'after the restart: ');
    return { passed: true, seen, complaints: complaintsIn(await logOf(container)) };
  } catch (error) {
    const log = await logOf(container).catch(() => '');
    return { passed: false, step: step.name, because: said(error), seen, complaints: complaintsIn(log) };
  }
}

/** What a case's functions are given to use their service with. */
export async function clientOf(subject, container) {
  const { NetworkSettings, State } = await container.inspect();
  const [address] = Object.values(NetworkSettings.Networks ?? {}).map(({ IPAddress }) => IPAddress);
  const ip = address || '127.0.0.1';
  return {
    ip,
    pid: State.Pid,
    page: (port, options) => page(ip, port, options),
    talk: (port, steps, options) => talk(ip, port, steps, options),
    datagram: (port, bytes) => datagram(ip, port, bytes),
    lookUp: (port, name) => lookUp(ip, port, name),
    client: async (command) => succeeded(command, await clientOn(subject.network, ip, command)),
    exec: async (command, user) => succeeded(command, await execute(container, command, user)),
    signal: (name) => container.kill({ signal: name }),
    log: () => logOf(container),
    sleep,
    expect(text, pattern) {
      if (!pattern.test(text)) throw new Error(`${JSON.stringify(text.slice(0, 200))} has no ${String(pattern)}`);
    },
  };
}

async function useIt(subject, container, expected, seen, step, when = '') {
  step.name = `${when}work`;
  const begun = performance.now();
  await untilItWorks(subject, container, deadlineOf(subject, expected));
  seen.workSeconds.push((performance.now() - begun) / 1000);
  step.name = `${when}processes and ports`;
  await untilItLooksRight(container, expected, seen);
}

/** A service that runs does its work, as often as it takes; an error says why it does not. */
export function waitUntilItWorks(subject, container) {
  return untilItWorks(subject, container, deadlineOf(subject, null));
}

/** A service that is only slow is given the time that the slowest use of it took so far, several times over. */
function deadlineOf({ deadline }, expected) {
  if (expected === null) return 2000 * deadline;
  return 1000 * (expected.patience ?? 1) * Math.max(deadline / 2, 3 + 3 * expected.workSeconds);
}

async function untilItWorks(subject, container, milliseconds) {
  const end = performance.now() + milliseconds;
  for (;;) {
    try {
      return await subject.work(await clientOf(subject, container));
    } catch (error) {
      const { State } = await container.inspect();
      if (!State.Running) throw new Error(`ended with ${State.ExitCode}: ${await lastWords(container)}`);
      if (performance.now() > end) throw new Error(`${said(error)}; ${await lastWords(container)}`);
    }
    await sleep(150);
  }
}

async function untilItLooksRight(container, expected, seen) {
  const end = performance.now() + (expected === null ? SETTLE_MS / 3 : SETTLE_MS);
  for (;;) {
    const { State } = await container.inspect();
    if (!State.Running) throw new Error(`ended with ${State.ExitCode}: ${await lastWords(container)}`);
    const identities = await identitiesOf(container);
    const listeners = listenersOf(State.Pid);
    const wrong = expected === null ? [] : differences(expected, identities, listeners);
    const isOver = performance.now() > end;
    if (isOver || (expected !== null && wrong.length === 0)) seen.identities.push(identities);
    if (isOver || (expected !== null && wrong.length === 0)) seen.listeners.push(listeners);
    if (expected !== null && wrong.length === 0) return;
    if (isOver && wrong.length > 0) throw new Error(wrong.join('; '));
    if (isOver) return;
    await sleep(150);
  }
}

/** A name that never ran before is no difference, whoever it runs as: jobs come and go. */
function differences({ always, ever, names, ports }, identities, listeners) {
  return [
    ...always.filter((identity) => !identities.includes(identity)).map((identity) => `no ${identity}`),
    ...identities.filter((one) => names.includes(nameIn(one)) && !ever.includes(one)).map((one) => `there is ${one}`),
    ...ports.filter((port) => !listeners.includes(port)).map((port) => `nothing at ${port}`),
  ];
}

/** A name may have spaces in it, which its ids and groups never have. */
function nameIn(identity) {
  return identity.replace(/ \S+ \S+$/, '');
}

async function stopIt(container, expected, seen) {
  const begun = performance.now();
  await container.stop();
  seen.stopSeconds = (performance.now() - begun) / 1000;
  seen.stopCode = (await container.inspect()).State.ExitCode;
  if (expected === null) return;
  if (seen.stopSeconds > expected.stopSeconds + STOP_GRACE_SECONDS) {
    throw new Error(`took ${seen.stopSeconds.toFixed(1)} s to stop, not ${expected.stopSeconds.toFixed(1)}`);
  }
  if (!expected.stopCodes.includes(seen.stopCode)) {
    throw new Error(`stopped with ${seen.stopCode}, not ${expected.stopCodes.join(' or ')}`);
  }
}

/** What is expected of every trial, from trials with all that a container holds by default. */
export function expectationOf(runs) {
  const all = runs.flatMap(({ seen }) => seen.identities);
  const ports = runs.flatMap(({ seen }) => seen.listeners);
  const inEach = (lists) => lists[0].filter((one) => lists.every((list) => list.includes(one)));
  const ever = [...new Set(all.flat())];
  return {
    always: inEach(all),
    ever,
    names: [...new Set(ever.map(nameIn))],
    ports: inEach(ports),
    workSeconds: Math.max(...runs.flatMap(({ seen }) => seen.workSeconds)),
    stopSeconds: Math.max(...runs.map(({ seen }) => seen.stopSeconds)),
    stopCodes: [...new Set(runs.map(({ seen }) => seen.stopCode))],
    complaints: [...new Set(runs.flatMap(({ complaints }) => complaints))],
  };
}

/** Lines that may tell of a missing permission, without what differs from run to run. */
function complaintsIn(log) {
  const lines = log.split('\n').filter((line) => COMPLAINT.test(line));
  return [...new Set(lines.map((line) => line.replace(/\d+/g, '0').trim().slice(0, 200)))];
}

async function lastWords(container) {
  const lines = (await logOf(container).catch(() => '')).trim().split('\n');
  return lines.slice(-3).join(' | ').slice(-400);
}

function succeeded(command, { code, text }) {
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${text.slice(-300)}`);
  return text;
}

function said(error) {
  return String(error.json?.message ?? error.message).slice(0, 600);
}
