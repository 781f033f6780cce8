import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Window } from '../../src/model/playbook.ts';
import type { WindowCalendar } from '../../src/plan/window-calendar.ts';
import { windowCalendar } from '../../src/plan/window-calendar.ts';
import { aFreeze, aWindow } from '../support/a-window.ts';

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 10, 22);
/** Minutes that are looked at. */
const MINUTES = 2 * 24 * 60;

const recurring = fc
  .record({
    hour: fc.integer({ min: 0, max: 23 }),
    minute: fc.integer({ min: 0, max: 59 }),
    length: fc.integer({ min: 1, max: 24 * 60 - 1 }),
    deny: fc.boolean(),
  })
  .map(({ hour, minute, length, deny }) => ({
    window: aWindow({ schedule: `${minute} ${hour} * * *`, durationSeconds: length * 60, timezone: 'UTC', deny }),
    isOpen: (at: number) => [-1, 0, 1, 2].some((day) => isWithin(at, (day * 24 + hour) * 60 + minute, length)),
  }));

const once = fc
  .record({
    from: fc.integer({ min: -60, max: MINUTES }),
    length: fc.integer({ min: 1, max: 40 * 60 }),
    deny: fc.boolean(),
  })
  .map(({ from, length, deny }) => ({
    window: aFreeze({ from: momentOf(from), to: momentOf(from + length), timezone: 'UTC', deny }),
    isOpen: (at: number) => isWithin(at, from, length),
  }));

describe('any windows', () => {
  test('are open in the minutes in which one allows, if one has to, and none denies', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(recurring, once), { maxLength: 5 }), (made) => {
        const calendar = windowCalendar(made.map(({ window }, index): Window => ({ ...window, name: `w${index}` })));
        const allowing = made.filter(({ window }) => !window.deny);
        const denying = made.filter(({ window }) => window.deny);
        const expected = Array.from({ length: MINUTES }, (_, at) => {
          const isAllowed = allowing.length === 0 || allowing.some(({ isOpen }) => isOpen(at));
          return isAllowed && !denying.some(({ isOpen }) => isOpen(at));
        });

        expect(turnsOf(expected)).toEqual(turnsTold(calendar));
      }),
      { numRuns: 100 },
    );
  });
});

function isWithin(at: number, from: number, length: number): boolean {
  return from <= at && at < from + length;
}

function momentOf(minute: number): string {
  return new Date(FROM + minute * MINUTE).toISOString().slice(0, 16).replace('T', ' ');
}

/** The minutes in which what holds changes, the first of all among them. */
function turnsOf(isOpen: readonly boolean[]): readonly string[] {
  return isOpen.flatMap((open, at) => (open === isOpen[at - 1] ? [] : [`${at} ${open ? 'open' : 'closed'}`]));
}

/** The same, told by jumping from one to the next. */
function turnsTold(calendar: WindowCalendar): readonly string[] {
  const turns: string[] = [];
  for (let at: number | null | undefined = FROM; at !== null && at !== undefined && at < FROM + MINUTES * MINUTE; ) {
    const state = calendar.stateAt(at);
    turns.push(`${(at - FROM) / MINUTE} ${state.isOpen ? 'open' : 'closed'}`);
    at = state.isOpen ? state.closesAt : calendar.openingAfter(at)?.opensAt;
  }
  return turns;
}
