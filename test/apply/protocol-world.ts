import type { Action, Intent, ObservedContainer } from '../../src/apply/next.ts';

/** A container of the model. */
export type Box = Omit<ObservedContainer, 'restarting'> & {
  readonly startedOnce: boolean;
  readonly stoppedByHand: boolean;
};

/** The candidate; a new one gets a new number, as an engine gives a new id. */
export interface Candidate extends Box {
  readonly number: number;
  readonly originalRestart: string;
  readonly missingNetworks: readonly string[];
}

/** One process at work, with all it remembers. */
export interface Worker {
  readonly intent: Intent;
  readonly examined: number;
  readonly started: number;
  readonly verified: number;
  readonly rejected: number;
  readonly pending: Action | null;
  readonly pendingFor: number;
  readonly alive: boolean;
}

/** The host and everybody at work on it, at one moment. */
export interface World {
  readonly old: Box | null;
  readonly candidate: Candidate | null;
  readonly created: number;
  readonly crashes: number;
  readonly reboots: number;
  readonly rebooted: boolean;
  readonly workers: readonly Worker[];
}

/** What does not change while a world is explored. */
export interface Setting {
  readonly restart: string;
  /** The candidate passes the gate. */
  readonly healthy: boolean;
  /** The candidate differs from the old one only as planned. */
  readonly faithful: boolean;
}

/** A candidate that cannot run keeps being started again, and the engine refuses to rename it meanwhile (recreate.md L7). */
export function isRestarting({ candidate }: World, { healthy }: Setting): boolean {
  return candidate !== null && candidate.running && !healthy && candidate.restart !== 'no:0';
}

/** What the engine makes of a call: names are unique, calls go by id, a running container is not removed. */
export function execute(world: World, action: Action, pendingFor: number, setting: Setting): World {
  if (action.kind === 'create') {
    if (world.candidate || !world.old) return world;
    const candidate: Candidate = {
      name: 'new',
      running: false,
      restart: world.old.restart,
      startedOnce: false,
      stoppedByHand: false,
      number: world.created + 1,
      originalRestart: world.old.restart,
      missingNetworks: ['back'],
    };
    return { ...world, candidate, created: world.created + 1 };
  }
  if (action.kind === 'connect') return change(world, 'candidate', pendingFor, { missingNetworks: [] });
  if (action.kind === 'examine' || action.kind === 'verify' || action.kind === 'done') return world;
  switch (action.kind) {
    case 'remove':
      return world.candidate?.number === pendingFor && !world.candidate.running ? { ...world, candidate: null } : world;
    case 'rename': {
      const other = action.who === 'old' ? world.candidate : world.old;
      if (action.who === 'candidate' && isRestarting(world, setting)) return world;
      return other?.name === action.to ? world : change(world, action.who, pendingFor, { name: action.to });
    }
    case 'set-restart':
      return change(world, action.who, pendingFor, { restart: action.restart });
    case 'stop':
      return change(world, action.who, pendingFor, { running: false, stoppedByHand: true });
    case 'start':
      // A candidate that cannot run and that no policy brings back has ended before anybody looks.
      if (action.who === 'candidate' && !setting.healthy && world.candidate?.restart === 'no:0') {
        return change(world, action.who, pendingFor, { startedOnce: true, stoppedByHand: false });
      }
      return change(world, action.who, pendingFor, { running: true, startedOnce: true, stoppedByHand: false });
  }
}

function change(world: World, who: 'old' | 'candidate', pendingFor: number, to: Partial<Candidate>): World {
  if (who === 'old') return world.old ? { ...world, old: { ...world.old, ...to } } : world;
  return world.candidate?.number === pendingFor ? { ...world, candidate: { ...world.candidate, ...to } } : world;
}

/** The engine restarts: what never ran stays down, `always` comes back even when stopped by hand. Calls under way are lost. */
export function reboot(world: World): World {
  const revive = <Kind extends Box>(box: Kind): Kind => ({
    ...box,
    running:
      box.startedOnce && (box.restart === 'always:0' || (box.restart === 'unless-stopped:0' && !box.stoppedByHand)),
  });
  return {
    ...world,
    reboots: world.reboots - 1,
    rebooted: true,
    old: world.old && revive(world.old),
    candidate: world.candidate && revive(world.candidate),
    workers: world.workers.map((worker) => ({ ...worker, pending: null })),
  };
}

/** What must never be, whatever happens. */
export function violation({ old, candidate }: World): string | undefined {
  if (!old) return 'the old container is lost';
  return old.running && candidate?.running ? 'two are running' : undefined;
}
