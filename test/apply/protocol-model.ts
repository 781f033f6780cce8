import { createHash } from 'node:crypto';
import type { Intent, Observed } from '../../src/apply/next.ts';
import type { next } from '../../src/apply/next.ts';
import type { Knowledge, Setting, Worker, World } from './protocol-world.ts';
import { execute, isHealthy, isRestarting, reboot, violation } from './protocol-world.ts';

/** What decides: the product's own `next`, or a version of it with one safety measure taken out. */
export type Decide = typeof next;

/** How far the exploration goes. */
export interface Bounds {
  /** Containers that are changed together: the leader and those that hold on to it. */
  readonly members: number;
  readonly workers: number;
  readonly crashes: number;
  readonly reboots: number;
  /** Workers come one after the other, as the lock on the host makes them; false lets them run at once. */
  readonly fenced: boolean;
  /** Looks for one way to go wrong, not for all of them. */
  readonly untilWrong?: boolean;
}

/** What an exploration found. */
export interface Exploration {
  readonly states: number;
  /** Ways things can go wrong, each with how often it was reached. */
  readonly violations: ReadonlyMap<string, number>;
  /** Most actions a lone `resume` needed to end from any state. */
  readonly longestResume: number;
}

interface Tally {
  states: number;
  longestResume: number;
  readonly violations: Map<string, number>;
}

/**
 * Explores every interleaving of workers, crashes and reboots, for each setting given. In each state reached, the
 * invariants must hold, and one `resume` alone must bring every container to "one running, right name, right policy".
 */
export function explore(decide: Decide, bounds: Bounds, settings: readonly Setting[]): Exploration {
  const tally: Tally = { states: 0, longestResume: 0, violations: new Map() };
  for (const setting of settings) {
    for (const intents of combinations<Intent>(['apply', 'resume', 'roll-back'], bounds.workers))
      exploreFrom(initial(setting, intents, bounds), setting, bounds, decide, tally);
  }
  return tally;
}

function exploreFrom(first: World, setting: Setting, bounds: Bounds, decide: Decide, tally: Tally): void {
  const seen = new Set([keyOf(first)]);
  const open = [first];
  for (let world = open.pop(); world; world = open.pop()) {
    if (bounds.untilWrong === true && tally.violations.size > 0) return;
    tally.states++;
    const wrong = violation(world, setting) ?? resumeAlone(world, setting, decide, tally);
    if (wrong !== undefined) {
      tally.violations.set(wrong, (tally.violations.get(wrong) ?? 0) + 1);
      continue;
    }
    for (const following of successors(world, setting, bounds, decide)) {
      const key = keyOf(following);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(following);
    }
  }
}

/** Short, as there are many. */
function keyOf(world: World): string {
  return createHash('sha1').update(JSON.stringify(world)).digest('base64');
}

function successors(world: World, setting: Setting, { fenced }: Bounds, decide: Decide): readonly World[] {
  const result: World[] = [];
  world.workers.forEach((worker, index) => {
    if (!worker.alive) return;
    if (fenced && world.workers.slice(0, index).some(({ alive }) => alive)) return;
    if (worker.pending) result.push(act(world, index, setting));
    else result.push(think(world, index, setting, decide));
    if (world.crashes > 0)
      result.push(
        withWorker({ ...world, crashes: world.crashes - 1 }, index, { ...worker, alive: false, pending: null }),
      );
  });
  if (world.reboots > 0) result.push(reboot(world));
  return result;
}

/** A worker observes and decides; the call is made in a later state, so that the world may have moved on by then. */
function think(world: World, index: number, setting: Setting, decide: Decide): World {
  const worker = remembering(world, workerAt(world, index));
  const observed = world.pairs.map((_pair, member) => observe(world, member, worker, setting));
  const { member, action } = decide(observed, worker.intent);
  if (action.kind === 'done') return withWorker(world, index, { ...worker, alive: false });
  const pendingFor = world.pairs[member]?.candidate?.number ?? 0;
  return withWorker(world, index, { ...worker, pending: action, pendingMember: member, pendingFor });
}

/** A candidate that was seen and is gone turns the intent, as settling does. */
function remembering(world: World, worker: Worker): Worker {
  const leader = world.pairs[0]?.candidate;
  const isGone = worker.knows.some(
    ({ before }, member) =>
      before !== undefined && !world.pairs[member]?.candidate && !(member > 0 && leader?.name === 'new'),
  );
  return {
    ...worker,
    intent: isGone ? 'roll-back' : worker.intent,
    // A leader's labels tell of its dependants too.
    knows: worker.knows.map((known, member) => {
      const before = world.pairs[member]?.candidate?.before ?? (leader ? leader.before : undefined);
      return before ? { ...known, before } : known;
    }),
  };
}

