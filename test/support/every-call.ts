import { resumeHost } from '../../src/apply/apply-host.ts';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import { LOCK_NAME } from '../../src/model/names.ts';
import type { MemoryHost, ServiceOptions } from './memory-host.ts';
import { memoryHost, RUN } from './memory-host.ts';
import type { Mishap } from './mishap.ts';
import { MISHAPS, withMishap } from './mishap.ts';

/** What a process is to do on a host. */
export type Work = (host: MemoryHost, tools: HostTools) => Promise<unknown>;

/** Makes the host's change. */
export const change: Work = (host, tools) => applyChange(host.change, host.settings, tools);
/** Takes the newest change back. */
export const rollBack: Work = async (host, tools) => {
  const [target] = await rollBackTargets(undefined, tools);
  return target && (await rollBackTarget(target, host.settings.gate, tools));
};
/** Ends what somebody else began. */
export const resume: Work = (host, tools) => resumeHost(host.settings, tools);

/** How a host stands after a mishap at one call, and a resume by somebody who knows nothing of it. */
export interface End {
  /** `5 stop` */
  readonly atCall: string;
  readonly standing: readonly string[];
}

/** What is done, from which start. */
export interface Scenario {
  readonly options: ServiceOptions;
  readonly before?: Work;
  readonly work: Work;
}

/** Lets the mishap meet the first call, on a host of its own the second, and so on until the work ends without meeting it. */
export async function everyCall(mishap: Mishap, scenario: Scenario): Promise<readonly End[]> {
  const ends: End[] = [];
  for (let atCall = 1; ; atCall++) {
    const end = await oneCall(mishap, atCall, scenario);
    if (!end) return ends;
    ends.push(end);
  }
}

/**
 * The same at a third of the calls, another third for each mishap, and at the last: all mishaps together meet each call
 * more than once. With `ENFORCE_MISHAPS=all` at every call.
 */
export async function thirdOfCalls(mishap: Mishap, scenario: Scenario): Promise<readonly End[]> {
  if (process.env['ENFORCE_MISHAPS'] === 'all') return await everyCall(mishap, scenario);
  const ends: End[] = [];
  for (let atCall = 1 + (MISHAPS.indexOf(mishap) % 3); ; atCall += 3) {
    const end = await oneCall(mishap, atCall, scenario);
    if (end) {
      ends.push(end);
      continue;
    }
    const last = (await oneCall(mishap, atCall - 1, scenario)) ?? (await oneCall(mishap, atCall - 2, scenario));
    return last ? [...ends, last] : ends;
  }
}

async function oneCall(mishap: Mishap, atCall: number, { options, before, work }: Scenario): Promise<End | undefined> {
  const host = await memoryHost(options);
  try {
    await before?.(host, await host.enter());
    const wrong = watch(host, options);
    const { tools, dead, met } = withMishap(await host.enter(before ? 'w0rk' : RUN), host.engine, mishap, atCall);
    await Promise.race([work(host, tools), dead]);
    const operation = met();
    if (!operation) return undefined;

    await resume(host, await host.enter('0ther'));

    return { atCall: `${atCall} ${operation.kind}`, standing: [...host.standing(), ...wrong()] };
  } finally {
    await host.close();
  }
}

/** Notes what must never be, from here on: two that run at once, a volume that comes or goes. */
export function watch(host: MemoryHost, { change: planned }: ServiceOptions = {}): () => readonly string[] {
  const { engine } = host;
  const volumes = [...engine.store.volumes.keys()].join();
  const wrong = new Set<string>();
  engine.afterEach = () => {
    const up = [...engine.store.containers.values()].filter(({ phase }) => phase !== 'created' && phase !== 'exited');
    const services = up.map(({ name }) => name.replace(/\.enforce-.*$/, ''));
    const areSideBySide = planned?.order === 'start-first' && up.some(({ name }) => /enforce-(new|fail)/.test(name));
    if (new Set(services).size < services.length && !areSideBySide) wrong.add('two were running');
    if ([...engine.store.volumes.keys()].join() !== volumes) wrong.add('the volumes changed');
  };
  return () => [...wrong, ...host.calls().filter((call) => call.includes('volumes'))];
}

/** Ends that are none of those wanted. */
export function isNot(...wanted: readonly (readonly string[])[]): (end: End) => boolean {
  return ({ standing }) => !wanted.some((end) => end.join('\n') === standing.filter(isNoLock).join('\n'));
}

/** A dead run's lock may outlive it where nothing else is left of it. */
function isNoLock(line: string): boolean {
  return !line.startsWith(LOCK_NAME);
}
