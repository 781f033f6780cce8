import { describe, expect, test } from '@jest/globals';
import type { CapabilityDecision } from '../../src/model/plan.ts';
import { widerTries, wideningOf } from '../../src/plan/widening.ts';
import type { ContainerCapabilities } from '../../src/model/playbook.ts';
import { someCapabilitySettings, someContainerCapabilities } from '../support/a-playbook.ts';
import { container } from '../support/containers.ts';

const AUTO = someCapabilitySettings();
const BASIS = { mode: 'equivalent', confidence: 'weak', because: '', notes: [], advice: [] } as const;
const DAY = '2026-11-22';

function decided(verdicts: Readonly<Record<string, CapabilityDecision['verdict']>>): readonly CapabilityDecision[] {
  return Object.entries(verdicts).map(([capability, verdict]) => ({
    capability,
    verdict,
    evidence: 'none',
    because: '',
  }));
}

const DECISIONS = decided({
  CHOWN: 'drop',
  NET_BIND_SERVICE: 'drop',
  NET_RAW: 'drop',
  SETUID: 'keep',
  SYS_TIME: 'keep',
});

const NORMAL = { decisions: DECISIONS, basis: BASIS, settings: AUTO, day: DAY, isTried: false };

describe('the sets a change may end with', () => {
  test('are what is dropped, and the safe set with what is kept: nothing it does not hold today', () => {
    expect(
      wideningOf(container('shop'), { decisions: DECISIONS, basis: BASIS, settings: AUTO, day: DAY, isTried: false }),
    ).toEqual({
      refused: ['CHOWN', 'NET_BIND_SERVICE', 'NET_RAW'],
      safe: ['CHOWN', 'NET_BIND_SERVICE', 'SETUID', 'SYS_TIME'],
      decisive: ['CHOWN', 'NET_BIND_SERVICE', 'NET_RAW'],
    });
  });

  test('have no safe set where all of that is kept anyway', () => {
    expect(
      wideningOf(container('shop'), {
        decisions: decided({ CHOWN: 'keep', NET_RAW: 'drop' }),
        basis: BASIS,
        settings: AUTO,
        day: DAY,
        isTried: false,
      }),
    ).toEqual({
      refused: ['NET_RAW'],
      safe: [],
      decisive: ['NET_RAW'],
    });
  });

  test('have nothing that a person forbids', () => {
    const settings = someCapabilitySettings({ containers: [houseRule({ never: ['CHOWN'] })] });

    expect(
      wideningOf(container('shop'), { decisions: DECISIONS, basis: BASIS, settings, day: DAY, isTried: false }),
    ).toEqual({
      refused: ['NET_BIND_SERVICE', 'NET_RAW'],
      decisive: ['NET_BIND_SERVICE', 'NET_RAW'],
      safe: ['NET_BIND_SERVICE', 'SETUID', 'SYS_TIME'],
    });
  });

  test('have nothing above the ceiling that a person sets', () => {
    const settings = someCapabilitySettings({
      containers: [houseRule({ ceiling: ['NET_RAW', 'SETUID', 'SYS_TIME'] })],
    });

    expect(
      wideningOf(container('shop'), { decisions: DECISIONS, basis: BASIS, settings, day: DAY, isTried: false }),
    ).toEqual({
      refused: ['NET_RAW'],
      safe: [],
      decisive: ['NET_RAW'],
    });
  });

  test.each<readonly [string, Parameters<typeof wideningOf>[1]]>([
    ['where a person pinned the set', { ...NORMAL, basis: { ...BASIS, mode: 'pin' } }],
    ['where only pinned sets are wanted', { ...NORMAL, settings: someCapabilitySettings({ add: 'profiles' }) }],
    ['where nothing is dropped', { ...NORMAL, decisions: decided({ CHOWN: 'keep' }) }],
    ['where the rule is not enforced', { ...NORMAL, settings: undefined }],
    [
      'where it has a user of its own and is proven to need nothing',
      { ...NORMAL, basis: { ...BASIS, confidence: 'proven' }, decisions: decided({ CHOWN: 'drop' }) },
    ],
    ['where nothing was decided', { decisions: [], settings: AUTO, day: DAY, isTried: false }],
  ])('are none %s', (_where, made) => {
    expect(wideningOf(container('shop', { Config: { User: '1000' } }), made)).toBeUndefined();
  });

  test('have no safe set where what it would give was refuted', () => {
    const refuted = DECISIONS.map((decision) => ({ ...decision, evidence: 'refuted' as const }));

    expect(wideningOf(container('shop'), { ...NORMAL, decisions: refuted })?.safe).toEqual([]);
  });

  test('have no safe set where another user takes the place of root', () => {
    const edits = [{ path: 'Config.User', before: '', after: '999:999' }];

    expect(wideningOf(container('shop'), { ...NORMAL, edits })).toMatchObject({
      refused: ['CHOWN', 'NET_BIND_SERVICE', 'NET_RAW'],
      safe: [],
    });
  });
});

describe('a refusal alone', () => {
  const decisive = (different: Partial<Parameters<typeof wideningOf>[1]>): readonly string[] =>
    wideningOf(container('shop'), { ...NORMAL, ...different })?.decisive ?? [];
  const known = (capability: string, evidence: CapabilityDecision['evidence']): readonly CapabilityDecision[] => [
    { capability, verdict: 'drop', evidence, because: '' },
  ];

  test.each(['equivalent', 'cautious'] as const)('is reason enough in mode %s', (mode) => {
    expect(decisive({ basis: { ...BASIS, mode } })).toEqual(['CHOWN', 'NET_BIND_SERVICE', 'NET_RAW']);
  });

  test.each<[string, Partial<Parameters<typeof wideningOf>[1]>]>([
    ['in mode minimal', { basis: { ...BASIS, mode: 'minimal' } }],
    ['where it is known to be asked for to no effect', { decisions: known('SETPCAP', 'advisory') }],
    ['where it is refused today already', { decisions: known('SYS_CHROOT', 'refuted') }],
    ['of what makes more harm than good by itself', { decisions: known('SETFCAP', 'none') }],
    ['where its image was tried without', { decisions: known('NET_RAW', 'none'), isTried: true }],
  ])('is none %s', (_where, different) => {
    expect(decisive(different)).toEqual([]);
  });

  test('is, of what hangs on the volumes, also where its image was tried without', () => {
    expect(decisive({ isTried: true })).toEqual(['CHOWN']);
  });
});

function houseRule(different: Partial<ContainerCapabilities>): ContainerCapabilities {
  return someContainerCapabilities({ match: {}, reason: 'house rule', ...different });
}

test('each set is one more try', () => {
  expect([undefined, { refused: ['KILL'], safe: [] }, { refused: ['KILL'], safe: ['KILL'] }].map(widerTries)).toEqual([
    0, 1, 2,
  ]);
});
