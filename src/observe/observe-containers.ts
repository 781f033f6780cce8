import { asEnforceError, EnforceError } from '../model/errors.ts';
import type { Observation } from '../model/observation.ts';
import type { Connection } from '../transport/connection.ts';
import { awayFromHere } from './cannot-watch.ts';
import { HOST_SCRIPT } from './host-script.ts';
import { chooseProbe } from './choose-probe.ts';
import type { ScriptSession } from './script-session.ts';
import { scriptSession } from './script-session.ts';
import type { Subject } from './subject.ts';
import { newSubject } from './subject.ts';
import type { LineReader } from './begin-subject.ts';
import { beginSubject, FIRST_NUMBER, lineReader, NUMBERS_EACH, WINDOW_MILLISECONDS } from './begin-subject.ts';

/** A container to watch. */
export interface Watched {
  readonly name: string;
  /** All 64 digits. */
  readonly id: string;
  /** Its first process as the host numbers it; 0 when it does not run. */
  readonly pid: number;
  /** Of one that does not run, a process that the same engine runs: whoever started that one is known by it. */
  readonly besides?: number;
  /** What it may hold by its settings, where its first process cannot be asked. */
  readonly held: readonly string[];
  /** Seconds it may take to stop, by its own settings; null where the engine's ten hold. */
  readonly stopTimeout: number | null;
}

/** What is to be watched, and for how long. */
export interface ObservationJob {
  readonly host: string;
  readonly containers: readonly Watched[];
  readonly seconds: number;
  /** Starts containers anew, so that their start is seen; undefined where none may be restarted. */
  readonly restart: Restart | undefined;
  /** Kibibytes of the kernel's memory for each buffer of each processor. */
  readonly bufferKibibytes: number;
  /** Ends it before its time; what was seen is kept. */
  readonly signal: AbortSignal;
}

/** How a container is started anew. */
export interface Restart {
  stop(container: Watched): Promise<void>;
  /** Gives its first process as the host numbers it; 0 when that has ended already. */
  start(container: Watched): Promise<number>;
}

/** What observing needs of the world around it. */
export interface ObservationTools {
  readonly now: () => number;
  readonly timestamp: () => string;
  readonly randomName: (length: number) => string;
  /** Waits; until the signal at most. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly tell: (text: string) => void;
}

/** What was seen on a host. */
export interface Observed {
  readonly observations: readonly Observation[];
  /** Those that could not be watched beside the others, and why. */
  readonly notWatched: readonly { readonly container: string; readonly error: Error }[];
  /** Why it ended before its time, other than by being told to. */
  readonly brokenOff: Error | undefined;
}

/** Containers of one host that are watched at once: each has buffers in the memory of its kernel. */
const MOST_CONTAINERS = 16;

const FIRST_WINDOW_MILLISECONDS = 500;
/** What a container does for so long after it was started counts as its start. */
const START_MILLISECONDS = 30_000;

/** Watches containers of one host through its kernel's trace events; nothing is installed, and nothing is left. */
export async function observeContainers(
  connection: Pick<Connection, 'openScript'>,
  job: ObservationJob,
  tools: ObservationTools,
): Promise<Observed> {
  if (connection.openScript === undefined) throw awayFromHere(job.host);
  if (job.containers.length > MOST_CONTAINERS)
    throw new EnforceError(
      'usage',
      `${job.containers.length} containers of ${job.host} are more than can be watched at once`,
      {
        hint: `name at most ${MOST_CONTAINERS}`,
      },
    );
  const session = scriptSession(await connection.openScript(HOST_SCRIPT), job.host, tools.pause);
  try {
    return await watchAll(session, connection.openScript, job, tools);
  } finally {
    await session.end().catch(() => undefined);
  }
}

async function watchAll(
  session: ScriptSession,
  openScript: NonNullable<Connection['openScript']>,
  job: ObservationJob,
  tools: ObservationTools,
): Promise<Observed> {
  const probe = await chooseProbe(session, openScript, job, tools);
  const subjects = new Map<number, Subject>();
  const reader = lineReader(subjects);
  const all: Followed[] = [];
  const notWatched: { readonly container: string; readonly error: Error }[] = [];
  let number = FIRST_NUMBER;
  for (const container of job.containers) {
    if (job.signal.aborted) break;
    const subject = newSubject(container, probe, tools.timestamp());
    const first = number;
    number += NUMBERS_EACH;
    try {
      await beginSubject(subject, first, { subjects, reader, session, job, tools });
    } catch (error) {
      for (let own = first; own < number; own += 1) subjects.delete(own);
      notWatched.push({ container: container.name, error: asEnforceError(error, 'engine') });
      continue;
    }
    all.push({ subject, since: tools.now() });
    tools.tell(
      job.restart ? `${container.name} started again, watched from its start` : `${container.name} is watched`,
    );
  }

  // One that cannot be watched is no reason to lose what is seen of the others.
  if (all.length === 0 && notWatched[0]) throw notWatched[0].error;

  const begun = tools.now();
  const until = begun + job.seconds * 1_000;
  const brokenOff = await drainUntil(until, { begun, all, reader, session, job, tools });
  if (brokenOff) for (const { subject } of all) subject.wasBrokenOff();
  return { observations: all.map(({ subject }) => subject.observation()), notWatched, brokenOff };
}

interface Followed {
  readonly subject: Subject;
  readonly since: number;
}

interface Watch {
  readonly begun: number;
  readonly all: readonly Followed[];
  readonly reader: LineReader;
  readonly session: ScriptSession;
  readonly job: ObservationJob;
  readonly tools: ObservationTools;
}

/** Reads the buffers again and again; what was read before a connection breaks is not lost with it. */
async function drainUntil(
  until: number,
  { begun, all, reader, session, job, tools }: Watch,
): Promise<Error | undefined> {
  const busy = { isSo: false };
  const read: LineReader = (line) => {
    busy.isSo ||= line.kind === 'lost' || line.kind === 'cut' || (line.kind === 'asked' && line.times > 1);
    reader(line);
  };
  for (;;) {
    const left = until - tools.now();
    // What happened up to its end is read too.
    const isLast = left <= 0 || job.signal.aborted;
    const isStarting = job.restart !== undefined && tools.now() - begun < START_MILLISECONDS;
    const window = isStarting || busy.isSo ? FIRST_WINDOW_MILLISECONDS : WINDOW_MILLISECONDS;
    if (!isLast) await tools.pause(Math.min(left, window), job.signal);
    busy.isSo = false;
    const at = tools.now();
    try {
      await session.ask('drain', read);
    } catch (error) {
      return asEnforceError(error, 'unreachable');
    } finally {
      for (const { subject } of all) subject.endOfWindow();
    }
    for (const { subject, since } of all) subject.lasted(Math.floor((at - since) / 1_000));
    if (isLast) return undefined;
    if (tools.now() - begun >= START_MILLISECONDS) for (const { subject } of all) subject.startIsOver();
  }
}
