import type { JsonObject } from '../model/json.ts';
import type { ChangeResult } from './outcome-text.ts';

/** One line of `apply --json`: how a change ended. */
export function outcomeDocument({ host, container, outcome }: ChangeResult, at: string): JsonObject {
  const head = { type: 'change', at, host, container, result: outcome.result };
  switch (outcome.result) {
    case 'applied':
      return {
        ...head,
        downtime_ms: outcome.downtimeMilliseconds,
        kept: outcome.kept,
        answers: [...outcome.answers],
        ...(outcome.notes ? { notes: [...outcome.notes] } : {}),
      };
    case 'rolled-back':
      return { ...head, because: outcome.because, downtime_ms: outcome.downtimeMilliseconds };
    case 'skipped':
      return { ...head, because: outcome.because };
    case 'deferred':
      return {
        ...head,
        because: outcome.because,
        ...(outcome.window === undefined ? {} : { window: outcome.window }),
      };
    case 'stuck':
      return { ...head, because: outcome.because, recover: outcome.recover };
  }
}
