import { asEnforceError } from '../model/errors.ts';
import type { EnforceError } from '../model/errors.ts';
import { comparison } from './comparison.ts';
import type { GatePass } from './gate-trial.ts';
import type { Failure, Job, Memory } from './job.ts';
import { jobMember, memoryOf } from './job.ts';
import { next } from './next.ts';
import type { Observed } from './next.ts';
import type { MemberSight, Sight } from './observe.ts';
import { observe } from './observe.ts';
import { takeAction } from './take-action.ts';
import type { HostTools } from './tools.ts';

/** Where a change came to rest. */
export type Rest =
  | {
      readonly at: 'old';
      readonly because: string;
      readonly downtimeMilliseconds: number | null;
      /** It was stopped or renamed meanwhile; false: it served all the time. */
      readonly disturbed: boolean;
      /** What the new container was found wanting for. */
      readonly failure?: Failure;
    }
  | {
      readonly at: 'new';
      readonly because: string;
      readonly downtimeMilliseconds: number | null;
      readonly answers: readonly number[];
      /** Whether the old container is kept, or its specification alone. */
      readonly keeps: 'container' | 'specification';
      readonly notes: readonly string[];
      /** Those whose gate was passed before the eyes of this process. */
      readonly passes: readonly GatePass[];
    }
  | {
      readonly at: 'stuck';
      readonly because: string;
      /** What a person does about it, where that is more than to apply again. */
      readonly recover?: string;
    }
  /** Somebody else has the host's lock by now, and ends what was begun. */
  | { readonly at: 'taken-over'; readonly because: string };

/** How long an engine may stay away until its host is left alone: one that starts again takes seconds, a reboot a minute. */
const COMEBACK_MILLISECONDS = 90_000;
/** No member of a change needs more actions than this, rollback included; a higher count means somebody else keeps interfering. */
const MOST_ACTIONS = 80;

/**
 * Brings one change to rest: observes, takes the one action `next` names, observes again. A call that was refused or
 * whose answer was lost is not repeated blindly: the next observation tells whether it happened.
 */
export async function settle(job: Job, tools: HostTools): Promise<Rest> {
  const memory: Memory = {
    intent: job.intent,
    because: BECAUSE[job.intent],
    targets: job.members.map(({ target }) => target),
    members: new Map(),
    repeated: { container: '', action: '', times: 0 },
    answers: new Map(),
    disturbed: false,
    earlierDowntime: 0,
    notes: [],
    watches: new Map(),
    unclear: undefined,
  };
  try {
    return await comeToRest(job, memory, tools);
  } finally {
    for (const watch of memory.watches.values()) await watch.stop().catch(() => undefined);
  }
}

async function comeToRest(job: Job, memory: Memory, tools: HostTools): Promise<Rest> {
  for (let actions = 0; actions < MOST_ACTIONS * memory.targets.length; ) {
    try {
      const engine = await tools.engine();
      const sight = await observe(engine, memory.targets, tools.facts);
      remember(sight, memory);
      const [leader] = sight.members;
      if (sight.supersededBy !== undefined) {
        memory.intent = 'roll-back';
        memory.because = `run ${sight.supersededBy} changed this container at the same time, and was first`;
        if (sight.members.every(({ candidate }) => !candidate)) return rest('old', sight, memory, tools);
      }
      const step = next(
        sight.members.map((member) => observedOf(member, job, memory)),
        memory.intent,
      );
      const member = sight.members[step.member] ?? leader;
      if (step.action.kind === 'done' || !member)
        return (await exitedAgain(step.action, sight, memory, tools)) ?? rest(endOf(step.action), sight, memory, tools);
      actions++;
      await takeAction(step.action, member, { sight, job, memory, tools });
      memory.unclear = undefined;
    } catch (error) {
      const ended = await afterFailure(asEnforceError(error, 'engine'), memory, tools);
      if (ended) return ended;
    }
  }
  return { at: 'stuck', because: 'the change does not come to rest: something else keeps changing the container' };
}

/** Why the old container is in its place when nothing went wrong. */
const BECAUSE = {
  apply: 'it stopped before the change was begun',
  resume: 'an interrupted change was undone',
  'roll-back': 'asked for',
} as const;

type End = 'old' | 'new' | 'old-lost';

function endOf(action: ReturnType<typeof next>['action']): End {
  return action.kind === 'done' ? action.as : 'old-lost';
}

/** A candidate that was there and is gone is not made a second time. */
function remember({ members }: Sight, memory: Memory): void {
  const [leader] = members;
  const activity = leader?.before?.activity ?? 'running';
  memory.disturbed ||= !(leader?.old?.name === 'target' && leader.old.running === (activity !== 'stopped'));
  memory.targets = members.map(({ target, oldInspect }) =>
    // The label that names the old one goes with the candidate; under its own name nothing else would tell it.
    oldInspect ? { ...target, oldId: oldInspect.Id } : target,
  );
  // It is decided, and will be removed by our own hand.
  if (members.some(({ candidate }) => candidate?.name === 'fail')) memory.intent = 'roll-back';
  for (const { target, before, candidate } of members) {
    const known = memoryOf(target.container, memory);
    const hadOne = known.before !== undefined;
    if (before) known.before = before;
    if (candidate || !hadOne || memory.intent === 'roll-back' || isOnlyNamed(target.container, members)) continue;
    memory.intent = 'roll-back';
    memory.because = 'somebody removed the new container in the middle of the change';
  }
}

