import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { profileIn, profilesOfWatches, requireOneMaking, saveProfiles } from '../../src/cli/save-profile.ts';
import { mergeProfiles, profileOf } from '../../src/plan/profile-of.ts';
import type { LearnedProfile } from '../../src/model/learned.ts';
import type { Deviations } from '../support/containers.ts';
import { someCapabilitySettings } from '../support/a-playbook.ts';
import { failureOf } from '../support/failure-of.ts';
import { folderOf } from '../support/folder-of.ts';
import { sourcesOf } from '../support/planned.ts';
import { anUnknown, aUse, aWatch, chosen } from '../support/watched.ts';

describe('keeping what was learned in a file', () => {
  test('makes one that only its owner reads', async () => {
    const file = join(folderOf({}), 'shop.yml');

    await saveProfiles(file, [profile('SETUID')]);

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(keptBy(await profileIn(file))).toEqual(['SETUID']);
  });

  test('adds to the one that is there, and again the same changes nothing', async () => {
    const file = join(folderOf({}), 'shop.yml');
    await saveProfiles(file, [profile('SETUID')]);

    await saveProfiles(file, [profile('CHOWN'), profile('KILL')]);
    const once = readFileSync(file, 'utf8');
    await saveProfiles(file, [profile('KILL')]);

    expect(keptBy(await profileIn(file))).toEqual(['CHOWN', 'KILL', 'SETUID']);
    expect(readFileSync(file, 'utf8')).toBe(once);
  });

  test('makes none where nothing was learned', async () => {
    const file = join(folderOf({}), 'shop.yml');

    await saveProfiles(file, []);

    expect(await profileIn(file)).toBeUndefined();
  });

  test('leaves a profile of another making as it is, and says so', async () => {
    const file = join(folderOf({}), 'shop.yml');
    await saveProfiles(file, [profile('SETUID')]);
    const before = readFileSync(file, 'utf8');

    const { message } = await failureOf(() => saveProfiles(file, [profile('CHOWN', { Config: { User: '1000' } })]));

    expect(message).toContain('shop.yml is about docker.io/acme/shop, made another way than what was watched');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('does not write over a file that is no profile', async () => {
    const file = join(folderOf({ 'shop.yml': 'rules: {}\n' }), 'shop.yml');

    const { message } = await failureOf(() => saveProfiles(file, [profile('SETUID')]));

    expect(message).toMatch(/shop\.yml:1: .*kind/s);
    expect(readFileSync(file, 'utf8')).toBe('rules: {}\n');
  });
});

test('several makings in one file are refused by their keys alone, before anything is watched', async () => {
  const [one, other] = [profile('CHOWN'), profile('CHOWN', { Config: { User: '1000' } })];

  const { message } = await failureOf(() => requireOneMaking('shop.yml', [one.key, other.key]));

  expect(message).toContain('made another way');
  expect(() => requireOneMaking('shop.yml', [one.key, one.key])).not.toThrow();
});

test('what is kept of one watch is made from all watches of the container', () => {
  const given = anUnknown();
  const first = aWatch({ startedAt: '2026-11-21T04:00:00.000Z', uses: [aUse('KILL')] });
  const second = aWatch({ sawStart: false, uses: [aUse('CHOWN')] });

  const learned = profilesOfWatches(given, [first, second], sourcesOf(someCapabilitySettings()));

  if ('because' in learned) throw new Error(learned.because);
  expect(keptBy(learned.reduce(mergeProfiles))).toEqual(['CHOWN', 'KILL']);
  expect(learned.map(({ proof }) => proof.map(({ sawStart }) => sawStart))).toEqual([[true], [false]]);
});

function profile(capability: string, deviations: Deviations = {}): LearnedProfile {
  const given = anUnknown(deviations);
  const watch = aWatch({ startedAt: `2026-11-21T04:00:0${capability.length}.000Z`, uses: [aUse(capability)] });
  return profileOf(given, watch, chosen(given, { observations: [watch] }));
}

function keptBy(found: LearnedProfile | undefined): readonly string[] | undefined {
  return found?.capabilities.flatMap(({ capability, verdict }) => (verdict === 'keep' ? [capability] : [])).toSorted();
}
