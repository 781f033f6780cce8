import { randomUUID } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { asEnforceError, EnforceError } from '../model/errors.ts';
import { LOCK_NAME } from '../model/names.ts';
import type { Operation } from '../model/plan.ts';
import type { Lock } from './lock.ts';
import { lockedBy, lockOf, lockOperation, secondsLeft, waitingFor } from './lock.ts';
import type { LockTerms } from './lock-terms.ts';
import { durations, imageFor } from './lock-terms.ts';
import { noted } from './noted.ts';
import type { Clock, HostTools } from './tools.ts';

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
  const begun = clock.now();
  const gone = new Map<string, number>();
  const seen = new Map<string, number>();
  const attempts = new Map<string, Held['until']>();
  for (;;) {
    const engine = await tools.engine();
    const attempt = await tryToTake(attempts, terms, tools);
    if (attempt.held) return attempt.held;
    const { other, failure } = attempt;
    if (!other) throw failure;
    const left = await waitFor(other, { gone, seen }, engine, tools);
    if (left <= 0) {
      await removeLock(other.id, `take over the lock of run ${other.run}`, tools);
      continue;
    }
    const waited = (clock.now() - begun) / 1000;
    const patience = mine.patienceSeconds - waited;
    if (!gone.has(other.id) && patience <= 0) throw lockedBy(other, left);
    // Nobody is left who could give it back early.
    const pause = gone.has(other.id) ? left : Math.min(left, patience, LONGEST_POLL_SECONDS);
    await clock.delay(pause * 1000);
  }
}

type Attempt =
  | { readonly held: Held }
  | { readonly held?: never; readonly other: Lock | undefined; readonly failure: EnforceError };

/** Failures in a row that leave open whether the lock was taken, until the host is left alone. */
const MOST_UNCLEAR = 5;

/** Times in a row that a lock is found given back as soon as it was in the way, until that is no accident. */
const MOST_MISSED = 3;

/** Creates the lock and looks who has it, as often as the answers are lost; one of an earlier try is ours too. */
async function tryToTake(attempts: Map<string, Held['until']>, terms: LockTerms, tools: HostTools): Promise<Attempt> {
  for (let times = 1; ; times++) {
    try {
      const refusal = await createLock(attempts, terms, tools);
      const current = await currentLock(await tools.engine());
      const until = current && attempts.get(current.token);
      if (current && until) return { held: { id: current.id, until } };
      // It was given back between our call and our look.
      if (!current && times <= MOST_MISSED) continue;
      return {
        other: current,
        failure: refusal ?? new EnforceError('locked', 'somebody removed the lock of this host at once'),
      };
    } catch (error) {
      const failure = asEnforceError(error, 'engine');
      if (failure.code === 'refused' || failure.code === 'journal' || times > MOST_UNCLEAR) throw failure;
      await tools.clock.delay(Math.min(500 * 2 ** times, 5000));
    }
  }
}

/** Asks for the lock; gives back why the engine refused. */
async function createLock(
  attempts: Map<string, Held['until']>,
  terms: LockTerms,
  tools: HostTools,
): Promise<EnforceError | undefined> {
  const { clock, lock: mine, journal, engine } = tools;
  const token = randomUUID();
  const lasts = durations(terms);
  const image = await imageFor(terms, await engine());
  const milliseconds = (lasts.leaseSeconds - MARGIN_SECONDS) * 1000;
  attempts.set(token, { steady: clock.now() + milliseconds, wall: Date.parse(clock.timestamp()) + milliseconds });
  const { operator, process } = mine;
  const operation = lockOperation({ token, operator, process, run: journal.run, ...lasts }, image);
  const note = { container: LOCK_NAME, operation: 'lock', subject: LOCK_NAME, detail: 'lock the host' };
  const failure = await noted(note, async () => (await engine()).run(operation), tools);
  if (failure && failure.code !== 'engine-refused') throw failure;
  return failure;
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
  { gone, seen }: { readonly gone: Map<string, number>; readonly seen: Map<string, number> },
  engine: Engine,
  { clock, lock: mine, emit, host }: HostTools,
): Promise<number> {
  const time = await engine.time();
  const told = secondsLeft(other, time);
  const first = seen.get(other.id) ?? clock.now();
  const isNew = !seen.has(other.id);
  seen.set(other.id, first);
  // An engine that does not tell the time is watched for as long.
  const left = Math.min(told, other.leaseSeconds + other.drainSeconds - (clock.now() - first) / 1000);
  if (other.process === '' || !mine.isGone(other.process)) {
    if (isNew && left > 0 && mine.patienceSeconds > 0)
      emit({ kind: 'step', host, container: LOCK_NAME, text: waitingFor(other, time) });
    return left;
  }
  const since = gone.get(other.id) ?? clock.now();
  if (!gone.has(other.id)) {
    gone.set(other.id, since);
    const text = `run ${other.run} died: waiting until its last call can have no effect any more`;
    emit({ kind: 'step', host, container: LOCK_NAME, text });
  }
  return Math.min(left, other.drainSeconds - (clock.now() - since) / 1000);
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
  await removeLock(held.id, 'renew the lock', tools);
  const attempt = await tryToTake(new Map(), terms, tools);
  if (attempt.held) return attempt.held;
  throw lost;
}

/** A lock that cannot be given back ends by itself. */
async function giveBack(id: string, tools: HostTools): Promise<void> {
  for (let times = 1; times <= MOST_UNCLEAR; times++) {
    try {
      await removeLock(id, 'give the lock back', tools);
      return;
    } catch {
      await tools.clock.delay(500 * times);
    }
  }
}

/** A journal that is full is no reason to keep everybody else out. */
async function removeLock(id: string, detail: string, { engine, journal, clock, host }: HostTools): Promise<void> {
  const about = { host, container: LOCK_NAME, operation: 'unlock' };
  try {
    journal.write({ event: 'operation', at: clock.timestamp(), ...about, subject: id, detail });
  } catch {
    await (await engine()).run({ kind: 'remove', id });
    return;
  }
  await (await engine()).run({ kind: 'remove', id });
  journal.write({ event: 'answered', at: clock.timestamp(), ...about, ok: true });
}
