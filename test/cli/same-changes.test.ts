import { describe, expect, test } from '@jest/globals';
import { sameChanges } from '../../src/cli/same-changes.ts';
import type { Change } from '../../src/model/plan.ts';
import { aChange, aFinding } from '../support/a-plan.ts';

describe('changes on several hosts', () => {
  test('are the same whatever the host, the ids and the words of each reason are', () => {
    const other = aChange({
      host: 'web-2',
      id: '1f00'.repeat(16),
      because: aChange().because.map((finding) => ({ ...finding, host: 'web-2', containerId: '1f00'.repeat(16) })),
      capabilities: aChange().capabilities.map((decision) => ({ ...decision, because: 'seen on web-2', risk: 0.1 })),
      staleIf: { engineId: '9QQ1:ENGINE', configDigest: 'sha256:c1', imageId: 'sha256:1b' },
    });

    expect(sameChanges([aChange(), other])).toEqual([[aChange(), other]]);
  });

  test.each<[string, Partial<Change>]>([
    ['container', { container: 'shop-2' }],
    ['image', { image: 'nginx:1.26' }],
    ['edit', { edits: aChange().edits.slice(1) }],
    ['new port', { portMoves: aChange().portMoves.map((move) => ({ ...move, to: 9080 })) }],
    ['capability that is dropped', { capabilities: aChange().capabilities.slice(1) }],
    ['warning', { warnings: [] }],
    ['owner', { owner: { kind: 'none' } }],
    ['activity', { activity: 'stopped' }],
    ['downtime', { downtimeSeconds: 9 }],
    ['number of files to carry', { carry: 'copy', carriedFiles: 3 }],
    ['finding', { because: [aFinding({ because: 'host port 81 is below 1024' })] }],
  ])('are not the same with another %s', (_what, different) => {
    const other = aChange({ host: 'web-2', ...different });

    expect(sameChanges([aChange(), other])).toEqual([[aChange()], [other]]);
  });
});
