import type { Outcome } from '../model/journal.ts';
import type { Widened } from './widened.ts';

/** One try of a change, and how it ended. */
export interface Tried {
  readonly outcome: Outcome;
  /** What was widened for it; absent at the first. */
  readonly last?: Widened;
}

/** How a change ended that was tried more than once: with which set and why, and how long the service was away in all. */
export function outcomeOfTries(tries: readonly Tried[]): Outcome {
  const last = tries.at(-1);
  if (!last) return { result: 'skipped', because: 'nothing was tried' };
  if (tries.length === 1) return last.outcome;
  const { outcome } = last;
  switch (outcome.result) {
    case 'applied': {
      const first = `first try: ${becauseOf(tries[0])}`;
      const why = last.last
        ? `keeps ${last.last.keeps.join(', ')}: ${last.last.because} (${first})`
        : `the old one, put back, did without it as well (${first})`;
      const notes = [...(outcome.notes ?? []), why];
      return { ...outcome, downtimeMilliseconds: downtimeOf(tries), notes };
    }
    case 'rolled-back':
      return { ...outcome, because: tries.map(becauseOf).join('; '), downtimeMilliseconds: downtimeOf(tries) };
    case 'stuck':
      return outcome;
    case 'skipped':
    case 'deferred':
      // The tries before it did something, and were taken back.
      return {
        result: 'rolled-back',
        because: tries.map(becauseOf).join('; '),
        downtimeMilliseconds: downtimeOf(tries),
      };
  }
}

function becauseOf(tried: Tried | undefined): string {
  if (!tried || tried.outcome.result === 'applied') return '';
  const { because } = tried.outcome;
  return tried.last ? `with ${tried.last.keeps.join(', ')}: ${because}` : because;
}

function downtimeOf(tries: readonly Tried[]): number | null {
  let all = 0;
  for (const { outcome } of tries) {
    const away = 'downtimeMilliseconds' in outcome ? outcome.downtimeMilliseconds : 0;
    if (away === null) return null;
    all += away;
  }
  return all;
}
