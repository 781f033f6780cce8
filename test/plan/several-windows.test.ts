import { describe, expect, test } from '@jest/globals';
import type { Window } from '../../src/model/playbook.ts';
import { windowCalendar } from '../../src/plan/window-calendar.ts';
import { aFreeze, aWindow } from '../support/a-window.ts';
import { stateOf, type Told } from '../support/window-state.ts';

const BERLIN = aWindow();
const NIGHTLY = aWindow({ schedule: '0 22 * * *', timezone: 'UTC' });

describe('several windows', () => {
  const later = aWindow({ name: 'later', schedule: '0 0 * * *', timezone: 'UTC' });
  const tokyo = aWindow({ name: 'tokyo', schedule: '0 11 * * *', durationSeconds: 3600, timezone: 'Asia/Tokyo' });

  test.each<[what: string, readonly Window[], ...Told]>([
    ['that overlap are one', [NIGHTLY, later], '2026-06-06T23:00:00Z', 'open until', '2026-06-07T04:00:00.000Z'],
    ['that meet are one', [NIGHTLY, tokyo], '2026-06-06T22:00:00Z', 'open until', '2026-06-07T03:00:00.000Z'],
    [
      'open when the first of them does',
      [NIGHTLY, later, BERLIN],
      '2026-06-06T10:00:00Z',
      'closed until',
      '2026-06-06T20:00:00.000Z',
    ],
    [
      'one of which denies are closed while it does',
      [NIGHTLY, aFreeze()],
      '2026-12-24T23:00:00Z',
      'closed until',
      '2027-01-03T23:00:00.000Z',
    ],
    [
      'one of which denies close when it begins',
      [BERLIN, aFreeze({ from: '2026-06-06 23:00' })],
      '2026-06-06T20:30:00Z',
      'open until',
      '2026-06-06T21:00:00.000Z',
    ],
    [
      'one of which denies open again in the middle',
      [NIGHTLY, aFreeze({ timezone: 'UTC', to: '2027-01-04 23:30' })],
      '2027-01-04T23:30:00Z',
      'open until',
      '2027-01-05T02:00:00.000Z',
    ],
    [
      'that only deny are open but for that',
      [aFreeze()],
      '2026-11-22T05:00:00Z',
      'open until',
      '2026-12-18T23:00:00.000Z',
    ],
    ['that only denied are open for ever', [aFreeze()], '2027-01-04T00:00:00Z', 'open until', '-'],
    ['none of which there are, are always open', [], '2027-01-04T00:00:00Z', 'open until', '-'],
    [
      'that deny for as long as one ever allows are closed for ever',
      [aFreeze({ deny: false }), aFreeze({ name: 'too' })],
      '2026-11-22T05:00:00Z',
      'closed until',
      '-',
    ],
    [
      'of which one denies what is weekly anyway',
      [BERLIN, aWindow({ deny: true, schedule: '0 23 * * SAT#1', durationSeconds: 60 })],
      '2026-06-06T20:00:00Z',
      'open until',
      '2026-06-06T21:00:00.000Z',
    ],
  ])('%s', (_what, windows, ...told) => expect(stateOf(windows, told[0])).toEqual(told));

  test('say which of them allows, and which denies', () => {
    const { stateAt } = windowCalendar([NIGHTLY, aFreeze()]);

    expect(stateAt(Date.parse('2026-12-24T23:00:00Z'))).toMatchObject({ deniedBy: { name: 'freeze' } });
    expect(stateAt(Date.parse('2026-11-24T23:00:00Z'))).toMatchObject({ by: { name: 'weekend' } });
  });

  test('an hourly one under a freeze of a year is found to open after it', () => {
    const hourly = aWindow({ schedule: '0 * * * *', durationSeconds: 600, timezone: 'UTC' });
    const year = aFreeze({ from: '2027-01-01 00:00', to: '2028-01-01 00:00', timezone: 'UTC' });

    expect(stateOf([hourly, year], '2027-01-01T00:00:00Z')[2]).toBe('2028-01-01T00:00:00.000Z');
  });
});
