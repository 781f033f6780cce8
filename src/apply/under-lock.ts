import { randomUUID } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { asEnforceError, EnforceError } from '../model/errors.ts';
import { LOCK_NAME } from '../model/names.ts';
import type { Operation } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Lock } from './lock.ts';
import { lockOf, lockOperation, secondsLeft } from './lock.ts';
import { stopTimeoutSeconds } from './operation-for.ts';
import type { Clock, HostTools } from './tools.ts';

/** How long a lock is needed, and what its container is made of. */
export interface LockTerms {
  /** Containers that will be stopped and started; the image of one of them serves the lock. */
  readonly containers: readonly ContainerInspect[];
  /** Longest time a health check may take, in seconds. */
  readonly deadlineSeconds: number;
}

/**
 * Does work on a host under its lock: taken before, looked at again before each call that writes, given back after.
 * Throws `locked` when somebody else has it, or came to have it. A holder who is gone is waited for until the last call he
 * may have sent can have no effect any more.
 */
export async function underLock<Value>(
  terms: LockTerms,
  tools: HostTools,
  work: (tools: HostTools) => Promise<Value>,
): Promise<Value> {
  let held = await take(terms, tools);
  const hold = async (engine: Engine): Promise<void> => {
    if (!isOver(held, tools) && (await engine.inspect(held.id))) return;
    // Taken anew when its time is over: whoever broke it in the meantime has it, and this work is theirs.
    held = await renew(held, terms, tools);
  };
  try {
    return await work({ ...tools, engine: async () => guarded(await tools.engine(), hold, tools.clock) });
  } finally {
    await giveBack(held.id, tools);
  }
}

/** The engine, whose every writing call is preceded by a look at the lock; one that sends for long has more of them. */
function guarded(engine: Engine, hold: (engine: Engine) => Promise<void>, clock: Clock): Engine {
  return {
    ...engine,
    async run(operation) {
      await hold(engine);
      await engine.run(operation.kind === 'unpack' ? withLooks(operation, () => hold(engine), clock) : operation);
    },
  };
}

const LOOK_EVERY_MILLISECONDS = 5000;

function withLooks(
  operation: Extract<Operation, { readonly kind: 'unpack' }>,
  hold: () => Promise<void>,
  clock: Clock,
): Operation {
  return { ...operation, archive: () => lookingOutFor(operation.archive(), hold, clock) };
}

async function* lookingOutFor(
  pieces: AsyncIterable<Uint8Array>,
  hold: () => Promise<void>,
  clock: Clock,
): AsyncGenerator<Uint8Array> {
  let looked = clock.now();
  for await (const piece of pieces) {
    if (clock.now() - looked > LOOK_EVERY_MILLISECONDS) {
      await hold();
      looked = clock.now();
    }
    yield piece;
  }
}

interface Held {
  readonly id: string;
  /** On both clocks: one that stands still while a machine sleeps, and one that does not. */
  readonly until: { readonly steady: number; readonly wall: number };
}

/** Seconds by which a lease is held to be over before it is. */
const MARGIN_SECONDS = 5;
const LONGEST_POLL_SECONDS = 2;

async function take(terms: LockTerms, tools: HostTools): Promise<Held> {
  const { clock, lock: mine } = tools;
  const engine = await tools.engine();
  const begun = clock.now();
  const gone = new Map<string, number>();
  for (;;) {
    const attempt = await tryToTake(engine, terms, tools);
    if (attempt.held) return attempt.held;
    const { other, failure } = attempt;
    if (!other) throw failure;
    const left = await waitFor(other, gone, engine, tools);
    if (left <= 0) {
      await engine.run({ kind: 'remove', id: other.id });
      continue;
    }
    const waited = (clock.now() - begun) / 1000;
    const patience = gone.has(other.id) ? left : mine.patienceSeconds - waited;
    if (patience <= 0) throw lockedBy(other, left);
    await clock.delay(Math.min(left, patience, LONGEST_POLL_SECONDS) * 1000);
  }
}

type Attempt =
  | { readonly held: Held }
  | { readonly held?: never; readonly other: Lock | undefined; readonly failure: EnforceError };

