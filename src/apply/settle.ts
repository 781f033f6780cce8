import { asEnforceError } from '../model/errors.ts';
import type { EnforceError } from '../model/errors.ts';
import type { Job, Memory } from './job.ts';
import { next } from './next.ts';
import type { Sight, Target } from './observe.ts';
import { observe } from './observe.ts';
import { takeAction } from './take-action.ts';
import type { HostTools } from './tools.ts';

/** Where a change came to rest. */
export type Rest =
  | {
      readonly at: 'old';
      readonly because: string;
      readonly downtimeMilliseconds: number;
      /** It was stopped or renamed meanwhile; false: it served all the time. */
      readonly disturbed: boolean;
    }
  | {
      readonly at: 'new';
      readonly because: string;
      readonly downtimeMilliseconds: number;
      readonly answers: readonly number[];
    }
  | {
      readonly at: 'stuck';
      readonly because: string;
      /** What a person does about it, where that is more than to apply again. */
      readonly recover?: string;
    };

/** How long an engine may stay away until its host is left alone: one that starts again takes seconds, a reboot a minute. */
const COMEBACK_MILLISECONDS = 90_000;
/** No change needs more actions than this, rollback included; a higher count means somebody else keeps interfering. */
const MOST_ACTIONS = 80;

/**
 * Brings one change to rest: observes, takes the one action `next` names, observes again. A call that was refused or
 * whose answer was lost is not repeated blindly: the next observation tells whether it happened.
 */
export async function settle(job: Job, tools: HostTools): Promise<Rest> {
  const memory: Memory = {
    intent: job.intent,
    because: BECAUSE[job.intent],
    repeated: { action: '', times: 0 },
    disturbed: false,
    startedOld: false,
    unclear: undefined,
  };
  for (let actions = 0; actions < MOST_ACTIONS; ) {
    try {
      const engine = await tools.engine();
      const sight = await observe(engine, knownTarget(job, memory), tools.facts);
      memory.disturbed ||= !(sight.old?.running === true && sight.old.name === 'target');
      rememberCandidate(sight, memory);
      if (sight.supersededBy !== undefined) {
        memory.intent = 'roll-back';
        memory.because = `run ${sight.supersededBy} changed this container at the same time, and was first`;
        if (!sight.candidate) return rest('old', memory, tools);
      }
      const candidateId = sight.candidateInspect?.Id;
      const known = (id: string | undefined): boolean => id !== undefined && id === candidateId;
      const action = next(
        {
          ...sight,
          ...(memory.formerRestart === undefined ? {} : { formerRestart: memory.formerRestart }),
          examined: known(memory.examined),
          started: known(memory.started),
          oldStarted: memory.startedOld,
          verified: known(memory.verified),
          rejected: known(memory.rejected),
        },
        memory.intent,
      );
      if (action.kind === 'done')
        return (await exitedAgain(action.as, memory, tools)) ?? rest(action.as, memory, tools);
      actions++;
      await takeAction(action, sight, job, memory, tools);
      memory.unclear = undefined;
    } catch (error) {
      const stuck = await afterFailure(asEnforceError(error, 'engine'), memory, tools);
      if (stuck) return stuck;
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

function knownTarget({ target }: Job, { oldId }: Memory): Target {
  return oldId === undefined ? target : { ...target, oldId };
}

/** A candidate that was there and is gone is not made a second time. */
function rememberCandidate({ candidate, oldInspect }: Sight, memory: Memory): void {
  // The label that names the old one goes with the candidate; under its own name nothing else would tell it.
  if (oldInspect) memory.oldId = oldInspect.Id;
  if (candidate) memory.formerRestart = candidate.originalRestart;
  else if (memory.formerRestart !== undefined && memory.intent !== 'roll-back') {
    memory.intent = 'roll-back';
    memory.because = 'somebody removed the new container in the middle of the change';
  }
}

/** How long an old container that was started again is watched before it counts as back. */
const WATCH_MILLISECONDS = 2000;

/** An old container that does not stay up after it was put back needs a person; undefined when it does. */
async function exitedAgain(
  as: 'old' | 'new' | 'old-lost',
  { startedOld, oldId }: Memory,
  tools: HostTools,
): Promise<Rest | undefined> {
  if (as !== 'old' || !startedOld || oldId === undefined) return undefined;
  await tools.clock.delay(WATCH_MILLISECONDS);
  const inspect = await (await tools.engine()).inspect(oldId);
  if (!inspect || inspect.State.Running) return undefined;
  return {
    at: 'stuck',
    because: `the old container was put back and started, and exited with code ${inspect.State.ExitCode ?? '?'}`,
    recover: `docker logs ${inspect.Name.replace(/^\//, '')} tells why it does not stay up`,
  };
}

function rest(as: 'old' | 'new' | 'old-lost', memory: Memory, tools: HostTools): Rest {
  if (as === 'old-lost')
    return {
      at: 'stuck',
      because: 'the old container is gone: somebody removed it in the middle of the change',
      recover: 'docker ps -a shows the new one, if it is there: give it the name and start it, or remove it',
    };
  const { stoppedAt, answeredAt, because, disturbed, answers = [] } = memory;
  const downtimeMilliseconds =
    stoppedAt === undefined || !disturbed ? 0 : Math.round((answeredAt ?? tools.clock.now()) - stoppedAt);
  return as === 'new'
    ? { at: as, because, downtimeMilliseconds, answers }
    : { at: as, because, downtimeMilliseconds, disturbed };
}

/** After a failure that left the outcome open: look again in a while, unless a person is needed. */
async function afterFailure(error: EnforceError, memory: Memory, { clock }: HostTools): Promise<Rest | undefined> {
  const { code, message, hint } = error;
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
