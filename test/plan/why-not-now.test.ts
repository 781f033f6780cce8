import { describe, expect, test } from '@jest/globals';
import type { Window } from '../../src/model/playbook.ts';
import { windowCalendar } from '../../src/plan/window-calendar.ts';
import { whyNotNow } from '../../src/plan/why-not-now.ts';
import { aFreeze, aWindow } from '../support/a-window.ts';

const SATURDAY = '2026-11-28T21:00:00Z';

describe('work of so many seconds', () => {
  test.each([
    ['that ends with the window may start', 4 * 3600, SATURDAY],
    ['that ends before it may start', 60, '2026-11-29T00:59:00Z'],
  ])('%s', (_what, seconds, now) => expect(why([aWindow()], seconds, now)).toBeUndefined());

  test.each<[what: string, windows: readonly Window[], seconds: number, now: string, because: string]>([
    [
      'outside its windows may not',
      [aWindow()],
      300,
      '2026-11-22T05:00:00Z',
      'outside its maintenance windows; weekend opens Sat 2026-11-28 22:00 Europe/Berlin (21:00 UTC), in 6 d 16 h',
    ],
    [
      'that would end a second after it may not',
      [aWindow()],
      61,
      '2026-11-29T00:59:00Z',
      'it may take 1 min 1 s, and its window closes in 1 min (Sun 2026-11-29 02:00 Europe/Berlin (01:00 UTC)); weekend opens Sat 2026-12-05 22:00 Europe/Berlin (21:00 UTC), in 6 d 20 h',
    ],
    [
      'under a freeze may not, whatever is open',
      [aWindow(), aFreeze()],
      300,
      '2026-12-26T21:30:00Z',
      'window freeze denies it (retail freeze); weekend opens Sat 2027-01-09 22:00 Europe/Berlin (21:00 UTC), in 13 d 23 h',
    ],
    [
      'that would run into a freeze may not',
      [aWindow(), aFreeze({ from: '2026-11-28 23:00', reason: 'sale' })],
      3601,
      SATURDAY,
      'it may take 1 h, and its window closes in 1 h (Sat 2026-11-28 23:00 Europe/Berlin (22:00 UTC)); weekend opens Sat 2027-01-09 22:00 Europe/Berlin (21:00 UTC), in 42 d',
    ],
    [
      'that is longer than the next window waits for one that is long enough',
      [aWindow({ durationSeconds: 600 }), aWindow({ name: 'long', schedule: '0 10 1 * *', timezone: 'UTC' })],
      700,
      '2026-11-22T05:00:00Z',
      'outside its maintenance windows; long opens Tue 2026-12-01 10:00 UTC, in 9 d 5 h',
    ],
    [
      'that is longer than every window never may',
      [aWindow()],
      4 * 3600 + 60,
      SATURDAY,
      'it may take 4 h 1 min, and its window closes in 4 h (Sun 2026-11-29 02:00 Europe/Berlin (01:00 UTC)); no window is long enough for the 4 h 1 min it may take: the longest is 4 h',
    ],
    [
      'after the last window never may',
      [aFreeze({ deny: false })],
      60,
      '2027-02-01T00:00:00Z',
      'outside its maintenance windows; no window opens any more',
    ],
  ])('%s', (_what, windows, seconds, now, because) => expect(why(windows, seconds, now)).toBe(because));

  test('is told its times by the clock here as well, with the day where it is another', () => {
    const because = whyNotNow(windowCalendar([aWindow()]), 60, {
      now: Date.parse('2026-11-22T05:00:00Z'),
      timeZone: 'Asia/Tokyo',
    });

    expect(because).toContain('Sat 2026-11-28 22:00 Europe/Berlin (Sun 2026-11-29 06:00 Asia/Tokyo)');
  });
});

function why(windows: readonly Window[], seconds: number, now: string): string | undefined {
  return whyNotNow(windowCalendar(windows), seconds, { now: Date.parse(now), timeZone: 'UTC' });
}
