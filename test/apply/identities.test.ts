import { describe, expect, test } from '@jest/globals';
import type { ProcessLook } from '../../src/apply/identities.ts';
import { identityLoss, lastingIdentities } from '../../src/apply/identities.ts';
import type { ProcessFacts } from '../../src/model/runtime.ts';
import { aProcessOf, sameIds } from '../support/a-runtime.ts';

/** A container whose first process, 100, is root's `init`. */
function look(...processes: readonly ProcessFacts[]): ProcessLook {
  return { first: 100, processes: [aProcessOf('init', { pid: 100, parent: 1 }), ...processes] };
}

function process(name: string, id: number, different: Partial<ProcessFacts> = {}): ProcessFacts {
  return aProcessOf(name, {
    pid: 101,
    parent: 100,
    userIds: sameIds(id),
    groupIds: sameIds(id),
    groups: [id],
    ...different,
  });
}

const WORKERS = look(process('apache2', 0), process('apache2', 33, { pid: 102 }));
const BEFORE = lastingIdentities(WORKERS, WORKERS);

describe('what counts as there', () => {
  test.each<[string, ProcessLook, ProcessLook]>([
    ['that was gone at the second look', look(process('backup', 0)), look()],
    ['that came with the second look', look(), look(process('backup', 0))],
    ['that has another number at each look', look(process('job', 0)), look(process('job', 0, { pid: 107 }))],
    [
      'that was brought in from outside, as a health check or an exec is',
      look(process('sh', 0, { parent: 90 }), process('curl', 0, { pid: 103, parent: 101 })),
      look(process('sh', 0, { parent: 90 }), process('curl', 0, { pid: 103, parent: 101 })),
    ],
  ])('is no process %s', (_which, first, second) => {
    expect(lastingIdentities(first, second).map(({ name }) => name)).toEqual(['init']);
  });

  test('is each user a program runs as, once; workers that number themselves are one', () => {
    const pool = look(
      process('worker-1', 33),
      process('worker-12', 33, { pid: 102 }),
      process('worker-1', 0, { pid: 103 }),
    );

    expect(lastingIdentities(pool, pool)).toEqual([
      { name: 'init', userId: 0, groupId: 0, groups: [] },
      { name: 'worker-#', userId: 33, groupId: 33, groups: [33] },
      { name: 'worker-#', userId: 0, groupId: 0, groups: [0] },
    ]);
  });

  test('is every process where the first one is not among them', () => {
    const processes = [process('web', 33)];

    expect(lastingIdentities({ first: 7, processes }, { first: 7, processes })).toHaveLength(1);
  });
});

describe('a new container', () => {
  test('with the same users, whatever their numbers and order, has lost nothing', () => {
    const now = look(process('apache2', 33, { pid: 201 }), process('apache2', 0, { pid: 200 }));

    expect(identityLoss(BEFORE, now, now)).toEqual({ worse: undefined, missing: undefined, absent: [] });
  });

  test('that has more than before has lost nothing', () => {
    const now = look(
      ...WORKERS.processes.slice(1),
      process('apache2', 34, { pid: 205 }),
      process('helper', 0, { pid: 206 }),
    );

    expect(identityLoss(BEFORE, now, now)).toEqual({ worse: undefined, missing: undefined, absent: [] });
  });

  test('whose program runs as root and never did is worse, and says who it was', () => {
    const before = lastingIdentities(look(process('redis', 999)), look(process('redis', 999)));
    const now = look(process('redis', 0, { groups: [] }));

    expect(identityLoss(before, now, now).worse).toBe('redis runs as root now, and ran as 999:999 (groups 999) before');
  });

  test.each<[string, ProcessLook, ProcessLook, string]>([
    ['is gone', look(), look(), 'apache2 as 0:0 (groups 0) ran before and does not run now'],
    [
      'did not change user',
      look(process('apache2', 0)),
      look(process('apache2', 0)),
      'apache2 as 33:33 (groups 33) ran before; apache2 runs as 0:0 (groups 0) now',
    ],
    [
      'kept root’s groups',
      look(process('apache2', 0), process('apache2', 33, { pid: 102, groups: [0] })),
      look(process('apache2', 0), process('apache2', 33, { pid: 102, groups: [0] })),
      'apache2 as 33:33 (groups 33) ran before; apache2 runs as 0:0 (groups 0) now',
    ],
    [
      'kept root’s group',
      look(process('apache2', 0), process('apache2', 33, { pid: 102, groupIds: sameIds(0) })),
      look(process('apache2', 0), process('apache2', 33, { pid: 102, groupIds: sameIds(0) })),
      'apache2 as 33:33 (groups 33) ran before; apache2 runs as 0:0 (groups 0) now',
    ],
    [
      'keeps dying',
      look(process('apache2', 0), process('apache2', 33, { pid: 102 })),
      look(process('apache2', 0), process('apache2', 33, { pid: 144 })),
      'apache2 as 33:33 (groups 33) does not stay up: it is started again and again',
    ],
  ])('one of whose processes %s lacks it', (_how, first, second, missing) => {
    expect(identityLoss(BEFORE, first, second)).toEqual({ worse: undefined, missing, absent: [] });
  });
});