/** Creates the lock and looks who has it: the answer to the call may have been lost. */
async function tryToTake(engine: Engine, terms: LockTerms, tools: HostTools): Promise<Attempt> {
  const { clock, lock: mine, journal, host } = tools;
  const token = randomUUID();
  const lasts = durations(terms);
  const image = await imageFor(terms, engine);
  const about = { host, container: LOCK_NAME, operation: 'lock' };
  journal.write({ event: 'operation', at: clock.timestamp(), ...about, subject: LOCK_NAME, detail: 'lock the host' });
  const until = {
    steady: clock.now() + (lasts.leaseSeconds - MARGIN_SECONDS) * 1000,
    wall: Date.parse(clock.timestamp()) + (lasts.leaseSeconds - MARGIN_SECONDS) * 1000,
  };
  let failure: EnforceError | undefined;
  try {
    await engine.run(lockOperation({ token, ...mine, run: journal.run, ...lasts }, image));
  } catch (error) {
    failure = asEnforceError(error, 'engine');
    if (failure.code !== 'engine-refused') {
      // It may be there all the same; left alone it would keep everybody out.
      const own = await currentLock(await tools.engine()).catch(() => undefined);
      if (own?.token === token) return { held: { id: own.id, until } };
      throw failure;
    }
  }
  const current = await currentLock(engine);
  if (current?.token === token) return { held: { id: current.id, until } };
  return {
    other: current,
    failure: failure ?? new EnforceError('locked', 'somebody removed the lock of this host at once'),
  };
}

function durations({ containers, deadlineSeconds }: LockTerms): Pick<Lock, 'leaseSeconds' | 'drainSeconds'> {
  const stops = containers.map(({ Config }) => stopTimeoutSeconds(Config.StopTimeout));
  const starts = containers.map(({ Config }) => (Config.Healthcheck?.StartPeriod ?? 0) / 1e9 + deadlineSeconds);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  return {
    leaseSeconds: Math.ceil(60 + 2 * sum(stops.map((stop) => stop + 10)) + sum(starts)),
    drainSeconds: Math.ceil(Math.max(10, ...stops) + 15),
  };
}

async function imageFor(
  { containers }: LockTerms,
  engine: Engine,
): Promise<{ readonly id: string; readonly volumes: readonly string[] }> {
  for (const { Image } of containers) {
    const image = await engine.image(Image);
    if (image) return { id: image.id, volumes: Object.keys(image.config['Volumes'] ?? {}) };
  }
  throw new EnforceError('refused', 'no image is left on this host that its lock could be made of', {
    hint: 'docker pull the image of the container that is to be changed',
  });
}

/** Who has the lock of a host now. Throws when a stranger's container bears its name. */
export async function currentLock(engine: Pick<Engine, 'list' | 'inspect'>): Promise<Lock | undefined> {
  const found = (await engine.list()).find(({ names }) => names.includes(LOCK_NAME));
  const inspect = found && (await engine.inspect(found.id));
  if (!inspect) return undefined;
  const lock = lockOf(inspect);
  if (lock && !inspect.State.Running) return lock;
  throw new EnforceError('refused', `a container called ${LOCK_NAME} is no lock of enforce`, {
    hint: 'rename or remove it: enforce locks a host with a container of that name',
  });
}

/** Seconds until a lock may be taken over; one whose holder is known to be gone only has to drain. */
async function waitFor(
  other: Lock,
  gone: Map<string, number>,
  engine: Engine,
  { clock, lock: mine, emit, host }: HostTools,
): Promise<number> {
  const left = secondsLeft(other, await engine.time());
  if (other.process === '' || !mine.isGone(other.process)) return left;
  const since = gone.get(other.id) ?? clock.now();
  if (!gone.has(other.id)) {
    gone.set(other.id, since);
    const text = `run ${other.run} died: waiting until its last call can have no effect any more`;
    emit({ kind: 'step', host, container: LOCK_NAME, text });
  }
  return Math.min(left, other.drainSeconds - (clock.now() - since) / 1000);
}

function lockedBy({ operator, run, id }: Lock, left: number): EnforceError {
  return new EnforceError(
    'locked',
    `run ${run} of ${operator} is changing this host; its lock ends by itself in ${Math.ceil(left)} s at the latest`,
    {
      hint: `wait for it with --lock-timeout; if it is known to be dead: enforce unlock ${id.slice(0, 12)}`,
    },
  );
}

function isOver({ until }: Held, { clock }: HostTools): boolean {
  return clock.now() > until.steady || Date.parse(clock.timestamp()) > until.wall;
}

/** Only who still has it may have it again: one that is gone was broken, by its time or by a person. */
async function renew(held: Held, terms: LockTerms, tools: HostTools): Promise<Held> {
  const lost = new EnforceError('locked', 'the lock of this host was taken over in the middle of the change', {
    hint: 'enforce status tells who has it, and what is unfinished',
  });
  const engine = await tools.engine();
  if (!(await engine.inspect(held.id))) throw lost;
  await engine.run({ kind: 'remove', id: held.id });
  const attempt = await tryToTake(engine, terms, tools);
  if (attempt.held) return attempt.held;
  throw lost;
}

/** A lock that cannot be given back ends by itself. */
async function giveBack(id: string, { engine }: HostTools): Promise<void> {
  try {
    await (await engine()).run({ kind: 'remove', id });
  } catch {
    return;
  }
}
