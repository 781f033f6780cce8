import type { Action, Before, Observed, ObservedCandidate, ObservedContainer } from './next.ts';

/**
 * When a step of one member is due, against the steps of the others. Forward: 1 prepare the candidate, 2 stop the old
 * one, 3 carry files over, 4 take its restart policy, 5 its name, 6 give that to the candidate, 7 bring it up, 8 commit.
 * Back: 9 count as unfinished again, 10 decide, 11 take the candidate's restart policy, 12 stop it, 13 give the old one
 * its policy, 14 its name, 15 bring it up, 16 remove the candidate.
 */
export type Stage = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16;

/** What one member needs next, seen by itself. */
export interface MemberStep {
  readonly stage: Stage;
  readonly action: Action;
}

/**
 * The next step of a member on its way to the new container. The candidate is created first, so that an impossible
 * configuration fails while the old one still serves. The old one's restart policy is set to `no` after it stopped and
 * before the new one starts, or a reboot would start both on one volume.
 */
export function stepForward(pair: Observed): MemberStep {
  const { old, candidate } = pair;
  if (!candidate) return { stage: 1, action: { kind: 'create' } };
  if (!old) return withoutOld(candidate, pair);
  if (old.name === 'bak') return done('new');
  return candidate.order === 'start-first' ? startFirst(old, candidate, pair) : stopFirst(old, candidate, pair);
}

/**
 * The next step of a member on its way back to the old container. The candidate's fail name makes the decision durable
 * before anything is undone, or a crash in the middle would turn it around again; the candidate goes last, because its
 * labels tell how the old one was.
 */
export function stepBack(pair: Observed): MemberStep {
  const { old, candidate } = pair;
  if (!old) return done('old-lost');
  if (!candidate) return withoutCandidate(old, pair);
  // From here on the change counts as unfinished again, so that a crash below is found.
  if (old.name === 'bak') return { stage: 9, action: { kind: 'rename', who: 'old', to: 'old' } };
  if (candidate.name !== 'fail') {
    const isBetweenStarts = candidate.restarting && candidate.running;
    return {
      stage: 10,
      action: isBetweenStarts ? { kind: 'stop', who: 'candidate' } : { kind: 'rename', who: 'candidate', to: 'fail' },
    };
  }
  if (candidate.restart !== NO_RESTART)
    return { stage: 11, action: { kind: 'set-restart', who: 'candidate', restart: NO_RESTART } };
  if (candidate.running) return { stage: 12, action: { kind: 'stop', who: 'candidate' } };
  return (
    rearmed(old, candidate.before) ??
    renamed(old, 14) ??
    broughtBack(old, candidate.before, pair) ?? { stage: 16, action: { kind: 'remove', who: 'candidate' } }
  );
}

const NO_RESTART = 'no:0';

function done(as: 'old' | 'new' | 'old-lost'): MemberStep {
  return { stage: 0, action: { kind: 'done', as } };
}

/** The last step of a change that keeps the specification alone was made, or somebody took the old one away. */
function withoutOld(candidate: ObservedCandidate, { started }: Observed): MemberStep {
  if (candidate.keeps !== 'specification' || candidate.name !== 'target') return done('old-lost');
  if (candidate.running || started || candidate.before.activity === 'stopped') return done('new');
  return { stage: 7, action: { kind: 'start', who: 'candidate' } };
}

function stopFirst(old: ObservedContainer, candidate: ObservedCandidate, pair: Observed): MemberStep {
  if (!candidate.running) {
    const preparation = prepared(candidate, pair);
    if (preparation) return preparation;
  }
  // Beside a candidate that runs, only somebody else can have started it again; two must never run on one volume.
  if (old.running) return { stage: 2, action: { kind: 'stop', who: 'old' } };
  if (candidate.carries && !candidate.everStarted && !pair.carried) return { stage: 3, action: { kind: 'carry' } };
  return putAside(old) ?? named(candidate) ?? broughtUp(candidate, pair) ?? committed(candidate);
}

