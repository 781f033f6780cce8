import { describe, expect, test } from '@jest/globals';
import type { CatalogueCondition } from '../../src/model/catalogue.ts';
import type { CatalogueMatch } from '../../src/plan/catalogued.ts';
import { catalogued, repositoryOf } from '../../src/plan/catalogued.ts';
import { aProcessOf, aRuntime } from '../support/a-runtime.ts';
import type { Deviations } from '../support/containers.ts';
import { container } from '../support/containers.ts';
import { CATALOGUE, seen } from '../support/planned.ts';

const DIGEST = `sha256:${'0c21'.repeat(16)}`;

describe('the repository of an image', () => {
  test.each([
    ['nginx', 'nginx'],
    ['nginx:1.25', 'nginx'],
    [`nginx@${DIGEST}`, 'nginx'],
    [`nginx:1.25@${DIGEST}`, 'nginx'],
    ['library/nginx:1.25', 'nginx'],
    ['docker.io/library/nginx:1.25', 'nginx'],
    ['docker.io/nginx', 'nginx'],
    [`index.docker.io/library/nginx@${DIGEST}`, 'nginx'],
    ['registry-1.docker.io/library/nginx', 'nginx'],
    ['docker.io/linuxserver/wireguard:latest', 'linuxserver/wireguard'],
    ['ghcr.io/acme/nginx:1', 'ghcr.io/acme/nginx'],
    ['registry.example.com:5000/nginx', 'registry.example.com:5000/nginx'],
    ['registry.example.com:5000/library/nginx:1', 'registry.example.com:5000/library/nginx'],
    ['localhost/nginx:1.25', 'localhost/nginx'],
    ['acme/library/nginx', 'acme/library/nginx'],
  ])('%s is %s', (Image, repository) => {
    expect(repositoryOf(container('web', { Config: { Image } }))).toBe(repository);
  });

  test.each([DIGEST, '0c21'.repeat(16), '0c210c210c21'])(
    'of a container made by the id %s is that of its tag',
    (Image) => {
      const web = container('web', { Config: { Image }, details: seen() });

      expect(repositoryOf(web)).toBe('nginx');
    },
  );

  test('of a container made by id, whose image has no tag, is no repository of the catalogue', () => {
    const untagged = seen({ image: { id: DIGEST, tags: [], config: {} } });
    const web = container('web', { Config: { Image: DIGEST }, details: untagged });

    expect(catalogued(web, CATALOGUE)).toBeUndefined();
  });
});

describe('the catalogue', () => {
  test.each(['nginx:1.25', 'docker.io/library/nginx', `nginx@${DIGEST}`])('knows %s', (Image) => {
    expect(keptOf(match({ Config: { Image } }))).toEqual(['CHOWN', 'SETGID', 'SETUID']);
  });

  test.each(['ghcr.io/acme/nginx', 'registry.example.com:5000/nginx', 'acme/nginx', 'nginx-proxy', 'mynginx'])(
    'does not take %s for it',
    (Image) => {
      expect(match({ Config: { Image } })).toBeUndefined();
    },
  );

  test('knows families of images by their glob', () => {
    expect(keptOf(match({ Config: { Image: 'linuxserver/sonarr:4' } }))).toEqual(['CHOWN']);
  });

  test.each([
    ['', ['CHOWN', 'SETGID', 'SETUID']],
    ['root', ['CHOWN', 'SETGID', 'SETUID']],
    ['0:0', ['CHOWN', 'SETGID', 'SETUID']],
    ['101', []],
    ['nginx:nginx', []],
  ])('knows what its image needs as user %j', (User, kept) => {
    expect(keptOf(match({ Config: { Image: 'nginx', User } }))).toEqual(kept);
  });

  test('knows some images whatever their user', () => {
    const users = ['', '1000'].map((User) => keptOf(match({ Config: { Image: 'caddy', User } })));

    expect(users).toEqual([['NET_BIND_SERVICE'], ['NET_BIND_SERVICE']]);
  });

  test('does not speak for a user that no entry is about', () => {
    expect(match({ Config: { Image: 'linuxserver/sonarr', User: '1000' } })).toBeUndefined();
  });

  test('adds what a bind mount asks for, and not for a volume', () => {
    const bind = match({ Config: { Image: 'nginx' }, Mounts: [{ Type: 'bind', Destination: '/etc/nginx' }] });
    const volume = match({ Config: { Image: 'nginx' }, Mounts: [{ Type: 'volume', Destination: '/data' }] });

    expect(bind?.evidence[0]).toMatchObject({
      capability: 'DAC_OVERRIDE',
      because: 'logs on the host may belong to another user (tried)',
    });
    expect(keptOf(volume)).not.toContain('DAC_OVERRIDE');
  });

  test('adds what the host network asks for', () => {
    expect(keptOf(match({ Config: { Image: 'nginx' }, HostConfig: { NetworkMode: 'host' } }))).toContain(
      'NET_BIND_SERVICE',
    );
  });
});

