import { expect, test } from '@jest/globals';
import { outcomeOfTries } from '../../src/apply/tries.ts';
import type { Outcome } from '../../src/model/journal.ts';
import { aChange } from '../support/a-plan.ts';

const BACK: Outcome = { result: 'rolled-back', because: 'it exited', downtimeMilliseconds: 2000 };
const APPLIED: Outcome = { result: 'applied', downtimeMilliseconds: 1500, kept: null, answers: [8080] };
const LAST = {
  change: aChange(),
  because: 'its log reads as if it lacks KILL',
  keeps: ['KILL'],
  to: 'refused',
} as const;

test('one try ends as it ended', () => {
  expect(outcomeOfTries([{ outcome: BACK }])).toBe(BACK);
});

test('what went well in the end was away for every try, and says with which set', () => {
  expect(outcomeOfTries([{ outcome: BACK }, { outcome: APPLIED, last: LAST }])).toEqual({
    ...APPLIED,
    downtimeMilliseconds: 3500,
    notes: ['keeps KILL: its log reads as if it lacks KILL (first try: it exited)'],
  });
});

test('what never went well says why each time', () => {
  expect(outcomeOfTries([{ outcome: BACK }, { outcome: BACK, last: LAST }])).toEqual({
    result: 'rolled-back',
    because: 'it exited; with KILL: it exited',
    downtimeMilliseconds: 4000,
  });
});

test('a second try that could not be begun leaves the first as it ended', () => {
  const locked: Outcome = { result: 'deferred', because: 'somebody has the lock', locked: true };

  expect(outcomeOfTries([{ outcome: BACK }, { outcome: locked, last: LAST }])).toEqual({
    result: 'rolled-back',
    because: 'it exited; with KILL: somebody has the lock',
    downtimeMilliseconds: 2000,
  });
});
