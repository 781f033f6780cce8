import { describe, expect, test } from '@jest/globals';
import { endedAfter, START_UNSEEN } from '../../src/model/blind-spots.ts';
import { readProfile } from '../../src/load/learned-profile.ts';
import type { LearnedProfile } from '../../src/model/learned.ts';
import type { Observation } from '../../src/model/observation.ts';
import { mergeProfiles, profileOf } from '../../src/plan/profile-of.ts';
import { profileText } from '../../src/report/profile-document.ts';
import { anUnknown, aUse, aWatch, chosen, keptIn } from '../support/watched.ts';

const SWITCH = [aUse('SETUID', { call: 'setuid' }), aUse('SETGID', { call: 'setgroups' })];

describe('what was watched of a container', () => {
  test('is trusted in part once nothing of what it keeps is only assumed', () => {
    const safe = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID', 'SYS_CHROOT'];
    const uses = safe.map((name) => aUse(name, { phase: 'run' }));

    const choice = chosen(anUnknown(), { observations: [aWatch({ sawStart: false, uses })] });

    expect(choice.basis.confidence).toBe('fair');
  });

  test('is trusted as much as before when it is watched once more without its start', () => {
    const again = aWatch({
      sawStart: false,
      seconds: 3,
      blindSpots: [START_UNSEEN],
    });

    const choice = chosen(anUnknown(), { observations: [aWatch({ uses: SWITCH }), again] });

    expect(choice.basis).toMatchObject({
      confidence: 'strong',
      because: 'watched for 10 min, from its start on',
    });
  });

  test('is trusted for the time until it ended, whatever ended it', () => {
    const choice = chosen(anUnknown(), { observations: [aWatch({ seconds: 90, blindSpots: [endedAfter(90)] })] });

    expect(choice.basis).toMatchObject({ confidence: 'strong', because: 'watched for 90 s, from its start on' });
  });
});

describe('what was watched of another container of the same making', () => {
  test.each<[string, Partial<Observation>, string]>([
    ['short', { seconds: 5 }, 'longer would have shown more'],
    ['blind', { blindSpots: ['capset could not be seen'] }, 'one of the kernel’s channels could not be read'],
  ])('is trusted no more than a watch of its own where that was %s', (_what, different, because) => {
    const choice = chosen(anUnknown(), { profiles: [profile(different)] });

    expect(choice.basis).toMatchObject({ confidence: 'fair', because: expect.stringContaining(because) });
  });

  test.each<[string, Partial<Observation>]>([
    ['ended right after the restart', { seconds: 0 }],
    ['did not follow it when somebody started it again', { wasStartedAgain: true }],
  ])('shows nothing of what it does not need where the watch %s', (_what, different) => {
    const choice = chosen(anUnknown(), { profiles: [profile(different)] });

    expect(choice.basis.confidence).not.toBe('strong');
    expect(keptIn(choice)).toContain('CHOWN');
  });

  test('is trusted for all of its watches together', () => {
    const [first, second] = [profile({ seconds: 40 }), profile({ seconds: 40, startedAt: '2026-11-23T05:00:00.000Z' })];

    expect(chosen(anUnknown(), { profiles: [mergeProfiles(first, second)] }).basis.confidence).toBe('strong');
  });
});

/** As it comes out of a file. */
function profile(different: Partial<Observation>): LearnedProfile {
  const watch = aWatch({ uses: SWITCH, ...different });
  const made = profileOf(anUnknown(), watch, chosen(anUnknown(), { observations: [watch] }));
  return readProfile({ file: 'shop.yml', text: profileText(made) });
}
