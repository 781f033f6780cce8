import { describe, expect, test } from '@jest/globals';
import type { Observed, Step } from '../../src/apply/next.ts';
import { next } from '../../src/apply/next.ts';
import type { Bounds, Decide } from './protocol-model.ts';
import { explore } from './protocol-model.ts';
import type { Setting } from './protocol-world.ts';

const FENCED: Bounds = { members: 1, workers: 2, crashes: 2, reboots: 2, fenced: true };
const PAIR: Bounds = { members: 2, workers: 2, crashes: 1, reboots: 1, fenced: true };

const PLAIN: Setting = {
  restart: 'always:0',
  activity: 'running',
  order: 'stop-first',
  keeps: 'container',
  carries: false,
  healthy: true,
  faithful: true,
  tries: false,
};

/** Each restart policy, with a new container that does well, one that cannot run, and one that is not the same. */
function settings(different: Partial<Setting> = {}): readonly Setting[] {
  return ['no:0', 'always:0', 'unless-stopped:0'].flatMap((restart) => [
    { ...PLAIN, ...different, restart },
    { ...PLAIN, ...different, restart, healthy: false },
    { ...PLAIN, ...different, restart, faithful: false },
  ]);
}

describe('every interleaving of crashes, reboots and workers', () => {
  test.each<[string, Partial<Setting>, Bounds, number]>([
    ['one container', {}, { ...FENCED, workers: 3, crashes: 3 }, 100_000],
    ['one that was paused', { activity: 'paused' }, FENCED, 30_000],
    ['one that was stopped', { activity: 'stopped' }, FENCED, 13_000],
    ['one whose files come along', { carries: true }, FENCED, 28_000],
    ['one of which only the specification is kept', { keeps: 'specification' }, FENCED, 24_000],
    ['one that is started before the old one stops', { order: 'start-first' }, FENCED, 19_000],
    ['one that is tried by a restart', { tries: true }, FENCED, 29_000],
    ['one that is paused after it was tried', { tries: true, activity: 'paused' }, FENCED, 30_000],
    ['one that is tried before the old one stops', { tries: true, order: 'start-first' }, FENCED, 19_000],
    ['one with a dependant', {}, PAIR, 48_000],
    ['one with a dependant, both tried', { tries: true }, PAIR, 48_000],
    ['both tried, of which only the specifications are kept', { tries: true, keeps: 'specification' }, PAIR, 40_000],
    ['one with a dependant, both paused', { activity: 'paused' }, PAIR, 48_000],
    ['one with a dependant, of which only the specifications are kept', { keeps: 'specification' }, PAIR, 40_000],
  ])(
    '%s: never runs two, never loses the old one, and one resume alone always ends with one running as before',
    (_what, different, bounds, least) => {
      const { states, violations, longestResume } = explore(next, bounds, settings(different));

      expect([...violations]).toEqual([]);
      expect(states).toBeGreaterThan(least);
      expect(longestResume).toBeLessThan(25 * bounds.members);
    },
  );

  test.each<[string, Decide, Bounds, Partial<Setting>?]>([
    ['workers that are not kept apart by a lock', next, { ...FENCED, crashes: 1, reboots: 1, fenced: false }],
    [
      'the old one keeping its restart policy',
      skip(
        ({ action }) => action.kind === 'set-restart' && action.who === 'old' && action.restart === 'no:0',
        (observed) => ({ ...observed, old: observed.old && { ...observed.old, restart: 'no:0' } }),
      ),
      FENCED,
    ],
    [
      'a rollback that is not decided durably',
      skip(
        ({ action }) => action.kind === 'rename' && action.to === 'fail',
        (observed) => ({ ...observed, candidate: observed.candidate && { ...observed.candidate, name: 'fail' } }),
      ),
      FENCED,
    ],
    [
      'starting the old one before the candidate is stopped',
      instead(
        ({ action }, [leader]) =>
          action.kind === 'stop' && action.who === 'candidate' && leader?.old?.running === false,
        { kind: 'start', who: 'old' },
      ),
      FENCED,
    ],
    [
      'removing the candidate before the old one has its policy back',
      skip(
        ({ action }) => action.kind === 'set-restart' && action.restart !== 'no:0',
        (observed) => ({
          ...observed,
          old: observed.old && observed.candidate && { ...observed.old, restart: observed.candidate.before.restart },
        }),
      ),
      FENCED,
    ],
    [
      'starting the candidate while the old one still runs',
      instead(
        ({ action }, [leader]) =>
          action.kind === 'stop' && action.who === 'old' && leader?.candidate?.running === false,
        { kind: 'start', who: 'candidate' },
      ),
      FENCED,
    ],
    [
      'starting the candidate before its files are there',
      skip(
        ({ action }) => action.kind === 'carry',
        (observed) => ({ ...observed, carried: true }),
      ),
      FENCED,
      { carries: true },
    ],
    [
      'taking back what is kept no more',
      (unit, intent) => next(unit.map(asIfKept), intent),
      PAIR,
      { keeps: 'specification' },
    ],
    [
      'taking a candidate that the trial stopped for one that was found well',
      (unit, intent) => next(unit.map(asIfLookedAt), intent),
      FENCED,
      { tries: true },
    ],
    [
      'trying a leader that a dependant runs on',
      (unit, intent) => {
        const [leader] = unit;
        const isUp = leader?.verified === true && leader.awaitsTrial === true && leader.candidate?.running === true;
        return isUp ? { member: 0, action: { kind: 'try-stop' } } : next(unit, intent);
      },
      PAIR,
      { tries: true },
    ],
    [
      'a leader that stops before its dependant',
      (unit, intent) => {
        const step = next(unit, intent);
        return step.action.kind === 'stop' && step.action.who === 'old' ? { ...step, member: 0 } : step;
      },
      PAIR,
    ],
  ])('would go wrong with %s', (_what, decide, bounds, different = {}) => {
    const { violations } = explore(decide, { ...bounds, untilWrong: true }, settings(different));

    expect(violations.size).toBeGreaterThan(0);
  });
});

