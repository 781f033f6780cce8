import type { Engine } from '../engine/engine.ts';
import { EnforceError } from '../model/errors.ts';
import { observeContainers } from '../observe/observe-containers.ts';
import type { Observed, Restart, Watched } from '../observe/observe-containers.ts';
import { plainText } from '../report/plain-text.ts';
import type { ObserveOptions } from './commands/observe.ts';
import type { HostSession } from './host-session.ts';
import type { ChosenContainers } from './observable-containers.ts';
import type { World } from './world.ts';

/** Of the kernel's memory, for each of the two buffers a container has. */
export const BUFFER_KIBIBYTES = 8_192;

/** Observes the chosen containers of one host, over the connection that is open to it. */
export async function observeHost(
  session: HostSession,
  { host, containers }: ChosenContainers,
  seconds: number,
  options: Pick<ObserveOptions, 'start' | 'quiet'>,
  world: World,
  stuck: (name: string) => void,
): Promise<Observed> {
  const connection = await session.connection();
  const restart: Restart = {
    // The engine does both, so that nothing that happens to this machine leaves a service stopped.
    stop: () => Promise.resolve(),
    start: (container) => restarted(session, container, stuck),
  };
  return await observeContainers(
    connection,
    {
      host,
      containers,
      seconds,
      restart: options.start ? restart : undefined,
      bufferKibibytes: BUFFER_KIBIBYTES,
      signal: world.interrupted,
    },
    {
      now: world.clock.now,
      timestamp: world.clock.timestamp,
      randomName: world.randomName,
      pause: (milliseconds, signal) => untilAborted(world.clock.delay(milliseconds), signal),
      tell: (text) => {
        if (!options.quiet) world.stderr.write(`${plainText(host, 64)}: ${plainText(text, 300)}\n`);
      },
    },
  );
}

async function restarted(
  session: HostSession,
  { id, name, stopTimeout }: Watched,
  stuck: (name: string) => void,
): Promise<number> {
  const engine = await session.engine();
  try {
    await engine.run({ kind: 'restart', id, timeoutSeconds: stopTimeout ?? 10 });
  } catch (error) {
    const isRunning = await runs(engine, id);
    if (isRunning === false) stuck(name);
    throw new EnforceError('engine', `${name} was stopped and did not start again: ${(error as Error).message}`, {
      hint: `start it: docker start ${id.slice(0, 12)}`,
      cause: error,
    });
  }
  const state = (await engine.inspect(id))?.State;
  return state?.Running ? (state.Pid ?? 0) : 0;
}

async function runs(engine: Engine, id: string): Promise<boolean | undefined> {
  try {
    return (await engine.inspect(id))?.State.Running;
  } catch {
    return undefined;
  }
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
  });
  signal.addEventListener('abort', stop, { once: true });
  await Promise.race([work, aborted]);
  signal.removeEventListener('abort', stop);
}
