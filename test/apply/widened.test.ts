import { describe, expect, test } from '@jest/globals';
import type { Failure } from '../../src/apply/job.ts';
import { widened } from '../../src/apply/widened.ts';
import type { Change } from '../../src/model/plan.ts';
import { aChange } from '../support/a-plan.ts';

const EDITS = [
  { path: 'HostConfig.CapDrop', before: null, after: ['ALL'] },
  { path: 'HostConfig.CapAdd', before: null, after: ['SETUID'] },
];
const WIDENING = { refused: ['CHOWN', 'KILL', 'NET_RAW'], safe: ['CHOWN', 'KILL', 'SETUID'] };
const SHOP: Change = aChange({ edits: EDITS, widening: WIDENING });

function lacking(capabilities: readonly string[], from: 'kernel' | 'log' = 'log', container = 'shop'): Failure {
  return { container, suspicion: { from, capabilities } };
}

function kept(change: Change | undefined): unknown {
  return change?.edits.find(({ path }) => path === 'HostConfig.CapAdd')?.after;
}

describe('a change whose new container did not do is made once more', () => {
  test.each<[string, Failure, string]>([
    ['the kernel refused it', lacking(['NET_RAW'], 'kernel'), 'the kernel refused it NET_RAW'],
    ['its log tells of', lacking(['NET_RAW']), 'its log reads as if it lacks NET_RAW'],
  ])('with what %s', (_source, failure, because) => {
    const next = widened(SHOP, failure);

    expect(next).toMatchObject({ because, keeps: ['NET_RAW', 'SETUID'], to: 'refused' });
    expect(kept(next?.change)).toEqual(['NET_RAW', 'SETUID']);
  });

  test('with the safe set beside that when it still does not', () => {
    const first = widened(SHOP, lacking(['NET_RAW']));
    const second = first && widened(first.change, lacking(['CHOWN']), first.to);

    expect(second).toMatchObject({ keeps: ['CHOWN', 'KILL', 'NET_RAW', 'SETUID'], to: 'safe' });
    expect(second && widened(second.change, lacking(['KILL']), second.to)).toBeUndefined();
  });

  test('with what the kernel refused it since, too', () => {
    const first = widened(SHOP, lacking(['CHOWN']));
    const second = first && widened(first.change, lacking(['NET_RAW'], 'kernel'), first.to);

    expect(second?.keeps).toEqual(['CHOWN', 'KILL', 'NET_RAW', 'SETUID']);
    expect(second?.because).toBe('the safe set is kept, as the kernel refused it NET_RAW');
  });

  test('for a refusal alone only where the next set would mend it', () => {
    const given = aChange({ edits: EDITS, widening: { ...WIDENING, decisive: ['CHOWN', 'NET_RAW'] } });
    const first = widened(given, lacking(['KILL']));
    const second = first && widened(first.change, lacking([]), first.to);

    expect([first, second].map((made) => made?.change.widening?.decisive)).toEqual([['CHOWN'], []]);
  });

  test('also where it keeps nothing yet', () => {
    const none = aChange({ edits: [{ path: 'HostConfig.CapAdd', before: null, after: null }], widening: WIDENING });

    expect(widened(none, lacking(['KILL']))?.keeps).toEqual(['KILL']);
  });

  test('with the safe set at once when nothing tells what it lacks', () => {
    expect(widened(SHOP, lacking([]))).toMatchObject({ keeps: ['CHOWN', 'KILL', 'SETUID'], to: 'safe' });
  });

  test('with more for the one of its unit that did not do, and for no other', () => {
    const sidecar = {
      container: 'sidecar',
      id: '51de',
      through: ['network_mode'] as const,
      activity: 'running' as const,
      edits: EDITS,
      widening: WIDENING,
      staleIf: SHOP.staleIf,
    };

    const next = widened({ ...SHOP, dependants: [sidecar] }, lacking(['KILL'], 'log', 'sidecar'));

    expect(kept(next?.change)).toEqual(['SETUID']);
    expect(next?.change.dependants[0]?.edits[1]?.after).toEqual(['KILL', 'SETUID']);
  });
});

describe('a change is not made once more', () => {
  const pinned = aChange({ edits: EDITS });

  test.each<[string, Change, Failure]>([
    ['where its plan names no wider set', pinned, lacking(['CHOWN'])],
    ['where it takes no capability', { ...SHOP, edits: [] }, lacking(['CHOWN'])],
    [
      'with what its plan does not name',
      { ...SHOP, widening: { refused: ['CHOWN'], safe: [] } },
      lacking(['SYS_ADMIN']),
    ],
    ['where the safe set is no wider', { ...SHOP, widening: { refused: ['KILL'], safe: ['SETUID'] } }, lacking([])],
  ])('%s', (_where, change, failure) => {
    expect(widened(change, failure)).toBeUndefined();
  });
});
