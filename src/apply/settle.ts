import { asEnforceError } from '../model/errors.ts';
import type { EnforceError } from '../model/errors.ts';
import type { Job, Memory } from './job.ts';
import { next } from './next.ts';
import { observe } from './observe.ts';
import { takeAction } from './take-action.ts';
import type { HostTools } from './tools.ts';

/** Where a change came to rest. */
export type Rest =
  | { readonly at: 'old'; readonly because: string; readonly downtimeMilliseconds: number }
  | {
      readonly at: 'new';
      readonly because: string;
      readonly downtimeMilliseconds: number;
      readonly answers: readonly number[];
    }
  | { readonly at: 'stuck'; readonly because: string };

/** Lost answers in a row after which the host is left alone; each waits for the connection to come back first. */
const MOST_UNCLEAR = 5;
/** No change needs more actions than this, rollback included; a higher count means somebody else keeps interfering. */
const MOST_ACTIONS = 80;

/**
 * Brings one change to rest: observes, takes the one action `next` names, observes again. A call that was refused or
 * whose answer was lost is not repeated blindly: the next observation tells whether it happened.
 */
export async function settle(job: Job, tools: HostTools): Promise<Rest> {
  const memory: Memory = { intent: job.intent, because: '', repeated: { action: '', times: 0 }, unclear: 0 };
  for (let count = 0; count < MOST_ACTIONS; count++) {
    try {
      const engine = await tools.engine();
      const sight = await observe(engine, job.target, tools.facts);
      const candidateId = sight.candidateInspect?.Id;
      const known = (id: string | undefined): boolean => id !== undefined && id === candidateId;
      const action = next(
        {
          ...sight,
          examined: known(memory.examined),
          started: known(memory.started),
          verified: known(memory.verified),
          rejected: known(memory.rejected),
        },
        memory.intent,
      );
      if (action.kind === 'done') return rest(action.as, memory, tools);
      await takeAction(action, sight, job, memory, tools);
      memory.unclear = 0;
    } catch (error) {
      const stuck = await afterFailure(asEnforceError(error, 'engine'), memory, tools);
      if (stuck !== undefined) return { at: 'stuck', because: stuck };
    }
  }
  return { at: 'stuck', because: 'the change does not come to rest: something else keeps changing the container' };
}

function rest(as: 'old' | 'new' | 'old-lost', memory: Memory, tools: HostTools): Rest {
  if (as === 'old-lost')
    return { at: 'stuck', because: 'the old container is gone: somebody removed it in the middle of the change' };
  const { stoppedAt, answeredAt, because, answers = [] } = memory;
  const downtimeMilliseconds = stoppedAt === undefined ? 0 : Math.round((answeredAt ?? tools.clock.now()) - stoppedAt);
  return as === 'new' ? { at: as, because, downtimeMilliseconds, answers } : { at: as, because, downtimeMilliseconds };
}

/** After a failure that left the outcome open: look again, unless a person is needed. Says why when one is. */
async function afterFailure(error: EnforceError, memory: Memory, { clock }: HostTools): Promise<string | undefined> {
  if (error.code === 'refused' || error.code === 'journal') return error.message;
  memory.unclear++;
  if (memory.unclear > MOST_UNCLEAR) return `${memory.repeated.action}: ${error.message}`;
  await clock.delay(500);
  return undefined;
}