function act(world: World, index: number, setting: Setting): World {
  const worker = workerAt(world, index);
  const { pending: action, pendingMember: member, pendingFor } = worker;
  if (!action) return world;
  const number = world.pairs[member]?.candidate?.number ?? 0;
  const isLast = member === world.pairs.length - 1;
  const learned = (what: Partial<Knowledge>): Worker => ({
    ...worker,
    pending: null,
    knows: worker.knows.map((known, at) => (at === member ? { ...known, ...what } : known)),
  });
  switch (action.kind) {
    case 'examine':
      return withWorker(
        world,
        index,
        learned(setting.faithful || !isLast ? { examined: number } : { rejected: number }),
      );
    case 'verify':
      return withWorker(
        world,
        index,
        learned(isHealthy(world, member, setting) ? { verified: number } : { rejected: number }),
      );
    default: {
      const done = execute(world, member, action, pendingFor, setting);
      if (action.kind === 'carry') return withWorker(done, index, learned({ carried: pendingFor }));
      if (action.kind === 'try-stop')
        return withWorker(done, index, learned({ tried: pendingFor, started: 0, verified: 0 }));
      const starts = action.kind === 'start' && action.who === 'candidate';
      return withWorker(done, index, learned(starts ? { started: pendingFor } : {}));
    }
  }
}

function observe(world: World, member: number, { intent, knows }: Worker, setting: Setting): Observed {
  const { old = null, candidate = null } = world.pairs[member] ?? {};
  const known = knows[member];
  const isOf = (number: number | undefined): boolean => candidate !== null && number === candidate.number;
  return {
    old: old && { ...old, restarting: false },
    candidate: candidate && {
      ...candidate,
      restarting: isRestarting(world, member, setting),
      order: setting.order,
      keeps: setting.keeps,
      carries: setting.carries,
      everStarted: candidate.startedOnce,
    },
    ...(intent === 'apply' ? { planned: setting.activity } : {}),
    ...(known?.before ? { before: known.before } : {}),
    examined: isOf(known?.examined),
    carried: isOf(known?.carried),
    started: isOf(known?.started),
    verified: isOf(known?.verified),
    rejected: isOf(known?.rejected),
    awaitsTrial: setting.tries && intent === 'apply' && !isOf(known?.tried),
  };
}

function resumeAlone(start: World, setting: Setting, decide: Decide, tally: Tally): string | undefined {
  let world: World = { ...start, workers: [worker('resume', start.pairs.length)] };
  for (let steps = 0; steps < 40 * start.pairs.length; steps++) {
    world = think(world, 0, setting, decide);
    const [alone] = world.workers as [Worker];
    if (!alone.alive) {
      tally.longestResume = Math.max(tally.longestResume, steps);
      return endedBadly(world, setting);
    }
    world = act(world, 0, setting);
    const wrong = violation(world, setting);
    if (wrong !== undefined) return `while resuming ${wrong}`;
  }
  return 'resume never ends';
}

function endedBadly({ pairs, rebooted }: World, { restart, activity }: Setting): string | undefined {
  const serving = pairs.map(({ old, candidate }) => [old, candidate].filter((box) => box?.running === true));
  for (const [member, running] of serving.entries()) {
    const named = running[0] ?? [pairs[member]?.old, pairs[member]?.candidate].find((box) => box?.name === 'target');
    // A container that no policy brings back stays down after a reboot with or without enforce.
    const staysDown = activity === 'stopped' || (rebooted && restart !== 'always:0');
    if (running.length > 1 || (running.length === 0 && !staysDown)) return `resume ends with ${running.length} running`;
    if (named?.name !== 'target') return `resume ends with the name ${String(named?.name)}`;
    if (named.restart !== restart) return 'resume ends with the restart policy lost';
    if (activity === 'paused' && !named.paused && !rebooted) return 'resume ends with one that is not paused any more';
  }
  const ends = new Set(pairs.map(({ old }) => old === null || old.name === 'bak'));
  return ends.size > 1 ? 'resume ends between the old and the new' : undefined;
}

function initial({ restart, activity }: Setting, intents: readonly Intent[], bounds: Bounds): World {
  const old = {
    name: 'target',
    running: activity !== 'stopped',
    paused: activity === 'paused',
    restart,
    startedOnce: true,
    stoppedByHand: activity === 'stopped',
  } as const;
  return {
    pairs: Array.from({ length: bounds.members }, () => ({ old, candidate: null })),
    created: 0,
    crashes: bounds.crashes,
    reboots: bounds.reboots,
    rebooted: false,
    orphaned: false,
    workers: intents.map((intent) => worker(intent, bounds.members)),
  };
}

function worker(intent: Intent, members: number): Worker {
  const nothing = { examined: 0, carried: 0, started: 0, verified: 0, rejected: 0, tried: 0 };
  const knows = Array.from({ length: members }, () => nothing);
  return { intent, knows, pending: null, pendingMember: 0, pendingFor: 0, alive: true };
}

function workerAt({ workers }: World, index: number): Worker {
  const worker = workers[index];
  if (!worker) throw new Error(`there is no worker ${index}`);
  return worker;
}

function withWorker(world: World, index: number, worker: Worker): World {
  return { ...world, workers: world.workers.with(index, worker) };
}

function combinations<Item>(items: readonly Item[], length: number): readonly (readonly Item[])[] {
  if (length === 0) return [[]];
  return combinations(items, length - 1).flatMap((start) => items.map((item) => [...start, item]));
}