/** A dependant whose candidate is still to be made is known by its leader's labels. */
function isOnlyNamed(container: string, members: readonly MemberSight[]): boolean {
  const [leader] = members;
  return leader?.candidate?.name === 'new' && leader.target.container !== container;
}

function observedOf(sight: MemberSight, job: Job, memory: Memory): Observed {
  const { old, oldInspect, candidate, candidateInspect, target } = sight;
  const known = memoryOf(target.container, memory);
  const { planned, trial } = jobMember(job, target.container) ?? {};
  const isOf = (id: string | undefined): boolean => id !== undefined && id === candidateInspect?.Id;
  return {
    old,
    candidate,
    ...(planned === undefined ? {} : { planned }),
    ...(known.before === undefined ? {} : { before: known.before }),
    examined: Boolean(oldInspect && candidateInspect && comparison(oldInspect, candidateInspect.Id) === known.examined),
    carried: isOf(known.carried),
    started: isOf(known.started),
    oldStarted: known.startedOld,
    verified: isOf(known.verified),
    rejected: isOf(known.rejected),
    awaitsTrial: trial !== undefined && !isOf(known.tried),
  };
}

/** How long an old container that was started again is watched before it counts as back. */
const WATCH_MILLISECONDS = 2000;

/** An old container that does not stay up after it was put back needs a person; undefined when it does. */
async function exitedAgain(
  action: ReturnType<typeof next>['action'],
  { members }: Sight,
  memory: Memory,
  tools: HostTools,
): Promise<Rest | undefined> {
  const started = members.filter(({ target }) => memoryOf(target.container, memory).startedOld);
  if (endOf(action) !== 'old' || started.length === 0) return undefined;
  await tools.clock.delay(WATCH_MILLISECONDS);
  const engine = await tools.engine();
  for (const { oldInspect } of started) {
    const inspect = oldInspect && (await engine.inspect(oldInspect.Id));
    if (!inspect || inspect.State.Running) continue;
    return {
      at: 'stuck',
      because: `the old container was put back and started, and exited with code ${inspect.State.ExitCode ?? '?'}`,
      recover: `docker logs ${inspect.Name.replace(/^\//, '')} tells why it does not stay up`,
    };
  }
  return undefined;
}

function rest(as: End, { members }: Sight, memory: Memory, tools: HostTools): Rest {
  if (as === 'old-lost')
    return {
      at: 'stuck',
      because: 'the old container is gone: somebody removed it in the middle of the change',
      recover: 'docker ps -a shows the new one, if it is there: give it the name and start it, or remove it',
    };
  const { stoppedAt, answeredAt, because, disturbed, answers, notes, failure, earlierDowntime } = memory;
  const downtimeMilliseconds = downtime();
  const keeps = members[0]?.candidate?.keeps ?? 'container';
  return as === 'new'
    ? {
        at: as,
        because,
        downtimeMilliseconds,
        answers: [...new Set([...answers.values()].flat())],
        keeps,
        notes,
        passes: passesIn(memory),
      }
    : { at: as, because, downtimeMilliseconds, disturbed, ...(failure ? { failure } : {}) };

  function downtime(): number | null {
    const ran = (members[0]?.before?.activity ?? memory.members.values().next().value?.before?.activity) !== 'stopped';
    if (!disturbed || !ran) return 0;
    // Nobody here stopped it: an earlier run did, and died.
    if (stoppedAt === undefined) return null;
    return Math.max(0, Math.round(earlierDowntime + (answeredAt ?? tools.clock.now()) - stoppedAt));
  }
}

function passesIn({ members }: Memory): readonly GatePass[] {
  return [...members].flatMap(([container, { looks, ended }]) =>
    looks === undefined ? [] : [{ container, looks, ...(ended ? { stop: ended } : {}) }],
  );
}

/** After a failure that left the outcome open: look again in a while, unless a person is needed. */
async function afterFailure(error: EnforceError, memory: Memory, { clock }: HostTools): Promise<Rest | undefined> {
  const { code, message, hint } = error;
  if (code === 'locked') return { at: 'taken-over', because: message };
  if (code === 'refused' || code === 'journal')
    return { at: 'stuck', because: message, ...(hint === undefined ? {} : { recover: hint }) };
  const { times, since } = memory.unclear ?? { times: 0, since: clock.now() };
  const { action } = memory.repeated;
  if (times > 2 && clock.now() - since > COMEBACK_MILLISECONDS)
    return { at: 'stuck', because: action === '' ? message : `${action}: ${message}` };
  memory.unclear = { times: times + 1, since };
  await clock.delay(Math.min(500 * 2 ** times, 5000));
  return undefined;
}
