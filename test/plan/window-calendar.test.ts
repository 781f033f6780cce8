import { describe, expect, test } from '@jest/globals';
import { aFreeze, aWindow } from '../support/a-window.ts';
import { stateOf, type Told } from '../support/window-state.ts';

const BERLIN = aWindow();
const IN_NEW_YORK = { durationSeconds: 3600, timezone: 'America/New_York' };

describe('a window', () => {
  test.each<[what: string, ...Told]>([
    ['is closed just before its start', '2026-06-06T19:59:59.999Z', 'closed until', '2026-06-06T20:00:00.000Z'],
    ['is open at its start', '2026-06-06T20:00:00.000Z', 'open until', '2026-06-07T00:00:00.000Z'],
    ['belongs to the day of its start', '2026-06-06T23:59:59.999Z', 'open until', '2026-06-07T00:00:00.000Z'],
    ['is closed at its end', '2026-06-07T00:00:00.000Z', 'closed until', '2026-06-13T20:00:00.000Z'],
    [
      'lasts as long in the night that is an hour longer',
      '2026-10-24T23:30:00Z',
      'open until',
      '2026-10-25T00:00:00.000Z',
    ],
    [
      'is closed at 02:00 of that night, the first time',
      '2026-10-25T00:00:00Z',
      'closed until',
      '2026-10-31T21:00:00.000Z',
    ],
    [
      'lasts as long in the night that is an hour shorter',
      '2026-03-28T23:30:00Z',
      'open until',
      '2026-03-29T01:00:00.000Z',
    ],
  ])('on Saturdays at 22:00 %s', (_what, ...told) => expect(stateOf([BERLIN], told[0])).toEqual(told));

  test.each<[what: string, schedule: string, ...Told]>([
    [
      '30 2 is not yet open before the clock leaps over it',
      '30 2 * * *',
      '2026-03-08T06:59:59Z',
      'closed until',
      '2026-03-08T07:00:00.000Z',
    ],
    [
      '30 2 opens when the clock leaps over it',
      '30 2 * * *',
      '2026-03-08T07:00:00Z',
      'open until',
      '2026-03-08T08:00:00.000Z',
    ],
    [
      '30 2 opens as ever on the next day',
      '30 2 * * *',
      '2026-03-08T08:00:00Z',
      'closed until',
      '2026-03-09T06:30:00.000Z',
    ],
    [
      'a start that does not exist is not lost among others',
      '30 2,14 * * *',
      '2026-03-08T05:00:00Z',
      'closed until',
      '2026-03-08T07:00:00.000Z',
    ],
    [
      'two starts that do not exist open once',
      '0,30 2 * * *',
      '2026-03-08T07:30:00Z',
      'open until',
      '2026-03-08T08:00:00.000Z',
    ],
    ['0 2 opens at 03:00 of that day', '0 2 * * *', '2026-03-08T07:01:00Z', 'open until', '2026-03-08T08:00:00.000Z'],
    [
      '30 1 opens the first time the clock shows it',
      '30 1 * * *',
      '2026-11-01T05:45:00Z',
      'open until',
      '2026-11-01T06:30:00.000Z',
    ],
    [
      '30 1 is closed the second time',
      '30 1 * * *',
      '2026-11-01T06:45:00Z',
      'closed until',
      '2026-11-02T06:30:00.000Z',
    ],
    [
      '30 1 among other starts is closed the second time too',
      '30 1,13 * * *',
      '2026-11-01T06:45:00Z',
      'closed until',
      '2026-11-01T18:30:00.000Z',
    ],
  ])('in New York, %s', (_what, schedule, ...told) =>
    expect(stateOf([aWindow({ ...IN_NEW_YORK, schedule })], told[0])).toEqual(told),
  );

  test.each<[what: string, Partial<typeof BERLIN>, ...Told]>([
    [
      'at a midnight that does not exist opens at 01:00',
      { schedule: '0 0 * * *', timezone: 'America/Santiago' },
      '2026-09-06T03:00:00Z',
      'closed until',
      '2026-09-06T04:00:00.000Z',
    ],
    [
      'where the clock leaps by half an hour opens then',
      { schedule: '15 2 * * *', timezone: 'Australia/Lord_Howe' },
      '2026-10-03T15:00:00Z',
      'closed until',
      '2026-10-03T15:30:00.000Z',
    ],
    [
      'on a day that does not exist opens when it is over',
      { schedule: '0 12 30 * *', timezone: 'Pacific/Apia' },
      '2011-12-29T12:00:00Z',
      'closed until',
      '2011-12-30T10:00:00.000Z',
    ],
    [
      'on the second Tuesday of each month',
      { schedule: '0 22 * * TUE#2' },
      '2026-01-01T00:00:00Z',
      'closed until',
      '2026-01-13T21:00:00.000Z',
    ],
    [
      'on the last Sunday of each month',
      { schedule: '0 22 * * SUNL' },
      '2026-02-01T00:00:00Z',
      'closed until',
      '2026-02-22T21:00:00.000Z',
    ],
    [
      'on the fifth Friday, where there is one',
      { schedule: '0 22 * * 5#5' },
      '2026-02-01T00:00:00Z',
      'closed until',
      '2026-05-29T20:00:00.000Z',
    ],
    [
      'on the last day of each month',
      { schedule: '0 22 L * *' },
      '2028-02-02T00:00:00Z',
      'closed until',
      '2028-02-29T21:00:00.000Z',
    ],
    [
      'on the working day nearest to the first',
      { schedule: '0 22 1W * *' },
      '2026-08-01T00:00:00Z',
      'closed until',
      '2026-08-03T20:00:00.000Z',
    ],
    [
      'on the working day nearest to the fifteenth',
      { schedule: '0 22 15W * *' },
      '2026-08-01T00:00:00Z',
      'closed until',
      '2026-08-14T20:00:00.000Z',
    ],
    [
      'on the working day nearest to the last, in the same month',
      { schedule: '0 22 31W * *' },
      '2026-05-05T00:00:00Z',
      'closed until',
      '2026-05-29T20:00:00.000Z',
    ],
    [
      'on 29 February, however far it is',
      { schedule: '0 0 29 2 *', timezone: 'UTC' },
      '2096-03-01T00:00:00Z',
      'closed until',
      '2104-02-29T00:00:00.000Z',
    ],
    [
      'on a day that the calendar does not have, never',
      { schedule: '0 4 31 2 *' },
      '2026-01-01T00:00:00Z',
      'closed until',
      '-',
    ],
  ])('%s', (_what, different, ...told) => expect(stateOf([aWindow(different)], told[0])).toEqual(told));
});

