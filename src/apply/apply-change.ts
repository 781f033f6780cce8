import { asEnforceError } from '../model/errors.ts';
import type { Outcome } from '../model/journal.ts';
import { roleName } from '../model/names.ts';
import type { Change } from '../model/plan.ts';
import type { HealthGate } from '../model/playbook.ts';
import { removeLeftImages } from './carried-image.ts';
import type { Found } from './found-members.ts';
import { findMembers, whyNotCarried } from './found-members.ts';
import type { GateAnswer, GatePass, GateTrial } from './gate-trial.ts';
import { gateTrials } from './gate-trial.ts';
import type { MemberTerms } from './job-member.ts';
import { all, toJobMember } from './job-member.ts';
import type { Failure, Job, JobMember } from './job.ts';
import type { Rest } from './settle.ts';
import { settle } from './settle.ts';
import type { HostTools } from './tools.ts';
import { repeatWithout } from './repeat-without.ts';
import type { Tried } from './tries.ts';
import { outcomeOfTries } from './tries.ts';
import { underLock } from './under-lock.ts';
import type { Widened } from './widened.ts';
import { widened } from './widened.ts';

/** Whether a change may still be made as planned; a container that moved on since is stale, not an error. */
export type Preflight = (
  change: Change,
) => Promise<{ readonly ready: true } | { readonly ready: false; readonly because: string }>;

/** What holds for every change of a run. */
export interface ChangeSettings {
  readonly gate: HealthGate;
  readonly planDigest: string;
  /** How long the old container is kept. */
  readonly keepSeconds: number;
  /** What the new container remembers of the old one's settings, to be taken back by; nothing when it is itself taken back. */
  readonly remembers: 'settings' | 'nothing';
  readonly preflight: Preflight;
  /** Asked under the host's lock, which may have been waited for: how it ends when it must not begin any more. */
  readonly whyTooLate?: (change: Change) => Outcome | undefined;
  /** Somebody wants the run to end: nothing is tried once more. */
  readonly isInterrupted?: () => boolean;
  /** Told what the gate said to the sets of capabilities of a change, once it has ended. */
  readonly learn?: (trials: readonly GateTrial[]) => Promise<void>;
}

/** Makes one planned change, from the last look before it to its outcome. Whatever happens is a value, never a throw. */
export async function applyChange(change: Change, settings: ChangeSettings, tools: HostTools): Promise<Outcome> {
  const { journal, clock, host } = tools;
  const about = { host, container: change.container };
  journal.write({ event: 'change-started', at: clock.timestamp(), ...about, id: change.id, action: change.action });
  const { outcome, answers } = await withinItsSets(change, settings, tools);
  journal.write({ event: 'change-ended', at: clock.timestamp(), ...about, outcome });
  await settings.learn?.(gateTrials(answers));
  return outcome;
}

/**
 * Makes the change; where its new container does not do, and may lack a capability, the old one is back and serves, and
 * the change is made once more with a wider set: first with what the container showed that it was refused, then with the
 * safe set. Each of these is a change like any other, and each set is named in the plan. Where the old one turns out to do
 * without what was missed, it is made once more as it is.
 */
async function withinItsSets(
  planned: Change,
  settings: ChangeSettings,
  tools: HostTools,
): Promise<{ readonly outcome: Outcome; readonly answers: readonly GateAnswer[] }> {
  const known: Known = { baselines: new Map(), stops: new Map() };
  const { journal, clock, host, emit } = tools;
  const earlier: Tried[] = [];
  const answers: GateAnswer[] = [];
  let isRepeated = false;
  for (let change = planned, last: Widened | undefined; ; ) {
    const tried = await attempt(change, known, settings, tools, earlier.length > 0 ? 'once more' : 'at first');
    earlier.push({ outcome: tried.outcome, ...(last ? { last } : {}) });
    const failure = tried.outcome.result === 'rolled-back' ? tried.failure : undefined;
    const passes = tried.passes ?? [];
    answers.push({ change, at: clock.timestamp(), ...known, passes, ...(failure ? { failure } : {}) });
    const isOver = !failure || settings.isInterrupted?.() === true;
    if (!isOver && !isRepeated) {
      isRepeated = await repeatWithout(failure, { change, settings, baselines: known.baselines }, tools);
      if (isRepeated) continue;
    }
    const next = isOver ? undefined : widened(change, failure, last?.to);
    if (!next) return { outcome: outcomeOfTries(earlier), answers };
    const { because, keeps } = next;
    const text = `it is tried once more and keeps ${keeps.join(', ')}: ${because}`;
    const decided = { event: 'decided', decision: 'widen' } as const;
    journal.write({ ...decided, at: clock.timestamp(), host, container: planned.container, because: text });
    emit({ kind: 'step', host, container: planned.container, text });
    [change, last] = [next.change, next];
  }
}

