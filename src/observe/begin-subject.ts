import { cannotWatch } from './cannot-watch.ts';
import type { ObservationJob, ObservationTools, Restart } from './observe-containers.ts';
import type { TraceLine } from './parse-line.ts';
import type { ScriptSession } from './script-session.ts';
import type { Subject } from './subject.ts';

/** Watches a container from now on; where it may be restarted, through its stop and from its first instruction on. */
export async function beginSubject(subject: Subject, number: number, watch: Beginning): Promise<void> {
  const { subjects, reader, session, job } = watch;
  const { container } = subject;
  subjects.set(number, subject);
  const pid = job.restart ? await restarted(subject, number, job.restart, watch) : container.pid;
  // One that ended at once has no process left to be asked; of it there is what was recorded of its start.
  await session.ask(`watch ${number} ${container.id} ${pid}`, reader);
  refuse(subject, job.host);
  if (job.restart) await session.ask(`drop ${starterOf(number)} ${number}`, reader);
  subject.endOfWindow();
}

/** What is begun with. */
export interface Beginning {
  readonly subjects: Map<number, Subject>;
  readonly reader: LineReader;
  readonly session: ScriptSession;
  readonly job: ObservationJob;
  readonly tools: ObservationTools;
}

/** A buffer is read this often; sooner at the start of a container, when most happens, and while it is busy. */
export const WINDOW_MILLISECONDS = 3_000;

/** Takes the lines of the host's script. */
export type LineReader = (line: TraceLine) => void;

/** Gives its first process. All that takes time is done before the stop and after the start. */
async function restarted(
  subject: Subject,
  number: number,
  restart: Restart,
  { subjects, reader, session, job, tools }: Beginning,
): Promise<number> {
  const { container } = subject;
  const { id, name, pid, besides } = container;
  const [starter, before] = [starterOf(number), beforeOf(number)];
  subjects.set(starter, subject);
  subjects.set(before, subject);
  await session.ask(`await ${starter} ${pid > 0 ? pid : (besides ?? 0)}`, reader);
  refuse(subject, job.host);
  if (pid > 0) {
    await session.ask(`watch ${before} ${id} ${pid}`, reader);
    refuse(subject, job.host);
  }
  tools.tell(`${name} is restarted`);
  const meanwhile = pid > 0 ? `drain ${before}` : 'idle';
  await spokenTo(restart.stop(container), meanwhile, { reader, session, tools });
  await session.ask(`record ${starter}`, reader);
  const started = await spokenTo(restart.start(container), meanwhile, { reader, session, tools });
  if (pid > 0) {
    await session.ask(`drop ${before} 0`, reader);
    subject.endOfWindow();
    subject.stoppedNow();
  }
  subject.startedNow(started);
  return started;
}

/**
 * While it stops and starts, its buffer is read, and the shell spoken to, which ends where it hears nothing. What was begun
 * is waited for whatever happens to the shell, as only then it is known whether the container runs.
 */
async function spokenTo<Result>(
  work: Promise<Result>,
  command: string,
  { reader, session, tools }: Pick<Beginning, 'reader' | 'session' | 'tools'>,
): Promise<Result> {
  const over = new AbortController();
  const ended = work.finally(() => over.abort());
  ended.catch(() => undefined);
  for (;;) {
    await tools.pause(WINDOW_MILLISECONDS, over.signal);
    if (over.signal.aborted) break;
    try {
      await session.ask(command, reader);
    } catch (error) {
      await ended;
      throw error;
    }
  }
  return await ended;
}

function refuse(subject: Subject, host: string): void {
  const because = subject.refused();
  if (because !== undefined) throw cannotWatch(because, subject.container.name, host);
}

/** A container has a number of its own, the next one is of whoever starts it, and the one after that of its life before. */
export const NUMBERS_EACH = 4;

/** Of the first container. */
export const FIRST_NUMBER = 2;

function starterOf(number: number): number {
  return number + 1;
}

function beforeOf(number: number): number {
  return number + 2;
}

/** Gives each line to the container its window is of. */
export function lineReader(subjects: ReadonlyMap<number, Subject>): LineReader {
  let current: Subject | undefined;
  let from: 'own' | 'starter' = 'own';
  return (line) => {
    if (line.kind === 'window') {
      current = subjects.get(line.number);
      from = line.number % NUMBERS_EACH === starterOf(FIRST_NUMBER) % NUMBERS_EACH ? 'starter' : 'own';
    } else if ('number' in line) subjects.get(line.number)?.takeNote(line);
    else if (line.kind === 'lost' || line.kind === 'cut') current?.takeNote(line);
    else if ('thread' in line) current?.takeEvent(line, from);
  };
}
