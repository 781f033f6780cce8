import { describe, expect, test } from '@jest/globals';
import type { HostConfig } from '../../src/model/snapshot.ts';
import { tunnelSign } from '../../src/plan/tunnels.ts';
import type { Deviations } from '../support/containers.ts';
import { container } from '../support/containers.ts';

describe('a tunnel or gateway is known', () => {
  test.each([
    'linuxserver/wireguard',
    'ghcr.io/wg-easy/wg-easy:15',
    'tailscale/tailscale:stable',
    'kylemanna/openvpn',
    'qmcgaw/gluetun:v3',
    'cloudflare/cloudflared:2025.1.0',
    'zerotier/zerotier-synology',
    'snowdreamtech/frpc',
    'nebulaoss/nebula',
    'netbirdio/netbird',
    'headscale/headscale',
    'osixia/keepalived',
    'lscr.io/linuxserver/openssh-server',
    'registry.example.com/ops/ssh-bastion:7',
  ])('by its image %s', (Image) => {
    expect(tunnelSign(container('gate', { Config: { Image } }))).toMatch(/^its image is /);
  });

  test.each<readonly [string, HostConfig, string]>([
    [
      'a tun device it may set up',
      { CapAdd: ['CAP_NET_ADMIN'], Devices: [{ PathOnHost: '/dev/net/tun' }] },
      'it has /dev/net/tun and NET_ADMIN',
    ],
    [
      'a tun device and every right',
      { Privileged: true, Devices: [{ PathOnHost: '/dev/net/tun' }] },
      'it has /dev/net/tun and NET_ADMIN',
    ],
    [
      "rights over the host's network",
      { CapAdd: ['net_admin'], NetworkMode: 'host' },
      "it has NET_ADMIN in the host's own network",
    ],
  ])('by %s', (_sign, HostConfig, sign) => {
    expect(tunnelSign(container('gate', { HostConfig }))).toBe(sign);
  });

  test('by a tun device that is mounted', () => {
    const Mounts = [{ Source: '/dev/net/tun', Destination: '/dev/net/tun' }];

    expect(tunnelSign(container('gate', { HostConfig: { CapAdd: ['NET_ADMIN'] }, Mounts }))).toBeDefined();
  });
});

describe('nothing speaks of a tunnel', () => {
  test.each<readonly [string, Deviations]>([
    ['in an image that is only called alike', { Config: { Image: 'vesoft/nebula-graphd:v3' } }],
    ['in an image of tests', { Config: { Image: 'shop/frp-tests' } }],
    ['in rights over a network of its own', { HostConfig: { CapAdd: ['NET_ADMIN'] } }],
    ["in the host's network alone", { HostConfig: { NetworkMode: 'host' } }],
    ['in a tun device it may not set up', { HostConfig: { Devices: [{ PathOnHost: '/dev/net/tun' }] } }],
  ])('%s', (_what, deviations) => {
    expect(tunnelSign(container('web', deviations))).toBeUndefined();
  });
});
