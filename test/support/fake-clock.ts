import type { Clock } from '../../src/apply/tools.ts';

/** A clock that nobody waits for: a delay passes at once, and each look at it takes a millisecond. */
export function fakeClock(): Clock {
  let elapsed = 0;
  return {
    now: () => ++elapsed,
    timestamp: () => new Date(Date.UTC(2026, 10, 22, 5) + elapsed).toISOString(),
    delay(milliseconds) {
      elapsed += milliseconds;
      return Promise.resolve();
    },
  };
}
