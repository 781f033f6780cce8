import { describe, expect, test } from '@jest/globals';
import { afterBatch, nextBatch, NOT_BEGUN } from '../../src/cli/batches.ts';

type Sizes = Parameters<typeof nextBatch>[2];

const HOSTS = Array.from({ length: 10 }, (_, at) => `web-${at}`);

describe('the batches of a rollout', () => {
  test.each<[Sizes, readonly number[]]>([
    [['100%'], [10]],
    [
      [1, '25%', '100%'],
      [1, 2, 7],
    ],
    [
      [1, 3],
      [1, 3, 3, 3],
    ],
    [
      ['1%', '29%'],
      [1, 2, 2, 2, 2, 1],
    ],
    [[99], [10]],
  ])('of the sizes %j: shares are rounded down and at least one, the last goes on', (sizes, expected) => {
    expect(walk(sizes).map(({ hosts }) => hosts.length)).toEqual(expected);
    expect(walk(sizes).flatMap(({ hosts }) => hosts)).toEqual(HOSTS);
  });

  test('begin with a canary where there is more than one', () => {
    expect(walk([2, '100%']).map(({ isCanary }) => isCanary)).toEqual([true, false]);
    expect(walk(['100%']).map(({ isCanary }) => isCanary)).toEqual([false]);
    expect(walk([10, '100%']).map(({ isCanary }) => isCanary)).toEqual([false]);
  });

  test('do not grow until a canary has shown something', () => {
    const first = nextBatch(HOSTS, NOT_BEGUN, [1, '100%']);
    const second = nextBatch(HOSTS.slice(1), afterBatch(NOT_BEGUN, first ?? NO_BATCH, 'nothing'), [1, '100%']);

    expect([first, second]).toMatchObject([
      { number: 1, hosts: ['web-0'], isCanary: true },
      { number: 1, hosts: ['web-1'], isCanary: true },
    ]);
  });

  test('that were begun before are finished first, and the next is the one that would have followed', () => {
    const soFar = { batch: 2, begun: ['web-0', 'web-1', 'web-2'], isProven: true, of: 10 };

    const first = nextBatch(HOSTS.slice(2), soFar, [1, '20%', '50%', '100%']);
    const second = nextBatch(HOSTS.slice(3), afterBatch(soFar, first ?? NO_BATCH, 'nothing'), [1, '20%', '50%']);

    expect(first).toMatchObject({ number: 2, hosts: ['web-2'], isCanary: false });
    expect(second).toMatchObject({ number: 3, hosts: HOSTS.slice(3, 8), isCanary: false });
  });
});

const NO_BATCH = { number: 0, hosts: [], of: 0 };

function walk(sizes: Sizes): readonly NonNullable<ReturnType<typeof nextBatch>>[] {
  const batches = [];
  let soFar = NOT_BEGUN;
  let left: readonly string[] = HOSTS;
  for (let batch = nextBatch(left, soFar, sizes); batch; batch = nextBatch(left, soFar, sizes)) {
    const { hosts } = batch;
    batches.push(batch);
    soFar = afterBatch(soFar, batch, 'something');
    left = left.filter((host) => !hosts.includes(host));
  }
  return batches;
}
