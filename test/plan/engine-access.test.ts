import { describe, expect, test } from '@jest/globals';
import { engineAccess, managesContainers } from '../../src/plan/engine-access.ts';
import type { Deviations } from '../support/containers.ts';
import { container } from '../support/containers.ts';

const SOCKET: Deviations = {
  Mounts: [{ Type: 'bind', Source: '/var/run/docker.sock', Destination: '/var/run/docker.sock' }],
};

describe('a container can reach the engine', () => {
  test.each<readonly [string, Deviations, string | undefined]>([
    ['by the socket it mounts', SOCKET, '/var/run/docker.sock'],
    [
      'by a socket of a rootless engine',
      { Mounts: [{ Type: 'bind', Source: '/run/user/1000/docker.sock', Destination: '/s' }] },
      '/run/user/1000/docker.sock',
    ],
    ['by DOCKER_HOST', { Config: { Env: ['DOCKER_HOST=sha256:0a1b2c3d4e5f'] } }, 'DOCKER_HOST'],
    ['not by a file that is called so', { Mounts: [{ Source: '/srv/docker.sock.bak', Destination: '/b' }] }, undefined],
    ['not by another variable', { Config: { Env: ['DOCKER_HOSTS=x'] } }, undefined],
  ])('%s', (_how, deviations, access) => {
    expect(engineAccess(container('web', deviations))).toBe(access);
  });
});

describe('what itself manages containers is not recreated', () => {
  test.each([
    'portainer/portainer-ce:2.21.4',
    'portainer/agent:latest',
    'containrrr/watchtower',
    'ghcr.io/nicholas-fedor/watchtower:1.12@sha256:1f0c2d3e4b5a69788a9b0c1d2e3f4a5b1f0c2d3e4b5a69788a9b0c1d2e3f4a5b',
    'registry.example.com:5000/mirror/watchtower',
    'fnsys/dockhand:latest',
    'louislam/dockge:1',
    'willfarrell/autoheal:1.2.0',
    'gitlab/gitlab-runner:alpine',
    'ghcr.io/coollabsio/coolify:4',
  ])('%s', (Image) => {
    expect(managesContainers(container('helper', { ...SOCKET, Config: { Image } }))).toMatchObject({
      because: expect.stringContaining('starts, stops or removes containers'),
      hint: expect.stringContaining('by hand'),
    });
  });

  test('watchtower, whatever its image is called', () => {
    const Labels = { 'com.centurylinklabs.watchtower': 'true' };

    expect(managesContainers(container('helper', { Config: { Labels } }))?.because).toContain('it is watchtower');
  });

  test.each(['traefik:v3', 'nginxproxy/nginx-proxy', 'amir20/dozzle', 'portainer/base'])(
    'while %s only looks at them',
    (Image) => {
      expect(managesContainers(container('proxy', { ...SOCKET, Config: { Image } }))).toBeUndefined();
    },
  );

  test('while without a way to the engine it manages nothing', () => {
    expect(managesContainers(container('dockge', { Config: { Image: 'louislam/dockge:1' } }))).toBeUndefined();
  });
});
