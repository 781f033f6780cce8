import { describe, expect, test } from '@jest/globals';
import type { FileChange } from '../../src/model/snapshot.ts';
import { filesAtRisk } from '../../src/model/files-at-risk.ts';
import type { Deviations } from '../support/containers.ts';
import { inspectOf } from '../support/containers.ts';

describe('a recreate would lose', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['a file that was added', ['A /var/spool/mail/root'], ['/var/spool/mail/root']],
    ['a file that was changed', ['C /etc/nginx/nginx.conf'], ['/etc/nginx/nginx.conf']],
    ['that a file was deleted', ['D /etc/nginx/conf.d/default.conf'], ['/etc/nginx/conf.d/default.conf']],
    ['that a folder was deleted, though its content is told too', ['D /srv', 'D /srv/a'], ['/srv', '/srv/a']],
    ['an empty folder', ['A /srv/uploads'], ['/srv/uploads']],
    [
      'the files of new and changed folders, but counts no folder',
      ['C /var', 'A /var/spool', 'A /var/spool/a', 'A /var/spool/b'],
      ['/var/spool/a', '/var/spool/b'],
    ],
    ['what is kept across boots', ['A /var/tmp/session'], ['/var/tmp/session']],
    [
      'folders that only begin like scratch',
      ['A /runner', 'A /tmpl/a', 'A /var/cached'],
      ['/runner', '/tmpl/a', '/var/cached'],
    ],
    [
      'secrets that were copied in, which nobody makes again',
      ['C /run', 'A /run/secrets', 'A /run/secrets/key'],
      ['/run/secrets/key'],
    ],
    ['secrets by their other path', ['A /var/run/secrets/key'], ['/var/run/secrets/key']],
  ])('%s', (_sentence, changes, lost) => {
    expect(atRisk(changes)).toEqual(lost);
  });
});

describe('a recreate does not lose', () => {
  test.each<readonly [string, readonly string[], Deviations]>([
    [
      'mount points and the folders above them',
      ['C /srv', 'A /srv/shop', 'A /srv/shop/data'],
      { Mounts: [{ Type: 'volume', Destination: '/srv/shop/data/' }] },
    ],
    [
      'the mount point of a file',
      ['A /etc/app', 'A /etc/app/key'],
      { Mounts: [{ Type: 'bind', Destination: '/etc/app/key' }] },
    ],
    ['mount points of tmpfs', ['A /scratch'], { HostConfig: { Tmpfs: { '/scratch': 'size=1m' } } }],
    ['the working folder', ['A /opt', 'A /opt/app'], { Config: { WorkingDir: '/opt/app' } }],
    ['what the engine writes', ['C /etc', 'C /etc/hosts', 'A /.dockerenv', 'A /sbin/docker-init', 'C /sbin'], {}],
    ['files of folders that are cleared at boot', ['A /run/nginx.pid', 'A /tmp/x', 'C /var/lock', 'A /var/run/a'], {}],
    ['caches', ['C /var', 'C /var/cache', 'A /var/cache/nginx/client_temp'], {}],
    ['that scratch was deleted', ['D /tmp/x', 'D /run/lock'], {}],
    ['nothing, as nothing changed', [], {}],
  ])('%s', (_sentence, changes, deviations) => {
    expect(atRisk(changes, deviations)).toEqual([]);
  });

  test('what the playbook calls expendable', () => {
    const changes = ['A /app/cache/a/b', 'A /app/data/c', 'D /root/.ash_history'];

    expect(atRisk(changes, {}, ['/app/cache/*', '/root/.*history'])).toEqual(['/app/data/c']);
  });
});

test('a mount point that was deleted is a loss', () => {
  const deviations: Deviations = { Mounts: [{ Type: 'volume', Destination: '/data' }] };

  expect(atRisk(['D /data'], deviations)).toEqual(['/data']);
});

test('a file beside a mount point, or in the working folder, is a loss', () => {
  const deviations: Deviations = {
    Mounts: [{ Type: 'volume', Destination: '/srv/data' }],
    Config: { WorkingDir: '/app' },
  };

  expect(atRisk(['C /srv', 'A /srv/data', 'A /srv/database', 'A /app', 'A /app/shop.db'], deviations)).toEqual([
    '/app/shop.db',
    '/srv/database',
  ]);
});

test('a layer of very many folders is read in one go', () => {
  const changes = Array.from({ length: 40_000 }, (_, at) => [`A /m/${at}`, `A /m/${at}/index.js`]).flat();

  expect(atRisk(changes)).toHaveLength(40_000);
});

const KINDS = { A: 'added', C: 'modified', D: 'deleted' } as const;

/** Changes as `docker diff` writes them. */
function atRisk(
  lines: readonly string[],
  deviations: Deviations = {},
  expendable: readonly string[] = [],
): readonly string[] {
  const changes = lines.map(
    (line): FileChange => ({ path: line.slice(2), kind: KINDS[line[0] as keyof typeof KINDS] }),
  );
  return filesAtRisk(changes, inspectOf('web', deviations), expendable);
}
