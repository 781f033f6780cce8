import type { Outcome } from '../model/journal.ts';

/** What the process ends with (DESIGN §4). */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130;

/** Worst first: when several things happened, the first of these that did is the answer. */
const WORST_FIRST: readonly ExitCode[] = [6, 3, 4, 5, 2, 0];

/** The worst of several exit codes. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? 0;
}

/** The exit code one outcome asks for. */
export function exitCodeOf(outcome: Outcome): ExitCode {
  switch (outcome.result) {
    case 'applied':
      return 0;
    case 'skipped':
      return 2;
    case 'deferred':
      return outcome.locked === true || outcome.window === 'clock' ? 5 : 2;
    case 'rolled-back':
      return 3;
    case 'stuck':
      return 6;
  }
}
