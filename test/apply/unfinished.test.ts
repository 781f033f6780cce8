import { describe, expect, test } from '@jest/globals';
import { keptContainers, unfinishedChanges } from '../../src/apply/unfinished.ts';
import type { ContainerSummary } from '../../src/engine/engine.ts';
import { idOf } from '../support/containers.ts';

const OLD = idOf('old');

function row(name: string, labels: Readonly<Record<string, string>> = {}, id = idOf(name)): ContainerSummary {
  return { id, names: [name], labels, state: 'exited', networkMode: 'bridge', row: {} };
}

function candidate(name: string, run = '7f3a'): ContainerSummary {
  return row(name, { 'io.enforce.run': run, 'io.enforce.target': 'web', 'io.enforce.replaces': OLD });
}

describe('a change is unfinished', () => {
  test.each<[string, readonly ContainerSummary[]]>([
    ['while its candidate waits beside the old one', [row('web', {}, OLD), candidate('web.enforce-new-7f3a')]],
    ['while its old one is put aside', [row('web.enforce-old-7f3a', {}, OLD), candidate('web')]],
    ['while its failed candidate is not removed', [row('web', {}, OLD), candidate('web.enforce-fail-7f3a')]],
    ['when nothing but the old one, put aside, is left', [row('web.enforce-old-7f3a', {}, OLD)]],
    ['once, however many names tell of it', [row('web.enforce-old-7f3a', {}, OLD), candidate('web.enforce-new-7f3a')]],
  ])('%s', (_when, containers) => {
    const found = unfinishedChanges(containers);

    expect(found).toMatchObject([{ container: 'web', run: '7f3a' }]);
    expect(unfinishedChanges(containers.toReversed())).toMatchObject([{ container: 'web', run: '7f3a' }]);
  });

  test('with a target name that has dots and dashes of its own', () => {
    expect(unfinishedChanges([row('a.b-c.enforce-old-7f3a')])).toMatchObject([{ container: 'a.b-c', run: '7f3a' }]);
  });

  test.each<[string, readonly ContainerSummary[]]>([
    ['once it is committed', [row('web.enforce-bak-7f3a', {}, OLD), candidate('web')]],
    ['because a stranger has such a name', [row('web.enforce-new-7f3a'), row('web.enforce-fail-7f3a')]],
    ['because another run’s container has such a name', [candidate('web.enforce-new-7f3a', '0001')]],
    ['because of a link’s alias', [{ ...row('db'), names: ['db', 'web.enforce-old-7f3a/db'] }]],
    ['on a host without one', [row('web'), row('enforce-old-7f3a'), row('web.enforce-old')]],
  ])('not %s', (_why, containers) => {
    expect(unfinishedChanges(containers)).toEqual([]);
  });
});

describe('an old container is kept', () => {
  test('by a committed change, under its backup name', () => {
    expect(keptContainers([row('web.enforce-bak-7f3a', {}, OLD), candidate('web')])).toEqual([
      { container: 'web', run: '7f3a', oldId: OLD, keptName: 'web.enforce-bak-7f3a', until: null, leader: 'web' },
    ]);
  });

  test.each<[string, readonly ContainerSummary[]]>([
    ['its new container is gone', [row('web.enforce-bak-7f3a', {}, OLD)]],
    ['the new container replaced another', [row('web.enforce-bak-7f3a'), candidate('web')]],
    ['the new container is of another run', [row('web.enforce-bak-7f3a', {}, OLD), candidate('web', '0001')]],
  ])('but nothing can be put back when %s', (_when, containers) => {
    expect(keptContainers(containers)).toEqual([]);
  });
});
