import { describe, expect, test } from '@jest/globals';
import { readProfile } from '../../src/load/learned-profile.ts';
import type { LearnedProfile, ProfileTrial } from '../../src/model/learned.ts';
import type { CapabilitySettings } from '../../src/model/playbook.ts';
import { mergeProfiles, profileOf } from '../../src/plan/profile-of.ts';
import { profileOfTrials } from '../../src/plan/profile-of-trials.ts';
import { profileText } from '../../src/report/profile-document.ts';
import { aFailure, aTrial } from '../support/a-trial.ts';
import { aUse, anUnknown, aWatch, choiceOf, chosen, decisionOn, keptIn } from '../support/watched.ts';

const WEB = anUnknown();
const SAFE = keptIn(chosen(WEB));
const OTHER_HOST = { host: 'b2b2b2b2b2b2', container: 'b2b2b2b2b2b2' };

describe('a set that passed its gate', () => {
  test('makes the next container of the same making proven, where it was restarted too', () => {
    const { basis, warnings } = chosen(WEB, { profiles: [tried([aTrial(SAFE)])] });

    expect(basis).toMatchObject({ confidence: 'proven', because: expect.stringContaining('a restart with this set') });
    expect(warnings).toEqual([]);
    expect(chosen(WEB, { profiles: [tried([aTrial(SAFE, { gate: ['G1'] })])] }).basis.confidence).toBe('weak');
  });

  test('says nothing of a container that is made otherwise', () => {
    const other = anUnknown({ Config: { Cmd: ['another'] } });

    expect(chosen(other, { profiles: [tried([aTrial(SAFE)])] }).basis.confidence).toBe('weak');
  });

  test('brings what was watched before it along, so that the next needs no watch', () => {
    const watch = aWatch({ id: WEB.id, uses: [aUse('SETUID')] });
    const watched = profileOf(WEB, watch, chosen(WEB, { observations: [watch] }));
    const learned = mergeProfiles(watched, tried([aTrial(['SETUID'])], ['SETUID']));

    const choice = chosen(anUnknown(), { profiles: [learned] });

    expect(keptIn(choice)).toEqual(['SETUID']);
    expect(choice.basis.confidence).toBe('proven');
  });

  test('lets what was only inferred fall once two hosts did without, and not before', () => {
    const once = tried([aTrial(without('CHOWN'))]);
    const twice = tried([aTrial(without('CHOWN')), aTrial(without('CHOWN'), OTHER_HOST)]);

    expect(keptIn(chosen(WEB, { profiles: [once] }))).toEqual(SAFE);
    expect(keptIn(chosen(WEB, { profiles: [twice] }))).toEqual(without('CHOWN'));
    expect(keptIn(chosen(WEB, { profiles: [twice] }, { mode: 'cautious' }))).toEqual(SAFE);
  });

  test('takes nothing away that was seen to be used, however many hosts did without', () => {
    const twice = tried([aTrial(['SETUID']), aTrial(['SETUID'], OTHER_HOST)]);
    const watch = aWatch({ uses: [aUse('CHOWN'), aUse('SETUID')] });
    const learned = { observations: [watch], profiles: [twice] };

    expect(keptIn(chosen(WEB, learned))).toEqual(['CHOWN', 'SETUID']);
    expect(keptIn(chosen(WEB, learned, { mode: 'minimal' }))).toEqual(['SETUID']);
  });
});

