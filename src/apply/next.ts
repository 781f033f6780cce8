import { stepBack, stepForward } from './step.ts';
import type { Stage } from './step.ts';
import type { Activity } from '../model/plan.ts';
import type { Role } from '../model/names.ts';

/**
 * The whole crash safety of enforce is this function. What to do next depends on nothing but what is on the host and
 * what is wanted; apply, resume, rollback and every retry after an ambiguous answer run the same loop: observe, one
 * action, observe. No answer to a call is trusted as a fact, so being killed between any two calls changes nothing.
 *
 * A change is of one unit: the container that is to be changed, the leader, and those that hold on to it by its id, each
 * after what it holds on to. Each member has steps of its own (`step.ts`), in stages; the unit goes through a stage
 * with all its members before it enters the next, so that dependants stop before their leader and start after it. Whether
 * it goes forward or back is one decision for all, and the leader's candidate bears it: its fail name is durable, and it is
 * the last thing to be removed.
 */
export function next(unit: readonly Observed[], intent: Intent): Step {
  // What a change keeps nothing of cannot be brought back: from the first such step on it only goes forward.
  const isSealed = unit.some(isBeyondReturn);
  const goesBack = !isSealed && mustGoBack(unit, intent);
  const steps = unit.map((pair, member) => ({
    member,
    ...(goesBack ? stepBack(pair) : stepForward(isSealed ? asPassed(pair) : inItsPlace(pair, unit.slice(member + 1)))),
  }));
  const open = steps.filter(({ action }) => action.kind !== 'done');
  if (open.length === 0) return { member: 0, action: steps.find(isLost)?.action ?? steps[0]?.action ?? NOTHING };
  const stage = Math.min(...open.map((step) => step.stage));
  const due = open.filter((step) => step.stage === stage);
  const { member, action } = (LAST_FIRST.includes(stage) ? due.at(-1) : due[0]) ?? { member: 0, action: NOTHING };
  return { member, action };
}

/** What is wanted: `apply` may create candidates; `resume` finishes what exists; `roll-back` undoes it. */
export type Intent = 'apply' | 'resume' | 'roll-back';

/** One action, and which member of the unit it is about; the leader is 0. */
export interface Step {
  readonly member: number;
  readonly action: Action;
}

/** One member of a unit as the host shows it, and what this process has found out about its candidate by itself. */
export interface Observed {
  readonly old: ObservedContainer | null;
  readonly candidate: ObservedCandidate | null;
  /** What the plan saw the old one do; undefined for one who finishes another's work, and so creates nothing. */
  readonly planned?: Activity;
  /** How the old one was before the change, told by the labels of a candidate that is, or was, there. */
  readonly before?: Before;
  /** The candidate was compared with the old container and differs only as planned. */
  readonly examined: boolean;
  /** This process has seen to it that the candidate has the files of the old one's writable layer. */
  readonly carried: boolean;
  /** This process has started the candidate; when it does not run all the same, it ended by itself. */
  readonly started: boolean;
  /** This process has started the old container again. */
  readonly oldStarted?: boolean;
  /** The running candidate passed the health gate. */
  readonly verified: boolean;
  /** The candidate was found wanting: it differs, would not start, or failed the gate. */
  readonly rejected: boolean;
  /** Once it was found well, the candidate is to be stopped, started and looked at once more. */
  readonly awaitsTrial?: boolean;
}

/** What a change takes from a container, and a rollback gives back. */
export interface Before {
  readonly activity: Activity;
  /** As `NAME:MAXIMUM`. */
  readonly restart: string;
}

/** One of the two containers of a member, as the host shows it. */
export interface ObservedContainer {
  /** `target`: it has the service's name. The roles are the names it has at the steps of a change. */
  readonly name: 'target' | Role;
  /** A paused one runs too. */
  readonly running: boolean;
  readonly paused: boolean;
  /** It keeps exiting and being started again; the engine refuses to rename such a container while it is between two starts. */
  readonly restarting: boolean;
  /** As `NAME:MAXIMUM`. */
  readonly restart: string;
}

/** The container that is to take the place, with what its labels say. */
export interface ObservedCandidate extends ObservedContainer {
  readonly before: Before;
  readonly order: 'stop-first' | 'start-first';
  /** What stays of the old container once the change is made. */
  readonly keeps: 'container' | 'specification';
  /** Files of the old one's writable layer have to come along. */
  readonly carries: boolean;
  /** It ran at some time, and so may have files of its own. */
  readonly everStarted: boolean;
  /** Networks the old container is in and the candidate is not yet. */
  readonly missingNetworks: readonly string[];
}

/** One thing to do, which is one call to the engine, or one look at the candidate. */
export type Action =
  | { readonly kind: 'create' }
  | { readonly kind: 'connect'; readonly network: string }
  | { readonly kind: 'examine' }
  | { readonly kind: 'carry' }
  | { readonly kind: 'verify' }
  /** Stops the candidate to see whether it ends as the old one did, and comes up again. */
  | { readonly kind: 'try-stop' }
  | { readonly kind: 'stop' | 'start' | 'pause' | 'remove'; readonly who: Who }
  | { readonly kind: 'rename'; readonly who: Who; readonly to: 'target' | Role }
  | { readonly kind: 'set-restart'; readonly who: Who; readonly restart: string }
  | { readonly kind: 'done'; readonly as: 'old' | 'new' | 'old-lost' };

/** Which of the two containers an action is about. */
export type Who = 'old' | 'candidate';

const NOTHING: Action = { kind: 'done', as: 'old-lost' };

/** Who holds on to another stops, and is put aside for good, before it. */
const LAST_FIRST: readonly number[] = [2, 8, 12, 16] satisfies readonly Stage[];

function asPassed(pair: Observed): Observed {
  return { ...pair, verified: true, awaitsTrial: false };
}

/** Whoever others hold on to is not stopped under them: where they run already, the trial is not made any more. */
function inItsPlace(pair: Observed, after: readonly Observed[]): Observed {
  return pair.awaitsTrial === true && after.some(({ candidate }) => candidate?.running === true)
    ? { ...pair, awaitsTrial: false }
    : pair;
}

function isLost({ action }: { readonly action: Action }): boolean {
  return action.kind === 'done' && action.as === 'old-lost';
}

function isBeyondReturn({ old, candidate }: Observed): boolean {
  return old === null && candidate?.keeps === 'specification' && candidate.name === 'target';
}

function mustGoBack(unit: readonly Observed[], intent: Intent): boolean {
  if (intent === 'roll-back') return true;
  if (unit.some(({ candidate, rejected }) => rejected || candidate?.name === 'fail')) return true;
  if (unit.some(wasStartedMeanwhile)) return true;
  const isWhole = unit.every(({ candidate }) => candidate !== null);
  return !isWhole && !(intent === 'apply' && unit.every(isUntouched));
}

/** Somebody started a container that was to stay stopped: it is in use, and not as it was planned. */
function wasStartedMeanwhile({ old, candidate }: Observed): boolean {
  return candidate?.before.activity === 'stopped' && old !== null && old.name !== 'bak' && old.running;
}

/** The old one is as the plan saw it, so that a candidate may still be made for it. */
function isUntouched({ old, planned }: Observed): boolean {
  return old?.name === 'target' && planned === activityOf(old);
}

/** What a container does now. */
function activityOf({ running, paused }: ObservedContainer): Activity {
  return paused ? 'paused' : running ? 'running' : 'stopped';
}