describe('the order of a change', () => {
  const old = { name: 'target', running: true, paused: false, restarting: false, restart: 'always:0' } as const;
  const candidate = {
    name: 'new',
    running: false,
    paused: false,
    restarting: false,
    restart: 'always:0',
    before: { activity: 'running', restart: 'always:0' },
    order: 'stop-first',
    keeps: 'container',
    carries: false,
    everStarted: false,
    missingNetworks: [],
  } as const;
  const seen: Observed = {
    old,
    candidate,
    planned: 'running',
    examined: true,
    carried: false,
    started: false,
    verified: false,
    rejected: false,
  };

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
      { ...seen, old: { ...old, name: 'old', running: false, restart: 'no:0' } },
      { kind: 'rename', who: 'candidate', to: 'target' },
    ],
    [
      'and removes a rejected candidate without touching an old one that still serves',
      { ...seen, rejected: true, candidate: { ...candidate, name: 'fail', restart: 'no:0' } },
      { kind: 'remove', who: 'candidate' },
    ],
  ])('%s', (_sentence, observed, action) => {
    expect(next([observed], 'apply')).toEqual({ member: 0, action });
  });
});

type Unit = readonly Observed[];

/** A member without its old container, that does not know that this is meant. */
function asIfKept(pair: Observed): Observed {
  return pair.old ? pair : { ...pair, candidate: pair.candidate && { ...pair.candidate, keeps: 'container' } };
}

/** A member whose candidate is held to be as it was before the trial. */
function asIfLookedAt(pair: Observed): Observed {
  return pair.candidate?.everStarted === true && pair.awaitsTrial === false
    ? { ...pair, started: true, verified: true }
    : pair;
}

/** `next`, made blind to the need for one action. */
function skip(unwanted: (step: Step) => boolean, pretend: (observed: Observed) => Observed): Decide {
  return (unit, intent) => {
    const step = next(unit, intent);
    return unwanted(step) ? next(unit.map(pretend), intent) : step;
  };
}

/** `next`, but for one action another is taken. */
function instead(when: (step: Step, unit: Unit) => boolean, action: Step['action']): Decide {
  return (unit, intent) => {
    const step = next(unit, intent);
    return when(step, unit) ? { ...step, action } : step;
  };
}
