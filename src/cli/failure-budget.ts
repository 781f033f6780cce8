import type { ChangeResult } from '../apply/apply-host.ts';
import type { Outcome } from '../model/journal.ts';
import { counted } from '../report/counted.ts';

/** Counts the failed changes of a run. A host that cannot be reached is none of them. */
export interface FailureBudget {
  readonly count: (result: ChangeResult, batch: { readonly isCanary: boolean }) => void;
  /** Why nothing more may be begun; undefined while there may. */
  readonly whySpent: () => string | undefined;
}

/** A run may have so many failures, or a share of its changes, and none in its canary; with the last of them it is over. */
export function failureBudget(limit: number | `${number}%`, changes: number): FailureBudget {
  const most =
    typeof limit === 'number' ? limit : Math.max(1, Math.floor((changes * Number(limit.slice(0, -1))) / 100));
  let failures = 0;
  let ofCanary: string | undefined;
  return {
    count: ({ change, outcome }, { isCanary }) => {
      if (!isFailure(outcome)) return;
      failures++;
      if (isCanary) ofCanary ??= `${change.host}/${change.container}`;
    },
    whySpent: () => {
      if (failures >= most)
        return `the run has had ${counted(failures, 'failure')}, as many as it may have (max_failures ${limit})`;
      return ofCanary === undefined ? undefined : `${ofCanary} failed, which is in the canary batch`;
    },
  };
}

/** Whether a change was begun and did not succeed. */
export function isFailure({ result }: Outcome): boolean {
  return result === 'rolled-back' || result === 'stuck';
}
