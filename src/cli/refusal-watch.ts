import { setTimeout as pause } from 'node:timers/promises';
import type { HostTools, Refusals, RefusalWatch } from '../apply/tools.ts';
import { effectiveCapabilities } from '../model/capabilities.ts';
import { EnforceError } from '../model/errors.ts';
import { isRootless } from '../model/is-rootless.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { observeContainers } from '../observe/observe-containers.ts';
import type { Observed, Restart, Watched } from '../observe/observe-containers.ts';
import type { HostSession } from './host-session.ts';
import { BUFFER_KIBIBYTES } from './observe-host.ts';
import type { World } from './world.ts';

/** Watches, through the host's own kernel, what it refuses to containers while they are changed. */
export function refusalWatch(
  session: Pick<HostSession, 'host' | 'connection' | 'engine'>,
  world: Pick<World, 'clock' | 'randomName'>,
): NonNullable<HostTools['watchRefusals']> {
  return async (inspect, besides) => {
    const connection = await session.connection();
    if (isRootless(await (await session.engine()).facts()))
      throw new EnforceError('usage', 'its engine is rootless, and its containers have no capability of the host');
    const [armed, starts, recorded, started] = [later(), later(), later(), later<number>()];
    const over = new AbortController();
    const restart: Restart = {
      async stop() {
        armed.come();
        await starts.value;
      },
      start: async () => (recorded.come(), await started.value),
    };
    const job = { host: session.host.name, seconds: LONGEST_SECONDS, restart, bufferKibibytes: BUFFER_KIBIBYTES };
    const observing = observeContainers(
      connection,
      { ...job, containers: [toWatch(inspect, besides)], signal: over.signal },
      {
        now: world.clock.now,
        timestamp: world.clock.timestamp,
        randomName: world.randomName,
        pause: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => undefined),
        tell: () => undefined,
      },
    );
    observing.catch(() => undefined);
    const end = async (): Promise<Observed> => {
      over.abort();
      starts.come();
      started.come(0);
      return await inTime(observing);
    };
    try {
      await inTime(Promise.race([armed.value, observing]));
    } catch (error) {
      void end().catch(() => undefined);
      throw error;
    }
    return watchOf(observing, { starts, recorded, started }, end);
  };
}

function watchOf(
  observing: Promise<Observed>,
  { starts, recorded, started }: Steps,
  end: () => Promise<Observed>,
): RefusalWatch {
  let seen: Promise<Refusals> | undefined;
  let isStarted = false;
  return {
    async starts() {
      isStarted = true;
      starts.come();
      await inTime(Promise.race([recorded.value, observing]));
    },
    started: (pid) => started.come(pid),
    seen: () => (seen ??= end().then((observed) => refusalsOf(observed, isStarted ? 'from its start' : 'as it ran'))),
    async stop() {
      await end();
    },
  };
}

interface Steps {
  readonly starts: Later<void>;
  readonly recorded: Later<void>;
  readonly started: Later<number>;
}

/** No gate takes longer; nobody waits for it. */
const LONGEST_SECONDS = 86_400;
/** A change goes on without what a host takes longer for. */
const PATIENCE_MILLISECONDS = 20_000;

function toWatch({ Id, Name, State, HostConfig, Config }: ContainerInspect, besides: number): Watched {
  return {
    name: Name.replace(/^\//, ''),
    id: Id,
    pid: State.Running ? (State.Pid ?? 0) : 0,
    besides,
    held: effectiveCapabilities(HostConfig).names,
    stopTimeout: Config.StopTimeout ?? null,
  };
}

/** Whoever is not root was refused these before the change as well. */
function refusalsOf(
  { observations: [observation], brokenOff }: Observed,
  watched: 'from its start' | 'as it ran',
): Refusals {
  if (!observation) throw brokenOff ?? new EnforceError('engine', 'nothing was recorded');
  const { refusedToRoot, refusedPrograms, refusedSets, programs, lostEvents } = observation;
  const { refusals, refusedChroots } = refusedToRoot ?? observation;
  const isAnything = refusals.length + refusedChroots.length + refusedPrograms.length > 0;
  if (watched === 'from its start' && !observation.sawStart && !isAnything)
    throw new EnforceError('engine', 'its start was not recognised');
  const seen = { refusals, refusedChroots, refusedPrograms, lostEvents };
  return refusedSets && programs ? { ...seen, whole: { ...observation, refusedSets, programs } } : seen;
}

async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  const waiting = new AbortController();
  const tooLate = pause(PATIENCE_MILLISECONDS, undefined, { signal: waiting.signal }).then(() => {
    throw new EnforceError('timed-out', 'its kernel takes too long to be asked');
  });
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    waiting.abort();
  }
}

interface Later<Value> {
  readonly value: Promise<Value>;
  readonly come: (value: Value) => void;
}

function later<Value = void>(): Later<Value> {
  let come: (value: Value) => void = () => undefined;
  const value = new Promise<Value>((resolve) => (come = resolve));
  return { value, come };
}