describe('a window of two moments', () => {
  const once = aFreeze({ deny: false, from: '2026-11-28 22:00', to: '2026-11-29T02:00' });

  test.each<[what: string, Partial<typeof once>, ...Told]>([
    ['is closed before', {}, '2026-11-28T20:59:59Z', 'closed until', '2026-11-28T21:00:00.000Z'],
    ['is open between', {}, '2026-11-28T21:00:00Z', 'open until', '2026-11-29T01:00:00.000Z'],
    ['is closed after, for ever', {}, '2026-11-29T01:00:00Z', 'closed until', '-'],
    [
      'that ends at a time shown twice ends the first time',
      { to: '2026-11-01 01:30', from: '2026-10-31 22:00', timezone: 'America/New_York' },
      '2026-11-01T05:00:00Z',
      'open until',
      '2026-11-01T05:30:00.000Z',
    ],
    [
      'that begins at a time leapt over begins at the leap',
      { from: '2026-03-29 02:30', to: '2026-03-29 04:00' },
      '2026-03-28T00:00:00Z',
      'closed until',
      '2026-03-29T01:00:00.000Z',
    ],
  ])('%s', (_what, different, ...told) => expect(stateOf([{ ...once, ...different }], told[0])).toEqual(told));

  test('that denies until a time shown twice denies until the second', () => {
    const freeze = aFreeze({ from: '2026-10-31 00:00', to: '2026-11-01 01:30', timezone: 'America/New_York' });

    expect(stateOf([freeze], '2026-11-01T06:00:00Z')[2]).toBe('2026-11-01T06:30:00.000Z');
  });
});