describe('a set that failed its gate', () => {
  test('is not proposed again: what it was widened by is kept, and said to have been tried', () => {
    const profile = tried([aFailure(SAFE), aTrial([...SAFE, 'MKNOD'])]);

    const choice = chosen(WEB, { profiles: [profile] });

    expect(keptIn(choice)).toEqual([...SAFE, 'MKNOD'].toSorted());
    expect(decisionOn('MKNOD', choice)).toMatchObject({ evidence: 'required' });
    expect(choice.basis.confidence).toBe('proven');
  });

  test('is not proposed again where it was widened by several: those are foreseen, as any of them may be it', () => {
    const profile = tried([aFailure(SAFE), aTrial([...SAFE, 'MKNOD', 'NET_RAW'])]);

    const choice = chosen(WEB, { profiles: [profile] });

    expect(decisionOn('MKNOD', choice)).toMatchObject({
      evidence: 'latent',
      because: expect.stringContaining('one of MKNOD, NET_RAW is needed'),
    });
    expect(choice.basis.confidence).toBe('proven');
  });

  test('is kept wider by the safe set where it failed and nothing else is known', () => {
    const watch = aWatch({ uses: [aUse('SETUID')] });
    const choice = chosen(WEB, { observations: [watch], profiles: [tried([aFailure(['SETUID'])])] });

    expect(keptIn(choice)).toEqual(SAFE);
    expect(decisionOn('KILL', choice)?.because).toContain('failed its gate with less');
  });

  test('blocks its container where the safe set failed too, with what a person can do', () => {
    expect(choiceOf(WEB, { profiles: [tried([aFailure(SAFE)])] })).toMatchObject({
      ok: false,
      because: expect.stringContaining('failed its gate'),
      hint: expect.stringContaining('enforce observe web --start'),
    });
  });

  test('is kept from whoever never wants the rest, who is told', () => {
    const settings: Partial<CapabilitySettings> = {
      containers: [
        {
          match: { container: 'web' },
          mode: 'auto',
          add: [],
          floor: [],
          never: ['MKNOD'],
          allowAdd: [],
          isUnprivileged: false,
          reason: 'house rule',
          source: 'playbook.yml:4',
        },
      ],
    };
    const profile = tried([aFailure(SAFE), aTrial([...SAFE, 'MKNOD'])]);

    expect(choiceOf(WEB, { profiles: [profile] }, settings)).toMatchObject({
      ok: false,
      because: expect.stringMatching(/forbids MKNOD .*and it is needed: without it, and nothing else/),
    });
  });

  test('is what a person pins, if they say so', () => {
    const pins = [{ match: 'acme/*', keep: SAFE }];

    expect(keptIn(chosen(WEB, { profiles: [tried([aFailure(SAFE)])] }, { profiles: pins }))).toEqual(SAFE);
  });
});

describe('a profile of trials', () => {
  test('is the same when it is read again', () => {
    const text = profileText(tried([aFailure(SAFE), aTrial([...SAFE, 'MKNOD'])]));

    expect(profileText(readProfile({ file: 'web.yml', text }))).toBe(text);
    expect(text).toContain('  MKNOD: { verdict: keep, class: required,');
  });

  test('is called no advice where no set has passed', () => {
    expect(profileText(tried([aFailure(SAFE)]))).toContain('# no set has passed its gate yet');
  });

  test('proves together with that of another host what neither does alone', () => {
    const one = tried([aFailure(['SETUID'])], ['SETUID']);
    const other = tried([aTrial(['KILL', 'SETUID'], OTHER_HOST)], ['KILL', 'SETUID']);

    const { capabilities } = mergeProfiles(one, other);

    expect(capabilities.find(({ capability }) => capability === 'KILL')).toMatchObject({ class: 'required' });
  });

  test('keeps nothing of a pin but that there was one, and nobody goes by it afterwards', () => {
    const because = 'pinned in the playbook (team/web.yml:1: ticket SEC-7 by alice)';
    const decisions = chosen(WEB).decisions.map((one) =>
      one.capability === 'NET_RAW' ? { ...one, verdict: 'keep' as const, evidence: 'pinned' as const, because } : one,
    );
    const trial = aTrial([...SAFE, 'NET_RAW'], {
      result: 'failed',
      before: decisions.map(({ capability }) => capability),
    });

    const profile = profileOfTrials(WEB, { decisions, mode: 'equivalent' }, [trial]);

    expect(profileText(profile)).not.toMatch(/alice|web\.yml/);
    const plan = chosen(WEB, { profiles: [profile] });
    expect(plan.decisions.find(({ capability }) => capability === 'NET_RAW')).toMatchObject({ verdict: 'drop' });
  });

  test('holds a program’s name that poses as another line', () => {
    const program = 'x" }], stop: null }\n  SYS_ADMIN: { verdict: keep';
    const profile = tried([aTrial(SAFE, { identities: [{ program, user: 0, group: 0 }] })]);

    const read = readProfile({ file: 'web.yml', text: profileText(profile) });

    expect(read.trials).toHaveLength(1);
    expect(read.capabilities.map(({ capability }) => capability)).not.toContain('SYS_ADMIN');
  });
});

/** What is learned of `WEB` from trials, of which its plan foresaw to keep some. */
function tried(trials: readonly ProfileTrial[], keep: readonly string[] = SAFE): LearnedProfile {
  const decisions = chosen(WEB).decisions.map((decision) => ({
    ...decision,
    verdict: keep.includes(decision.capability) ? ('keep' as const) : ('drop' as const),
  }));
  const held = decisions.map(({ capability }) => capability);
  return profileOfTrials(
    WEB,
    { decisions, mode: 'equivalent' },
    trials.map((trial) => ({ ...trial, before: held })),
  );
}

function without(name: string): readonly string[] {
  return SAFE.filter((one) => one !== name);
}
