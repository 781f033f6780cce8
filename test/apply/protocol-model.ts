import type { Intent } from '../../src/apply/next.ts';
import type { next } from '../../src/apply/next.ts';
import type { Setting, Worker, World } from './protocol-world.ts';
import { execute, isRestarting, reboot, violation } from './protocol-world.ts';

/** What decides: the product's own `next`, or a version of it with one safety measure taken out. */
export type Decide = typeof next;

/** How far the exploration goes. */
export interface Bounds {
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

const RESTARTS = ['no:0', 'always:0', 'unless-stopped:0'];

/**
 * Explores every interleaving of workers, crashes and reboots from every kind of start. In each state reached, the
 * invariants must hold, and one `resume` alone must bring the container to "one running, right name, right policy".
 */
export function explore(decide: Decide, bounds: Bounds): Exploration {
  const tally = { states: 0, longestResume: 0, violations: new Map<string, number>() };
  for (const restart of RESTARTS) {
    for (const [healthy, faithful] of [
      [true, true],
      [false, true],
      [true, false],
    ] as const) {
      for (const intents of combinations<Intent>(['apply', 'resume', 'roll-back'], bounds.workers)) {
        exploreFrom(initial(restart, intents, bounds), { restart, healthy, faithful }, bounds, decide, tally);
      }
    }
  }
  return tally;
}

function exploreFrom(
  first: World,
  setting: Setting,
  bounds: Bounds,
  decide: Decide,
  tally: { states: number; longestResume: number; violations: Map<string, number> },
): void {
  const seen = new Set([JSON.stringify(first)]);
  const open = [first];
  for (let world = open.pop(); world; world = open.pop()) {
    if (bounds.untilWrong === true && tally.violations.size > 0) return;
    tally.states++;
    const wrong = violation(world) ?? resumeAlone(world, setting, decide, tally);
    if (wrong !== undefined) {
      tally.violations.set(wrong, (tally.violations.get(wrong) ?? 0) + 1);
      continue;
    }
    for (const following of successors(world, setting, bounds, decide)) {
      const key = JSON.stringify(following);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(following);
    }
  }
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
  const worker = workerAt(world, index);
  const action = decide(observe(world, worker, setting), worker.intent);
  if (action.kind === 'done') return withWorker(world, index, { ...worker, alive: false });
  const intent = action.kind === 'create' ? 'resume' : worker.intent;
  return withWorker(world, index, { ...worker, intent, pending: action, pendingFor: world.candidate?.number ?? 0 });
}

function act(world: World, index: number, setting: Setting): World {
  const worker = workerAt(world, index);
  const { pending: action } = worker;
  if (!action) return world;
  const number = world.candidate?.number ?? 0;
  const idle = { ...worker, pending: null };
  if (action.kind === 'examine')
    return withWorker(world, index, setting.faithful ? { ...idle, examined: number } : { ...idle, rejected: number });
  if (action.kind === 'verify')
    return withWorker(world, index, setting.healthy ? { ...idle, verified: number } : { ...idle, rejected: number });
  const starts = action.kind === 'start' && action.who === 'candidate';
  return withWorker(
    execute(world, action, worker.pendingFor, setting),
    index,
    starts ? { ...idle, started: worker.pendingFor } : idle,
  );
}

function observe(world: World, worker: Worker, setting: Setting): Parameters<typeof next>[0] {
  const number = world.candidate?.number;
  return {
    old: world.old && { ...world.old, restarting: false },
    candidate: world.candidate && { ...world.candidate, restarting: isRestarting(world, setting) },
    examined: number !== undefined && worker.examined === number,
    started: number !== undefined && worker.started === number,
    verified: number !== undefined && worker.verified === number,
    rejected: number !== undefined && worker.rejected === number,
  };
}

function resumeAlone(
  start: World,
  setting: Setting,
  decide: Decide,
  tally: { longestResume: number },
): string | undefined {
  let world: World = { ...start, workers: [worker('resume')] };
  for (let steps = 0; steps < 40; steps++) {
    world = think(world, 0, setting, decide);
    const [alone] = world.workers as [Worker];
    if (!alone.alive) {
      tally.longestResume = Math.max(tally.longestResume, steps);
      return endedBadly(world, setting);
    }
    world = act(world, 0, setting);
    const wrong = violation(world);
    if (wrong !== undefined) return `while resuming ${wrong}`;
  }
  return 'resume never ends';
}

function endedBadly({ old, candidate, rebooted }: World, { restart }: Setting): string | undefined {
  const running = [old, candidate].filter((box) => box?.running === true);
  // A container that no policy brings back stays down after a reboot with or without enforce.
  if (running.length === 0 && rebooted && restart !== 'always:0') return undefined;
  if (running.length !== 1) return `resume ends with ${running.length} running`;
  if (running[0]?.name !== 'target') return `resume ends with the name ${String(running[0]?.name)}`;
  return running[0].restart === restart ? undefined : 'resume ends with the restart policy lost';
}

function initial(restart: string, intents: readonly Intent[], { crashes, reboots }: Bounds): World {
  return {
    old: { name: 'target', running: true, restart, startedOnce: true, stoppedByHand: false },
    candidate: null,
    created: 0,
    crashes,
    reboots,
    rebooted: false,
    workers: intents.map(worker),
  };
}

function worker(intent: Intent): Worker {
  return { intent, examined: 0, started: 0, verified: 0, rejected: 0, pending: null, pendingFor: 0, alive: true };
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