/** What is remembered from one try to the next. */
interface Known extends Pick<Job, 'stops'> {
  readonly baselines: MemberTerms['baselines'];
}

interface Attempted {
  readonly outcome: Outcome;
  readonly failure?: Failure;
  readonly passes?: readonly GatePass[];
}

async function attempt(
  change: Change,
  { baselines, stops }: Known,
  settings: ChangeSettings,
  tools: HostTools,
  which: 'at first' | 'once more',
): Promise<Attempted> {
  const { gate, preflight, isInterrupted = () => false } = settings;
  try {
    // A wider set is not what would be planned now, and the container is the one that was planned for a moment ago.
    const readiness = which === 'at first' ? await preflight(change) : READY;
    if (!readiness.ready) return skipped(readiness.because);
    const found = await findMembers(change, tools);
    if (!found.ok) return skipped(found.because);
    const unreadable = change.carry === 'none' ? undefined : await whyNotCarried(found.members, tools);
    if (unreadable !== undefined) return skipped(unreadable);
    const [leader, ...dependants] = found.members;
    const terms = {
      containers: found.members.map(({ inspect }) => inspect),
      deadlineSeconds: gate.deadlineSeconds,
      restarts: gate.restartTrial === 'never' ? 0 : 1,
      soakSeconds: gate.soakSeconds,
    };
    const done = await underLock(terms, tools, async (held) => {
      const late = which === 'at first' ? settings.whyTooLate?.(change) : undefined;
      if (late) return { late };
      const member = (each: Found) => () => toJobMember(each, change, { settings, baselines }, held);
      try {
        const members: [JobMember, ...JobMember[]] = [await member(leader)(), ...(await all(dependants.map(member)))];
        return { rest: await settle({ members, intent: 'apply', gate, stops, isInterrupted }, held) };
      } finally {
        if (change.carry === 'commit') await removeLeftImages(held).catch(() => undefined);
      }
    });
    if (done.late) return { outcome: done.late };
    const { rest } = done;
    const outcome = outcomeOf(rest, change.container, tools.journal.run);
    if (rest.at === 'new') return { outcome, passes: rest.passes };
    return rest.at === 'old' && rest.failure ? { outcome, failure: rest.failure } : { outcome };
  } catch (error) {
    const failure = asEnforceError(error, 'engine');
    if (failure.code === 'journal') throw failure;
    if (failure.code === 'locked') return { outcome: lockedOut(failure) };
    return skipped(failure.message);
  }
}

const READY = { ready: true } as const;

function skipped(because: string): Attempted {
  return { outcome: { result: 'skipped', because } };
}

/** How a change ends that was not begun, because somebody else has the host's lock. */
export function lockedOut({
  message,
  hint,
}: {
  readonly message: string;
  readonly hint?: string | undefined;
}): Outcome {
  return { result: 'deferred', because: hint === undefined ? message : `${message} (${hint})`, locked: true };
}

/** An outcome in the words of the journal; `container` and `run` name what is kept and how to go on. */
export function outcomeOf(rest: Rest, container: string, run: string): Outcome {
  switch (rest.at) {
    case 'new':
      return {
        result: 'applied',
        downtimeMilliseconds: rest.downtimeMilliseconds,
        kept: rest.keeps === 'container' ? roleName(container, 'bak', run) : null,
        answers: rest.answers,
        ...(rest.notes.length === 0 ? {} : { notes: rest.notes }),
      };
    case 'old':
      return {
        result: 'rolled-back',
        because: rest.disturbed ? rest.because : `${rest.because}; the old container was not touched`,
        downtimeMilliseconds: rest.downtimeMilliseconds,
      };
    case 'stuck':
      return {
        result: 'stuck',
        because: rest.because,
        recover: rest.recover ?? `enforce apply --container '${container}' (first finishes or undoes run ${run})`,
      };
    case 'taken-over':
      // It was begun, which a lock that keeps others out is not.
      return { result: 'deferred', because: rest.because };
  }
}