/** Both run side by side for a while: the plan saw that they share nothing that only one may have. */
function startFirst(old: ObservedContainer, candidate: ObservedCandidate, pair: Observed): MemberStep {
  const preparation = candidate.running ? undefined : prepared(candidate, pair);
  if (preparation) return preparation;
  const start = broughtUp(candidate, pair);
  if (start) return start;
  if (old.running) return { stage: 2, action: { kind: 'stop', who: 'old' } };
  return putAside(old) ?? named(candidate) ?? committed(candidate);
}

function prepared({ missingNetworks }: ObservedCandidate, { examined }: Observed): MemberStep | undefined {
  const [network] = missingNetworks;
  if (network !== undefined) return { stage: 1, action: { kind: 'connect', network } };
  return examined ? undefined : { stage: 1, action: { kind: 'examine' } };
}

function putAside(old: ObservedContainer): MemberStep | undefined {
  if (old.restart !== NO_RESTART) return { stage: 4, action: { kind: 'set-restart', who: 'old', restart: NO_RESTART } };
  return old.name === 'target' ? { stage: 5, action: { kind: 'rename', who: 'old', to: 'old' } } : undefined;
}

function named({ name }: ObservedCandidate): MemberStep | undefined {
  return name === 'target' ? undefined : { stage: 6, action: { kind: 'rename', who: 'candidate', to: 'target' } };
}

function broughtUp(candidate: ObservedCandidate, { started, verified, awaitsTrial }: Observed): MemberStep | undefined {
  const { activity } = candidate.before;
  if (activity === 'stopped') return undefined;
  if (!candidate.running && !started) return { stage: 7, action: { kind: 'start', who: 'candidate' } };
  // It is paused only once it was found well.
  if (activity === 'paused' && candidate.paused) return undefined;
  if (!verified) return { stage: 7, action: { kind: 'verify' } };
  // What follows is not known of it any more, so that it is started and verified again.
  if (awaitsTrial === true) return { stage: 7, action: { kind: 'try-stop' } };
  return activity === 'paused' ? { stage: 7, action: { kind: 'pause', who: 'candidate' } } : undefined;
}

function committed({ keeps }: ObservedCandidate): MemberStep {
  return {
    stage: 8,
    action: keeps === 'container' ? { kind: 'rename', who: 'old', to: 'bak' } : { kind: 'remove', who: 'old' },
  };
}

/**
 * The candidate is gone, by our hand or by somebody's: what was taken from the old one is given back, its name last, as
 * nothing else tells of the change any more.
 */
function withoutCandidate(old: ObservedContainer, pair: Observed): MemberStep {
  if (!pair.before && old.name !== 'old') return done('old');
  const before = pair.before ?? { activity: 'running', restart: old.restart };
  return rearmed(old, before) ?? broughtBack(old, before, pair) ?? renamed(old, 16) ?? done('old');
}

function rearmed(old: ObservedContainer, { restart }: Before): MemberStep | undefined {
  return old.restart === restart ? undefined : { stage: 13, action: { kind: 'set-restart', who: 'old', restart } };
}

function broughtBack(old: ObservedContainer, { activity }: Before, { oldStarted }: Observed): MemberStep | undefined {
  // It was started and ended by itself: started again it would end again, and its name is all that is left to give.
  if (activity !== 'stopped' && !old.running && oldStarted !== true)
    return { stage: 15, action: { kind: 'start', who: 'old' } };
  return activity === 'paused' && old.running && !old.paused
    ? { stage: 15, action: { kind: 'pause', who: 'old' } }
    : undefined;
}

function renamed({ name }: ObservedContainer, stage: 14 | 16): MemberStep | undefined {
  return name === 'target' ? undefined : { stage, action: { kind: 'rename', who: 'old', to: 'target' } };
}
