import { describe, expect, test } from '@jest/globals';
import type { ProfileTrial } from '../../src/model/learned.ts';
import { hasFailed, hostsWithout, isProven, mergeTrials, trialLessons } from '../../src/plan/trial-lessons.ts';
import { aFailure, aTrial } from '../support/a-trial.ts';

const LATER = '2026-11-21T04:00:00.000Z';

describe('what trials prove of a capability', () => {
  test.each<[string, readonly ProfileTrial[], readonly string[]]>([
    [
      'needed, where it is all that a set which passed has more',
      [aFailure(['SETUID']), aTrial(['KILL', 'SETUID'])],
      ['KILL required'],
    ],
    ['needed, where it is all that was taken', [aFailure(['CHOWN', 'KILL', 'NET_RAW', 'SETGID'])], ['SETUID required']],
    [
      'one of several, where the set that passed has more',
      [aFailure(['SETUID']), aTrial(['CHOWN', 'KILL', 'SETUID'])],
      ['CHOWN latent', 'KILL latent'],
    ],
    [
      'nothing more of the others, where one of them is known to be it',
      [aFailure(['SETUID']), aTrial(['CHOWN', 'KILL', 'SETUID']), aTrial(['KILL', 'SETUID'], { at: LATER })],
      ['KILL required'],
    ],
    ['what the kernel refused where the gate failed', [aFailure(['SETUID'], { refused: ['KILL'] })], ['KILL latent']],
    [
      'needed and not only refused, where both are known',
      [aFailure(['SETUID'], { refused: ['KILL'] }), aTrial(['KILL', 'SETUID'])],
      ['KILL required'],
    ],
    [
      'nothing of what was refused, where a set without it passed since',
      [aFailure(['SETUID'], { refused: ['KILL'] }), aTrial(['CHOWN', 'SETUID'], { at: LATER })],
      ['CHOWN required'],
    ],
    ['nothing, where no wider set passed', [aFailure(['SETUID'])], []],
    ['nothing, where what passed is no wider set', [aFailure(['SETUID']), aTrial(['KILL'])], []],
    [
      'nothing, where the set passed later',
      [aFailure(['SETUID']), aTrial(['KILL', 'SETUID']), aTrial(['SETUID'], { at: LATER })],
      [],
    ],
  ])('is that it is %s', (_what, trials, expected) => {
    expect(trialLessons(trials).map(({ capability, class: kind }) => `${capability} ${kind}`)).toEqual(expected);
  });
});

describe('a set', () => {
  test('has failed until it passes, whatever the order of its names', () => {
    const failed = aFailure(['SETGID', 'SETUID']);

    expect(hasFailed(['SETUID', 'SETGID'], [failed])).toBe(true);
    expect(hasFailed(['SETUID'], [failed])).toBe(false);
    expect(hasFailed(['SETUID', 'SETGID'], [failed, aTrial(['SETGID', 'SETUID'], { at: LATER })])).toBe(false);
  });

  test('is proven by exactly itself, and by a restart', () => {
    expect(isProven(['SETUID'], [aTrial(['SETUID'])])).toBe(true);
    expect(isProven(['KILL', 'SETUID'], [aTrial(['SETUID'])])).toBe(false);
    expect(isProven(['SETUID'], [aTrial(['SETUID'], { gate: ['G1', 'G2'] })])).toBe(false);
    expect(isProven(['SETUID'], [aTrial(['SETUID']), aFailure(['SETUID'], { at: LATER })])).toBe(false);
  });
});

describe('hosts that did without a capability', () => {
  test('count once each, and only with a restart', () => {
    const trials = [
      aTrial(['SETUID']),
      aTrial(['SETGID', 'SETUID']),
      aTrial(['SETUID'], { host: 'b2b2b2b2b2b2' }),
      aTrial(['SETUID'], { host: 'c3c3c3c3c3c3', gate: ['G1'] }),
    ];

    expect([hostsWithout('KILL', trials), hostsWithout('SETGID', trials), hostsWithout('SETUID', trials)]).toEqual([
      2, 2, 0,
    ]);
  });
});

describe('trials of two profiles', () => {
  test('are one list in time, in which each host says each thing once', () => {
    const again = aTrial(['SETUID'], { at: LATER });
    const elsewhere = aTrial(['SETUID'], { host: 'b2b2b2b2b2b2' });

    expect(mergeTrials([aTrial(['SETUID']), again], [elsewhere, again])).toEqual([elsewhere, again]);
  });
});
