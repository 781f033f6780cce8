import { describe, expect, test } from '@jest/globals';
import type { CatalogueMatch } from '../../src/plan/catalogued.ts';
import { catalogued, repositoryOf } from '../../src/plan/catalogued.ts';
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

    expect(bind?.needs.get('DAC_OVERRIDE')?.because).toBe('logs on the host may belong to another user (tried)');
    expect(volume?.needs.has('DAC_OVERRIDE')).toBe(false);
  });

  test('adds what the host network asks for', () => {
    expect(keptOf(match({ Config: { Image: 'nginx' }, HostConfig: { NetworkMode: 'host' } }))).toContain(
      'NET_BIND_SERVICE',
    );
  });
});

function match(deviations: Deviations): CatalogueMatch | undefined {
  return catalogued(container('web', deviations), CATALOGUE);
}

function keptOf(found: CatalogueMatch | undefined): readonly string[] | undefined {
  return found && [...found.needs.keys()];
}
