import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe } from '@jest/globals';
import type { ObservationJob, ObservationTools } from '../../src/observe/observe-containers.ts';
import { observeContainers } from '../../src/observe/observe-containers.ts';
import type { Observation } from '../../src/model/observation.ts';
import { effectiveCapabilities } from '../../src/model/capabilities.ts';
import { openUnix } from '../../src/transport/unix.ts';
import type { RealEngine } from './real-engine.ts';

const TRACEFS = '/sys/kernel/tracing';

/** `describe` for suites that ask this machine's kernel; where they cannot, their name says why. */
export function describeTraced(name: string, suite: () => void): void {
  const because = whyNot();
  if (because === undefined || process.env['ENFORCE_REQUIRE_ENGINE'] === '1') describe(name, suite);
  else describe.skip(`${name} (not here: ${because})`, suite);
}

function whyNot(): string | undefined {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return 'no real engine';
  if (process.getuid?.() !== 0) return 'only root may trace';
  if (!existsSync(`${TRACEFS}/instances`)) return 'no tracefs is mounted';
  const hasEvent = ['events/capability/cap_capable', 'kprobe_events'].some((path) => existsSync(`${TRACEFS}/${path}`));
  return hasEvent ? undefined : 'this kernel has no event for capabilities';
}

/** The ring buffers that the shell of a process of this machine made, by the parent that this shell has. */
export function buffersOf(parent: number | undefined): readonly string[] {
  return buffers().filter((name) => parentOf(shellOf(name) ?? 0) === parent);
}

/** The ring buffers that are there with enforce's name, whoever's they are. */
export function buffers(): readonly string[] {
  return readdirSync(`${TRACEFS}/instances`).filter((name) => shellOf(name) !== undefined);
}

/** The shell that a buffer's name tells of; undefined where it is not enforce's. */
export function shellOf(buffer: string): number | undefined {
  const pid = /^enforce-[a-z0-9]+-(\d+)-\d+-\d+[ab]$/.exec(buffer)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

/** Whether a ring buffer is there. */
export function hasBuffer(name: string): boolean {
  return existsSync(`${TRACEFS}/instances/${name}`);
}

/** Looks again and again until what is wanted is so; the suite's own deadline ends it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(20);
}

/** A ring buffer of somebody else, which records every program that begins; removed by `remove`. */
export function strangersBuffer(name: string): { read: (file: string) => string; remove: () => void } {
  const folder = `${TRACEFS}/instances/${name}`;
  mkdirSync(folder);
  writeFileSync(`${folder}/events/sched/sched_process_exec/enable`, '1');
  return { read: (file) => `${folder}/${file}`, remove: () => rmdirSync(folder) };
}

/** Watches containers while something is done in them, and gives what was seen of each. */
export async function observedWhile(
  engine: RealEngine,
  names: readonly string[],
  work: () => Promise<unknown>,
  different: Partial<ObservationJob> = {},
): Promise<readonly Observation[]> {
  const done = new AbortController();
  const begun = startObserving(engine, names, done.signal, different);
  await begun.watching;
  try {
    await work();
  } finally {
    done.abort();
  }
  return begun.observations;
}

/** Begins to watch, until the signal. */
function startObserving(
  engine: RealEngine,
  names: readonly string[],
  signal: AbortSignal,
  different: Partial<ObservationJob> = {},
): { readonly watching: Promise<void>; readonly observations: Promise<readonly Observation[]> } {
  const host = { name: 'here', groups: [], address: { kind: 'unix', path: engine.socketPath } } as const;
  const connection = openUnix(host, host.address);
  let watched = 0;
  let isWatching: () => void = () => undefined;
  const watching = new Promise<void>((resolve) => (isWatching = resolve));
  const tools: ObservationTools = {
    now: () => performance.now(),
    timestamp: () => new Date().toISOString(),
    randomName: (length) => Math.random().toString(36).slice(2).padEnd(length, '0').slice(0, length),
    pause: (milliseconds, until) => pause(milliseconds, undefined, { signal: until }).catch(() => undefined),
    tell: (text) => {
      if (text.includes('watched')) watched += 1;
      if (watched === names.length) isWatching();
    },
  };
  const observations = (async () => {
    const containers = await Promise.all(names.map((name) => watchedOf(engine, name)));
    const job = { host: 'here', containers, seconds: 120, restart: undefined, bufferKibibytes: 8_192, signal };
    try {
      return (await observeContainers(connection, { ...job, ...different }, tools)).observations;
    } finally {
      await connection.close();
    }
  })();
  return { watching: Promise.race([watching, observations.then(() => undefined)]), observations };
}

async function watchedOf(engine: RealEngine, name: string) {
  const { Id, State, HostConfig } = await engine.inspect(name);
  return { name, id: Id, pid: State.Pid ?? 0, held: effectiveCapabilities(HostConfig).names, stopTimeout: null };
}

/** The capabilities an observation says were used. */
export function usedIn(observation: Observation | undefined): readonly string[] {
  return [...new Set((observation?.uses ?? []).map(({ capability }) => capability))].toSorted();
}
