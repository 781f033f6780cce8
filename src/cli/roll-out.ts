import type { Outcome } from '../model/journal.ts';
import type { Batch, RolloutSoFar } from './batches.ts';
import { afterBatch, nextBatch } from './batches.ts';
import { isFailure } from './failure-budget.ts';

/** What a rollout is made of. */
export interface RolloutSteps {
  /** Of batches, as a playbook gives them. */
  readonly sizes: readonly (number | `${number}%`)[];
  /** Works on the hosts of a batch; how each of their changes ended. */
  readonly runBatch: (batch: Batch) => Promise<readonly Outcome[]>;
  /** Those of some hosts on which there is something to do still. */
  readonly stillOpen: (hosts: readonly string[]) => readonly string[];
  /** Why nothing more may be begun; undefined while it may. */
  readonly whyStopped: () => string | undefined;
  /** Those of some hosts on which work may begin now, or so many seconds from now; the others may have their turn later. */
  readonly mayBegin: (hosts: readonly string[], afterSeconds: number) => readonly string[];
  /** Between two batches. */
  readonly pauseSeconds: number;
  readonly pause: () => Promise<void>;
  /** Told of the hosts that are left when nothing more may be begun. */
  readonly leave: (hosts: readonly string[], because: string) => void;
  /** Told of the hosts that are left when work may begin on none of them, now or so many seconds from now. */
  readonly close: (hosts: readonly string[], afterSeconds: number) => void;
}

/** Where a run is in its rollout. */
export interface RolloutState {
  readonly soFar: RolloutSoFar;
  /** Whether the last batch changed something, whose effects a pause is to show. */
  readonly hasChanged: boolean;
}

/** Goes through hosts batch by batch, until all are done or nothing more may be begun; where it is then. */
export async function rollOut(
  hosts: readonly string[],
  begun: RolloutState,
  steps: RolloutSteps,
): Promise<RolloutState> {
  let left = steps.stillOpen(hosts);
  let { soFar, hasChanged } = begun;
  for (;;) {
    const of = Math.max(soFar.of, left.length);
    const batch = nextBatch(steps.mayBegin(left, 0), { ...soFar, of }, steps.sizes);
    if (!batch) {
      steps.close(left, 0);
      return { soFar, hasChanged };
    }
    // What was only skipped needs no time to show its effects.
    const isPaused = hasChanged && steps.whyStopped() === undefined;
    // Said at once, and not when the pause is over.
    if (isPaused && steps.mayBegin(left, steps.pauseSeconds).length === 0) {
      steps.close(left, steps.pauseSeconds);
      return { soFar, hasChanged };
    }
    if (isPaused) await steps.pause();
    const stopped = steps.whyStopped();
    if (stopped !== undefined) {
      steps.leave(left, stopped);
      return { soFar, hasChanged };
    }
    const outcomes = await steps.runBatch(batch);
    hasChanged = outcomes.some((outcome) => outcome.result === 'applied' || isFailure(outcome));
    soFar = afterBatch(soFar, batch, shownBy(outcomes));
    const done = new Set(batch.hosts);
    left = steps.stillOpen(left.filter((host) => !done.has(host)));
  }
}

/** Whether a batch has shown that the changes are good. */
export function shownBy(outcomes: readonly Outcome[]): 'something' | 'nothing' {
  return outcomes.some(({ result }) => result === 'applied') && !outcomes.some(isFailure) ? 'something' : 'nothing';
}
