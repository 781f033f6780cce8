import { describe, expect, test } from '@jest/globals';
import { suspectsIn } from '../../src/plan/probation.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import type { Deviations } from '../support/containers.ts';
import { idOf, inspectOf } from '../support/containers.ts';

const NOW = '2026-11-22T21:00:00.000Z';
const UNHEALTHY = { Health: { Status: 'unhealthy' } };

describe('a container that was changed within a day', () => {
  test.each<[string, Partial<ContainerInspect>, NonNullable<Deviations['State']>]>([
    ['its engine restarted it 3 times', { RestartCount: 3 }, {}],
    ['it was killed for want of memory', {}, { OOMKilled: true }],
    ['it is unhealthy', {}, UNHEALTHY],
    ['it was killed for want of memory, its engine restarted it 1 time', { RestartCount: 1 }, { OOMKilled: true }],
  ])('is suspected where %s', (because, different, State) => {
    expect(suspectsIn([changed(different, { State })], 'web-1', NOW)).toEqual([
      { container: 'shop', run: '7f3a', because, rollback: "enforce rollback 7f3a --limit 'web-1' --container 'shop'" },
    ]);
  });

  test('is taken back with whom it was changed with', () => {
    const [suspect] = suspectsIn([changed({ RestartCount: 1 }, {}, { 'io.enforce.leader': 'vpn' })], 'web-1', NOW);

    expect(suspect?.rollback).toContain("--container 'vpn'");
  });

  test.each<[string, readonly ContainerInspect[]]>([
    ['nothing happened', [changed()]],
    [
      'the one before it was unhealthy too',
      [changed({}, { State: UNHEALTHY }), inspectOf('old', { State: UNHEALTHY })],
    ],
    ['the change is older', [changed({ RestartCount: 3, Created: '2026-11-21T20:59:00Z' })]],
    ['nobody changed it', [{ ...inspectOf('shop'), RestartCount: 3, Created: NOW }]],
    ['it is kept aside', [changed({ RestartCount: 3, Name: '/shop.enforce-bak-7f3a' })]],
    ['its labels name no run', [changed({ RestartCount: 3 }, {}, { 'io.enforce.run': '7f3a; reboot' })]],
    ['its labels name no container', [changed({ RestartCount: 3 }, {}, { 'io.enforce.leader': "x' ; reboot" })]],
  ])('is not suspected where %s', (_which, containers) => {
    expect(suspectsIn(containers, 'web-1', NOW)).toEqual([]);
  });
});

/** `shop` as run 7f3a made it, an hour ago. */
function changed(
  different: Partial<ContainerInspect> = {},
  deviations: Deviations = {},
  labels: Readonly<Record<string, string>> = {},
): ContainerInspect {
  const Labels = {
    'io.enforce.run': '7f3a',
    'io.enforce.target': 'shop',
    'io.enforce.replaces': idOf('old'),
    'io.enforce.leader': '',
    ...labels,
  };
  return { ...inspectOf('shop', { ...deviations, Config: { Labels } }), Created: '2026-11-22T20:00:00Z', ...different };
}