describe('a condition of an entry', () => {
  const PINGER = { path: '/pinger', isUsed: true, isSetuidRoot: false };
  const FILE = { ...PINGER, capabilities: { permitted: ['NET_RAW'], inheritable: [], isEffective: true } };
  const CLOSED = { path: '/d', kind: 'volume', ownerId: 9, groupId: 9, mode: 0o700, isEmpty: false } as const;

  test.each<[CatalogueCondition, Deviations, Parameters<typeof aRuntime>[0]]>([
    ['bind-mount', { Mounts: [{ Type: 'bind', Destination: '/d' }] }, {}],
    ['host-network', { HostConfig: { NetworkMode: 'host' } }, {}],
    ['foreign-folder', {}, { mountedFolders: [CLOSED] }],
    ['file-capabilities', {}, { poweredFiles: [FILE] }],
    [{ environment: 'RUN_AS' }, { Config: { Image: 'acme/app', Env: ['RUN_AS=sha256:0c21'] } }, {}],
    [{ process: 'pinger' }, {}, { processes: [aProcessOf('pinger')] }],
  ])('%j holds where it is so, and else not', (when, deviations, runtime) => {
    expect(alsoKept(when, { ...deviations, details: seen({ runtime: aRuntime(runtime) }) })).toEqual(['KILL']);
    expect(alsoKept(when, { details: seen({ runtime: aRuntime() }) })).toEqual([]);
    expect(alsoKept(when, {})).toEqual([]);
  });

  test('may be that a variable is not set', () => {
    const when = { no_environment: 'SKIP' };

    expect(alsoKept(when, {})).toEqual(['KILL']);
    expect(alsoKept(when, { Config: { Image: 'acme/app', Env: ['SKIP='] } })).toEqual([]);
  });
});

test('what is asked for when nobody watches stays, though the container was watched', () => {
  const catalogue = { entries: [{ ...ENTRY, keep: ['CHOWN', 'KILL'], rare: { KILL: 'graceful stop' } }] };

  const found = catalogued(container('web', { Config: { Image: 'acme/app' } }), catalogue);

  expect(found?.evidence).toEqual([
    { capability: 'CHOWN', class: 'catalogue', because: 'known for acme/app (tried)' },
    { capability: 'KILL', class: 'catalogue', because: 'known for acme/app: graceful stop (tried)', isRare: true },
  ]);
});

const ENTRY = { images: ['acme/app'], user: 'any', keep: [], also: [], source: 'tried', confidence: 'high' } as const;

function alsoKept(when: CatalogueCondition, deviations: Deviations): readonly string[] {
  const entry = { ...ENTRY, also: [{ when, keep: ['KILL'], because: 'it is so' }] };
  const given = container('web', { ...deviations, Config: { Image: 'acme/app', ...deviations.Config } });
  return (catalogued(given, { entries: [entry] })?.evidence ?? []).map(({ capability }) => capability);
}

function match(deviations: Deviations): CatalogueMatch | undefined {
  return catalogued(container('web', deviations), CATALOGUE);
}

function keptOf(found: CatalogueMatch | undefined): readonly string[] | undefined {
  return found?.evidence.map(({ capability }) => capability);
}
