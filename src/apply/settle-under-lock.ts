import type { Outcome } from '../model/journal.ts';
import { removeLeftImages } from './carried-image.ts';
import type { Job } from './job.ts';
import type { Target } from './observe.ts';
import { observe } from './observe.ts';
import type { Rest } from './settle.ts';
import { settle } from './settle.ts';
import type { HostTools } from './tools.ts';
import { underLock } from './under-lock.ts';

/** A change known by name and run, and how it ended. */
export interface TargetResult {
  readonly target: Target;
  readonly outcome: Outcome;
}

/** Brings a change that is under way to rest while nobody else may change the host. */
export async function settleUnderLock(job: Job, tools: HostTools): Promise<Rest> {
  const engine = await tools.engine();
  const { members } = await observe(
    engine,
    job.members.map(({ target }) => target),
    tools.facts,
  );
  const containers = members.flatMap(({ oldInspect, candidateInspect }) =>
    [oldInspect, candidateInspect].filter((inspect) => inspect !== undefined),
  );
  const terms = { containers, deadlineSeconds: job.gate.deadlineSeconds };
  return await underLock(terms, tools, async (held) => {
    const rest = await settle(job, held);
    if (rest.at === 'old') await removeLeftImages(held).catch(() => undefined);
    return rest;
  });
}

/** Writes down how a change ended. */
export function ended(result: TargetResult, { journal, clock, host }: HostTools): TargetResult {
  const { target, outcome } = result;
  journal.write({ event: 'change-ended', at: clock.timestamp(), host, container: target.container, outcome });
  return result;
}
