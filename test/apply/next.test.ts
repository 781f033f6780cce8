import { describe, expect, test } from '@jest/globals';
import type { Observed } from '../../src/apply/next.ts';
import { next } from '../../src/apply/next.ts';
import type { Bounds, Decide } from './protocol-model.ts';
import { explore } from './protocol-model.ts';

const FENCED: Bounds = { workers: 2, crashes: 2, reboots: 2, fenced: true };

describe('every interleaving of crashes, reboots and workers', () => {
  test('never runs two, never loses the old one, and one resume alone always ends with one running as before', () => {
    const { states, violations, longestResume } = explore(next, { workers: 3, crashes: 3, reboots: 2, fenced: true });

    expect([...violations]).toEqual([]);
    expect(states).toBeGreaterThan(100_000);
    expect(longestResume).toBeLessThan(25);
  });

  test.each<[string, Decide, Bounds]>([
    ['workers that are not kept apart by a lock', next, { workers: 2, crashes: 1, reboots: 1, fenced: false }],
    [
      'the old one keeping its restart policy',
      skip(
        (action) => action.kind === 'set-restart' && action.who === 'old' && action.restart === 'no:0',
        (observed) => ({ ...observed, old: observed.old && { ...observed.old, restart: 'no:0' } }),
      ),
      FENCED,
    ],
    [
      'a rollback that is not decided durably',
      skip(
        (action) => action.kind === 'rename' && action.to === 'fail',
        (observed) => ({ ...observed, candidate: observed.candidate && { ...observed.candidate, name: 'fail' } }),
      ),
      FENCED,
    ],
    ['starting the old one before the candidate is stopped', startTooEarly, FENCED],
    [
      'removing the candidate before the old one has its policy back',
      skip(
        (action) => action.kind === 'set-restart' && action.restart !== 'no:0',
        (observed) => ({
          ...observed,
          old: observed.old && observed.candidate && { ...observed.old, restart: observed.candidate.originalRestart },
        }),
      ),
      FENCED,
    ],
    ['starting the candidate while the old one still runs', startBeforeStop, FENCED],
  ])('would go wrong with %s', (_what, decide, bounds) => {
    const { violations } = explore(decide, { ...bounds, untilWrong: true });

    expect(violations.size).toBeGreaterThan(0);
  });
});

describe('the order of a change', () => {
  const old = { name: 'target', running: true, restarting: false, restart: 'always:0' } as const;
  const candidate = {
    name: 'new',
    running: false,
    restarting: false,
    restart: 'always:0',
    originalRestart: 'always:0',
    missingNetworks: [],
  } as const;
  const seen: Observed = { old, candidate, examined: true, started: false, verified: false, rejected: false };

  test.each<[string, Observed, object]>([
    ['creates the candidate while the old one runs', { ...seen, candidate: null }, { kind: 'create' }],
    [
      'connects the candidate’s other networks before anything stops',
      { ...seen, examined: false, candidate: { ...candidate, missingNetworks: ['back'] } },
      { kind: 'connect', network: 'back' },
    ],
    ['compares the candidate before anything stops', { ...seen, examined: false }, { kind: 'examine' }],
    ['then stops the old one', seen, { kind: 'stop', who: 'old' }],
    [
      'then takes its restart policy',
      { ...seen, old: { ...old, running: false } },
      { kind: 'set-restart', who: 'old', restart: 'no:0' },
    ],
    [
      'then its name',
      { ...seen, old: { ...old, running: false, restart: 'no:0' } },
      { kind: 'rename', who: 'old', to: 'old' },
    ],
    [
      'gives the name to the candidate',
      { ...seen, old: { name: 'old', running: false, restarting: false, restart: 'no:0' } },
      { kind: 'rename', who: 'candidate', to: 'target' },
    ],
    [
      'and removes a rejected candidate without touching an old one that still serves',
      { ...seen, rejected: true, candidate: { ...candidate, name: 'fail', restart: 'no:0' } },
      { kind: 'remove', who: 'candidate' },
    ],
  ])('%s', (_sentence, observed, action) => {
    expect(next(observed, 'apply')).toEqual(action);
  });
});

/** `next`, made blind to the need for one action. */
function skip(unwanted: (action: ReturnType<Decide>) => boolean, pretend: (observed: Observed) => Observed): Decide {
  return (observed, intent) => {
    const action = next(observed, intent);
    return unwanted(action) ? next(pretend(observed), intent) : action;
  };
}

function startTooEarly(...[observed, intent]: Parameters<Decide>): ReturnType<Decide> {
  const action = next(observed, intent);
  return action.kind === 'stop' && action.who === 'candidate' && observed.old?.running === false
    ? { kind: 'start', who: 'old' }
    : action;
}

function startBeforeStop(...[observed, intent]: Parameters<Decide>): ReturnType<Decide> {
  const action = next(observed, intent);
  return action.kind === 'stop' && action.who === 'old' && observed.candidate?.running === false
    ? { kind: 'start', who: 'candidate' }
    : action;
}
