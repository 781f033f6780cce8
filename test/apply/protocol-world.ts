import type { Action, Before, Intent, ObservedContainer } from '../../src/apply/next.ts';

/** A container of the model. */
export type Box = Omit<ObservedContainer, 'restarting'> & {
  readonly startedOnce: boolean;
  readonly stoppedByHand: boolean;
};

/** The candidate; a new one gets a new number, as an engine gives a new id. */
export interface Candidate extends Box {
  readonly number: number;
  readonly before: Before;
  readonly missingNetworks: readonly string[];
  /** It has the files of the old one. */
  readonly filled: boolean;
}

/** The two containers of one member. */
export interface Pair {
  readonly old: Box | null;
  readonly candidate: Candidate | null;
}

/** What a process knows of one member, each by the number of the candidate it is about. */
export interface Knowledge {
  readonly before?: Before;
  readonly examined: number;
  readonly carried: number;
  readonly started: number;
  readonly verified: number;
  readonly rejected: number;
  readonly tried: number;
}

/** One process at work, with all it remembers. */
export interface Worker {
  readonly intent: Intent;
  readonly knows: readonly Knowledge[];
  readonly pending: Action | null;
  readonly pendingMember: number;
  readonly pendingFor: number;
  readonly alive: boolean;
}

/** The host and everybody at work on it, at one moment. */
export interface World {
  /** The leader first. */
  readonly pairs: readonly Pair[];
  readonly created: number;
  readonly crashes: number;
  readonly reboots: number;
  readonly rebooted: boolean;
  /** A dependant was left running on a leader that was stopped under it. */
  readonly orphaned: boolean;
  readonly workers: readonly Worker[];
}

/** What does not change while a world is explored. */
export interface Setting {
  readonly restart: string;
  readonly activity: Before['activity'];
  readonly order: 'stop-first' | 'start-first';
  readonly keeps: 'container' | 'specification';
  readonly carries: boolean;
  /** The last member's candidate passes the gate. */
  readonly healthy: boolean;
  /** The last member's candidate differs from the old one only as planned. */
  readonly faithful: boolean;
  /** Candidates are stopped and started once more before they are held to be well. */
  readonly tries: boolean;
}

/** Whether a member's candidate can run; where one cannot, it is the last member's. */
export function isHealthy({ pairs }: Pick<World, 'pairs'>, member: number, { healthy }: Setting): boolean {
  return healthy || member < pairs.length - 1;
}

/** A candidate that cannot run keeps being started again, and the engine refuses to rename it meanwhile (recreate.md L7). */
export function isRestarting(world: World, member: number, setting: Setting): boolean {
  const candidate = world.pairs[member]?.candidate;
  return candidate?.running === true && !isHealthy(world, member, setting) && candidate.restart !== 'no:0';
}

