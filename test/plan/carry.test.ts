import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../src/model/plan.ts';
import type { FileChange } from '../../src/model/snapshot.ts';
import { carriedRoots } from '../../src/model/writable-layer.ts';
import type { Deviations } from '../support/containers.ts';
import { container, inspectOf, snapshot } from '../support/containers.ts';
import { planned, plannedText, publishing, seen } from '../support/planned.ts';

describe('a container with files in its writable layer', () => {
  test('is blocked without --carry, and the hint names it', () => {
    const change = planFor(['A /srv/upload'], 'none');

    expect(change).toMatchObject({ action: 'blocked', carry: 'none', carriedFiles: 0 });
    expect(change?.blocked?.hint).toContain('--carry=copy or --carry=commit');
  });

  test.each(['copy', 'commit'] as const)(
    'is recreated with --carry=%s, and the plan says how many come along',
    (carry) => {
      const changes = ['A /srv/upload', 'C /srv', 'A /tmp/scratch', 'A /sbin/docker-init', 'C /sbin'];

      expect(planFor(changes, carry)).toMatchObject({
        action: 'recreate',
        carry,
        carriedFiles: 2,
        order: 'stop-first',
      });
      expect(text(changes, carry)).toMatch(new RegExp(`carry +2 files come along \\(${carry}\\)`));
    },
  );

  test('brings nothing along for the sake of what is scratch', () => {
    const change = planFor(['A /tmp/scratch', 'D /var/cache/apt/list'], 'copy');

    expect(change).toMatchObject({ action: 'recreate', carry: 'none' });
  });

  test.each<readonly [string, readonly string[], Deviations, string, string]>([
    [
      'where a file of its image was deleted',
      ['A /a', 'D /b'],
      {},
      '1 file of its image was deleted (/b)',
      '--carry=commit',
    ],
    [
      'where its root is read-only',
      ['A /a'],
      { HostConfig: { ReadonlyRootfs: true } },
      'its root is read-only',
      '--carry=commit',
    ],
    ['where a name is not UTF-8', ['C /srv', 'A /srv/a\uFFFD'], {}, 'the name is not UTF-8', 'rename them'],
  ])('is blocked with --carry=copy %s', (_sentence, changes, deviations, because, hint) => {
    const blocked = planFor(changes, 'copy', deviations)?.blocked;

    expect(blocked).toEqual({ because: expect.stringContaining(because), hint: expect.stringContaining(hint) });
  });

  test('is recreated with --carry=commit where a file of its image was deleted', () => {
    expect(planFor(['A /a', 'D /b'], 'commit')).toMatchObject({ action: 'recreate', carry: 'commit' });
  });

  test('brings the files of what holds on to it along too', () => {
    const shop = publishing('shop', ['80:80']);
    const HostConfig = { NetworkMode: `container:${shop.id}` };
    const details = seen({ changes: [{ path: '/srv/log', kind: 'added' }] });
    const sidecar = container('sidecar', { HostConfig, details });

    const change = changesOf([shop, sidecar], 'copy').find((each) => each.container === 'shop');

    expect(change).toMatchObject({ container: 'shop', action: 'recreate', carry: 'copy', carriedFiles: 0 });
  });
});

describe('a writable layer is read', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    [
      'at once where a folder was added',
      ['C /srv', 'A /srv/app', 'A /srv/app/b', 'A /srv/app-2', 'A /srv/app/b/c'],
      ['/srv', '/srv/app +', '/srv/app-2 +'],
    ],
    ['file by file in a folder of the image', ['C /etc', 'A /etc/b', 'C /etc/a'], ['/etc', '/etc/a', '/etc/b +']],
    ['without its deletions', ['C /etc', 'D /etc/a'], ['/etc']],
    [
      'not below a mount, though the folders above it are looked at',
      ['A /data', 'A /data/deep', 'A /data/deep/volume', 'A /data/deep/volume/x', 'A /data/own'],
      ['/data', '/data/deep', '/data/own +'],
    ],
    ['without what the engine writes itself', ['C /etc', 'C /etc/hosts', 'A /.dockerenv', 'A /dev/x'], ['/etc']],
    [
      'under what is in memory only while it runs',
      ['C /run', 'A /run/secrets', 'A /run/secrets/x'],
      ['/run/secrets +'],
    ],
  ])('%s', (_sentence, changes, roots) => {
    const mounts = {
      Mounts: [{ Type: 'volume', Destination: '/data/deep/volume/' }],
      HostConfig: { Tmpfs: { '/run': '' } },
    };

    const read = carriedRoots(rows(changes), inspectOf('shop', mounts));

    expect(read.map(({ path, whole }) => (whole ? `${path} +` : path))).toEqual(roots);
  });

  test('expecting no more of a folder than is listed of it', () => {
    const [root] = carriedRoots(rows(['A /srv', 'A /srv/a', 'A /srv/b']), inspectOf('shop'));

    expect(root).toEqual({ path: '/srv', whole: true, entries: 3 });
  });
});

function planFor(changes: readonly string[], carry: Change['carry'], deviations: Deviations = {}): Change | undefined {
  return changesOf(
    [publishing('shop', ['80:80'], { ...deviations, details: seen({ changes: rows(changes) }) })],
    carry,
  )[0];
}

function changesOf(containers: readonly ReturnType<typeof container>[], carry: Change['carry']): readonly Change[] {
  return planned([snapshot(containers)], { carry }).hosts.flatMap((host) => (host.reachable ? host.changes : []));
}

function text(changes: readonly string[], carry: Change['carry']): string {
  return plannedText([publishing('shop', ['80:80'], { details: seen({ changes: rows(changes) }) })], { carry });
}

function rows(lines: readonly string[]): readonly FileChange[] {
  const kinds = { A: 'added', C: 'modified', D: 'deleted' } as const;
  return lines.map((line) => ({ kind: kinds[line.slice(0, 1) as 'A' | 'C' | 'D'], path: line.slice(2) }));
}
