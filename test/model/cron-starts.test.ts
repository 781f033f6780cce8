import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { nextStart } from '../../src/model/cron-starts.ts';
import { readCron } from '../../src/model/cron.ts';
import { zoneTime } from '../../src/model/zone-time.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Days in which a clock does something: an hour or half of one forward or back, at midnight, by two hours, by a day. */
const DAYS: readonly (readonly [zone: string, from: string])[] = [
  ['America/New_York', '2026-03-07'],
  ['America/New_York', '2026-10-31'],
  ['Europe/Berlin', '2026-03-28'],
  ['Europe/Berlin', '2026-10-24'],
  ['America/Santiago', '2026-09-05'],
  ['America/Santiago', '2026-04-04'],
  ['Australia/Lord_Howe', '2026-10-03'],
  ['Australia/Lord_Howe', '2026-04-04'],
  ['Asia/Beirut', '2026-03-28'],
  ['America/Havana', '2026-10-31'],
  ['America/St_Johns', '2010-11-06'],
  ['Antarctica/Troll', '2026-03-28'],
  ['Antarctica/Troll', '2026-10-24'],
  ['Pacific/Apia', '2011-12-29'],
  ['Asia/Kathmandu', '2026-02-27'],
  ['UTC', '2026-12-30'],
];

/** In any night of a year, and often in the one in which an hour comes twice. */
const moments = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
  fc.integer({ min: Date.UTC(2026, 10, 1, 5), max: Date.UTC(2026, 10, 1, 7) }),
);

interface Wanted {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly weekdays: readonly number[];
}

const wanted: fc.Arbitrary<Wanted> = fc.record({
  minutes: some(0, 59, 3),
  hours: some(0, 23, 6),
  weekdays: fc.oneof(fc.constant([0, 1, 2, 3, 4, 5, 6]), some(0, 6, 4)),
});

describe('the starts of a schedule', () => {
  test.each(DAYS)('in %s from %s on are those that somebody finds who looks at the clock each minute', (zone, from) => {
    const shown = minutesOf(zone, Date.parse(`${from}T00:00:00Z`));

    fc.assert(
      fc.property(wanted, (schedule) => {
        expect(startsOf(schedule, zone, shown).map(asText)).toEqual(startsSeen(schedule, shown).map(asText));
      }),
      { numRuns: 25 },
    );
  });

  test('are found from any moment, and always lie after it', () => {
    const zone = zoneTime('America/New_York');
    const cron = cronOf({ minutes: [30], hours: [1, 2, 14], weekdays: [0, 1, 2, 3, 4, 5, 6] });

    fc.assert(
      fc.property(moments, (moment) => {
        const next = nextStart(cron, zone, moment) ?? 0;
        expect(next).toBeGreaterThan(moment);
        expect(nextStart(cron, zone, next - 1)).toBe(next);
      }),
    );
  });
});

/** What the clock of a zone shows in each minute of four days, and of a day before and after. */
function minutesOf(zone: string, from: number): readonly (readonly [instant: number, wall: number])[] {
  const { wallAt } = zoneTime(zone);
  return Array.from({ length: (6 * DAY) / MINUTE }, (_, index) => {
    const instant = from - DAY + index * MINUTE;
    return [instant, wallAt(instant)] as const;
  });
}

/** The first minute at which the clock shows, or has leapt over, each time that is wanted. */
function startsSeen({ minutes, hours, weekdays }: Wanted, shown: ReturnType<typeof minutesOf>): readonly number[] {
  const starts = new Set<number>();
  const first = (shown[0]?.[1] ?? 0) + MINUTE;
  let furthest = first;
  for (const [instant, wall] of shown) {
    for (; furthest <= wall; furthest += MINUTE) {
      const time = new Date(furthest);
      const isWanted =
        minutes.includes(time.getUTCMinutes()) &&
        hours.includes(time.getUTCHours()) &&
        weekdays.includes(time.getUTCDay());
      if (isWanted) starts.add(instant);
    }
  }
  return [...starts];
}

function startsOf(schedule: Wanted, zone: string, shown: ReturnType<typeof minutesOf>): readonly number[] {
  const cron = cronOf(schedule);
  const clock = zoneTime(zone);
  const starts: number[] = [];
  const end = shown.at(-1)?.[0] ?? 0;
  for (let at = shown[0]?.[0] ?? 0; ; ) {
    const next = nextStart(cron, clock, at);
    if (next === undefined || next > end) return starts;
    starts.push(next);
    at = next;
  }
}

function cronOf({ minutes, hours, weekdays }: Wanted) {
  const cron = readCron(`${minutes.join()} ${hours.join()} * * ${weekdays.join()}`);
  if (!cron.known) throw new Error(cron.because);
  return cron.value;
}

function some(min: number, max: number, maxLength: number): fc.Arbitrary<readonly number[]> {
  return fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength });
}

function asText(instant: number): string {
  return new Date(instant).toISOString();
}