/** What the engine makes of a call: names are unique, calls go by id, a running container is not removed. */
export function execute(world: World, member: number, action: Action, pendingFor: number, setting: Setting): World {
  const pair = world.pairs[member];
  if (!pair) return world;
  const { old, candidate } = pair;
  const edited = (who: 'old' | 'candidate', to: Partial<Candidate>): World => {
    if (who === 'old') return old ? withPair(world, member, { ...pair, old: { ...old, ...to } }) : world;
    return candidate?.number === pendingFor
      ? withPair(world, member, { ...pair, candidate: { ...candidate, ...to } })
      : world;
  };
  switch (action.kind) {
    case 'create':
      if (candidate || !old || (member > 0 && !world.pairs[0]?.candidate)) return world;
      return {
        ...withPair(world, member, { ...pair, candidate: fresh(old, world, setting) }),
        created: world.created + 1,
      };
    case 'connect':
      return edited('candidate', { missingNetworks: [] });
    case 'carry':
      return edited('candidate', { filled: true });
    case 'examine':
    case 'verify':
    case 'done':
      return world;
    case 'remove':
      if (action.who === 'old') return old?.running === false ? withPair(world, member, { ...pair, old: null }) : world;
      return candidate?.number === pendingFor && !candidate.running
        ? withPair(world, member, { ...pair, candidate: null })
        : world;
    case 'rename': {
      const other = action.who === 'old' ? candidate : old;
      if (action.who === 'candidate' && isRestarting(world, member, setting)) return world;
      return other?.name === action.to ? world : edited(action.who, { name: action.to });
    }
    case 'set-restart':
      return edited(action.who, { restart: action.restart });
    case 'stop':
      return orphaning(edited(action.who, { running: false, paused: false, stoppedByHand: true }), member, action.who);
    case 'try-stop':
      return orphaning(
        edited('candidate', { running: false, paused: false, stoppedByHand: true }),
        member,
        'candidate',
      );
    case 'pause':
      return edited(action.who, (action.who === 'old' ? old : candidate)?.running === true ? { paused: true } : {});
    case 'start': {
      if (!isJoinable(world, member, action.who)) return world;
      const started = { startedOnce: true, stoppedByHand: false };
      // A candidate that cannot run and that no policy brings back has ended before anybody looks.
      const ends = action.who === 'candidate' && !isHealthy(world, member, setting) && candidate?.restart === 'no:0';
      return edited(action.who, ends ? started : { ...started, running: true });
    }
  }
}

function fresh(old: Box, { created }: World, { restart, activity, carries }: Setting): Candidate {
  return {
    name: 'new',
    running: false,
    paused: false,
    restart: old.restart,
    startedOnce: false,
    stoppedByHand: false,
    number: created + 1,
    before: { activity, restart },
    missingNetworks: ['back'],
    filled: !carries,
  };
}

function withPair(world: World, member: number, pair: Pair): World {
  return { ...world, pairs: world.pairs.with(member, pair) };
}

/** Who lives in the leader's network cannot be started while the leader it names does not run. */
function isJoinable({ pairs }: World, member: number, who: 'old' | 'candidate'): boolean {
  return member === 0 || pairs[0]?.[who]?.running === true;
}

function orphaning(world: World, member: number, who: 'old' | 'candidate'): World {
  if (member > 0 || !world.pairs.slice(1).some((pair) => pair[who]?.running === true)) return world;
  return { ...world, orphaned: true };
}

/** The engine restarts: what never ran stays down, `always` comes back even when stopped by hand. Calls under way are lost. */
export function reboot(world: World): World {
  const revive = <Kind extends Box>(box: Kind): Kind => ({
    ...box,
    paused: false,
    running:
      box.startedOnce && (box.restart === 'always:0' || (box.restart === 'unless-stopped:0' && !box.stoppedByHand)),
  });
  const pairs = world.pairs.map(({ old, candidate }) => ({
    old: old && revive(old),
    candidate: candidate && revive(candidate),
  }));
  const [leader] = pairs;
  return {
    ...world,
    reboots: world.reboots - 1,
    rebooted: true,
    pairs: pairs.map((pair, member) =>
      member === 0
        ? pair
        : {
            old: pair.old && { ...pair.old, running: pair.old.running && leader?.old?.running === true },
            candidate: pair.candidate && {
              ...pair.candidate,
              running: pair.candidate.running && leader?.candidate?.running === true,
            },
          },
    ),
    workers: world.workers.map((worker) => ({ ...worker, pending: null })),
  };
}

/** What must never be, whatever happens. */
export function violation({ pairs, orphaned, created }: World, { order, keeps }: Setting): string | undefined {
  if (created > 4 * pairs.length) return 'candidates are made without end';
  if (orphaned) return 'a dependant was left without its leader';
  for (const { old, candidate } of pairs) {
    if (!old) {
      if (keeps === 'container' || candidate?.name !== 'target') return 'the old container is lost';
      continue;
    }
    if (candidate?.running && !candidate.filled) return 'the new container runs without its files';
    const areSideBySide = order === 'start-first' && old.name === 'target' && candidate?.name !== 'target';
    if (old.running && candidate?.running && !areSideBySide) return 'two are running';
  }
  return undefined;
}
