import type { Role } from '../model/names.ts';

/**
 * The whole crash safety of enforce is this function. What to do next depends on nothing but what is on the host and
 * what is wanted; apply, resume, rollback and every retry after an ambiguous answer run the same loop: observe, one
 * action, observe. No answer to a call is trusted as a fact, so being killed between any two calls changes nothing.
 *
 * Why the order is as it is: the candidate is created first, so that an impossible configuration fails while the old
 * container still serves. The old one's restart policy is set to `no` after it stopped and before the new one starts, or
 * a reboot would start both on one volume. A rollback is decided durably, by the candidate's fail name, before anything
 * is undone, or a crash in the middle would turn it around again; and the old one keeps its old-name until it runs, as
 * after the candidate is removed that name is all that tells of the change.
 */
export function next(observed: Observed, intent: Intent): Action {
  const { old, candidate } = observed;
  if (!candidate) return withoutCandidate(observed, intent);
  if (!old) return { kind: 'done', as: 'old-lost' };
  if (candidate.name === 'fail' || intent === 'roll-back' || observed.rejected) return back(old, candidate);
  if (old.name === 'bak') return { kind: 'done', as: 'new' };
  return forward(observed, old, candidate);
}

/** What is wanted: `apply` may create a candidate; `resume` finishes what exists; `roll-back` undoes it. */
export type Intent = 'apply' | 'resume' | 'roll-back';

/** One change as the host shows it, and what this process has found out about the candidate by itself. */
export interface Observed {
  readonly old: ObservedContainer | null;
  readonly candidate: ObservedCandidate | null;
  /** The old one's restart policy before the change, once this process has read it off a candidate. */
  readonly formerRestart?: string;
  /** The candidate was compared with the old container and differs only as planned. */
  readonly examined: boolean;
  /** This process has started the candidate; when it does not run all the same, it ended by itself. */
  readonly started: boolean;
  /** This process has started the old container again. */
  readonly oldStarted?: boolean;
  /** The running candidate passed the health gate. */
  readonly verified: boolean;
  /** The candidate was found wanting: it differs, would not start, or failed the gate. */
  readonly rejected: boolean;
}

/** One of the two containers of a change, as the host shows it. */
export interface ObservedContainer {
  /** `target`: it has the service's name. The roles are the names it has at the steps of a change. */
  readonly name: 'target' | Role;
  readonly running: boolean;
  /** It keeps exiting and being started again; the engine refuses to rename such a container while it is between two starts. */
  readonly restarting: boolean;
  /** As `NAME:MAXIMUM`. */
  readonly restart: string;
}

/** The container that is to take the place, with what its labels say. */
export interface ObservedCandidate extends ObservedContainer {
  /** The restart policy the old container had before the change, from the candidate's label. */
  readonly originalRestart: string;
  /** Networks the old container is in and the candidate is not yet. */
  readonly missingNetworks: readonly string[];
}

/** One thing to do, which is one call to the engine or one look at the candidate. */
export type Action =
  | { readonly kind: 'create' }
  | { readonly kind: 'connect'; readonly network: string }
  | { readonly kind: 'examine' }
  | { readonly kind: 'verify' }
  | { readonly kind: 'stop' | 'start'; readonly who: Who }
  | { readonly kind: 'rename'; readonly who: Who; readonly to: 'target' | Role }
  | { readonly kind: 'set-restart'; readonly who: Who; readonly restart: string }
  | { readonly kind: 'remove'; readonly who: 'candidate' }
  | { readonly kind: 'done'; readonly as: 'old' | 'new' | 'old-lost' };

/** Which of the two containers an action is about. */
export type Who = 'old' | 'candidate';

const NO_RESTART = 'no:0';

function withoutCandidate(observed: Observed, intent: Intent): Action {
  const { old, formerRestart } = observed;
  if (!old) return { kind: 'done', as: 'old-lost' };
  if (old.name !== 'old' && formerRestart === undefined)
    return intent === 'apply' && old.name === 'target' && old.running
      ? { kind: 'create' }
      : { kind: 'done', as: 'old' };
  // The candidate is gone, by our hand or by somebody's: what was taken from the old one is given back.
  if (formerRestart !== undefined && old.restart !== formerRestart)
    return { kind: 'set-restart', who: 'old', restart: formerRestart };
  // It was started and ended by itself: started again it would end again, and its name is all that is left to give.
  if (!old.running && !observed.oldStarted) return { kind: 'start', who: 'old' };
  return old.name === 'target' ? { kind: 'done', as: 'old' } : { kind: 'rename', who: 'old', to: 'target' };
}

function forward(observed: Observed, old: ObservedContainer, candidate: ObservedCandidate): Action {
  if (candidate.running) {
    // Only somebody else can have started the old one again; two must never run on one volume.
    if (old.running) return { kind: 'stop', who: 'old' };
    return observed.verified ? { kind: 'rename', who: 'old', to: 'bak' } : { kind: 'verify' };
  }
  const [network] = candidate.missingNetworks;
  if (network !== undefined) return { kind: 'connect', network };
  if (!observed.examined) return { kind: 'examine' };
  if (old.running) return { kind: 'stop', who: 'old' };
  if (old.restart !== NO_RESTART) return { kind: 'set-restart', who: 'old', restart: NO_RESTART };
  if (old.name === 'target') return { kind: 'rename', who: 'old', to: 'old' };
  if (candidate.name !== 'target') return { kind: 'rename', who: 'candidate', to: 'target' };
  return observed.started ? { kind: 'verify' } : { kind: 'start', who: 'candidate' };
}

function back(old: ObservedContainer, candidate: ObservedCandidate): Action {
  // From here on the change counts as unfinished again, so that a crash below is found.
  if (old.name === 'bak') return { kind: 'rename', who: 'old', to: 'old' };
  if (candidate.name !== 'fail') {
    return candidate.restarting && candidate.running
      ? { kind: 'stop', who: 'candidate' }
      : { kind: 'rename', who: 'candidate', to: 'fail' };
  }
  if (candidate.restart !== NO_RESTART) return { kind: 'set-restart', who: 'candidate', restart: NO_RESTART };
  if (candidate.running) return { kind: 'stop', who: 'candidate' };
  // While it still serves under its own name nothing was taken from it, and its name stays.
  if (old.name === 'target' && !old.running) return { kind: 'rename', who: 'old', to: 'old' };
  if (old.restart !== candidate.originalRestart) {
    return { kind: 'set-restart', who: 'old', restart: candidate.originalRestart };
  }
  return { kind: 'remove', who: 'candidate' };
}
