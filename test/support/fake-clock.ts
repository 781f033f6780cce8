import type { Clock } from '../../src/apply/tools.ts';

/** A clock that nobody waits for, from a moment on: a delay passes at once, and each look at it takes a millisecond. */
export function fakeClock(from = '2026-11-22T05:00:00Z'): Clock {
  let elapsed = 0;
  return {
    now: () => ++elapsed,
    timestamp: () => new Date(Date.parse(from) + elapsed).toISOString(),
    delay(milliseconds) {
      elapsed += milliseconds;
      return Promise.resolve();
    },
  };
}
