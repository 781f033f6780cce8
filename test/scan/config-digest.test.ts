import { describe, expect, test } from '@jest/globals';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { configDigest } from '../../src/scan/config-digest.ts';
import { STOPPED, idOf, inspectOf } from '../support/containers.ts';

const NETWORKS = { shop: { NetworkID: idOf('shop'), Aliases: ['web', 'www'], IPAMConfig: null } };
const MOUNTS = [
  { Type: 'volume', Name: 'data', Source: '/var/lib/docker/volumes/data/_data', Destination: '/data', RW: true },
  { Type: 'bind', Source: '/etc/web', Destination: '/etc/web', RW: false },
];
const inspect = inspectOf('web', { NetworkSettings: { Networks: NETWORKS }, Mounts: MOUNTS });

test('a digest reads sha256 and 64 hexadecimal digits', () => {
  expect(configDigest(inspect)).toMatch(/^sha256:[0-9a-f]{64}$/);
});

describe('the digest stays', () => {
  test.each<[string, Partial<ContainerInspect>]>([
    [
      'when the container stops',
      inspectOf('web', { State: STOPPED, NetworkSettings: { Networks: NETWORKS }, Mounts: MOUNTS }),
    ],
    ['when it gets another process', { State: { ...inspect.State, Pid: 99, StartedAt: '2026-11-22T05:00:00Z' } }],
    ['when it is restarted', { RestartCount: 3 }],
    ['when ports are bound', { NetworkSettings: { Networks: NETWORKS, Ports: { '80/tcp': [{ HostPort: '80' }] } } }],
    ['when the engine adds its own aliases', withAliases('www', idOf('web').slice(0, 12), 'web')],
    ['when the engine lists mounts in another order', { Mounts: MOUNTS.toReversed() }],
    [
      'when it gets another address',
      {
        NetworkSettings: {
          Networks: { shop: { ...NETWORKS.shop, IPAddress: '10.0.0.9', MacAddress: '02:42:0a:00:00:09' } },
        },
      },
    ],
  ])('%s', (_event, change) => {
    expect(configDigest({ ...inspect, ...change })).toBe(configDigest(inspect));
  });

  test("when a container in another's network shows that one's host name, as it does once it has run", () => {
    const created = inspectOf('web', { HostConfig: { NetworkMode: `container:${idOf('shop')}` } });

    const run = { ...created, Config: { ...created.Config, Hostname: 'shop.example.com' } };

    expect(configDigest(run)).toBe(configDigest(created));
  });

  test('when the engine adds its short id and the host name a person chose', () => {
    const named = { ...inspect, Config: { ...inspect.Config, Hostname: 'www.example.com' } };

    const running = { ...named, ...withAliases('web', 'www', 'www.example.com', idOf('web').slice(0, 12)) };

    expect(configDigest(running)).toBe(configDigest(named));
  });
});

describe('the digest changes', () => {
  test.each<[string, Partial<ContainerInspect>]>([
    ['with the name', { Name: '/web2' }],
    ['with the image', { Image: `sha256:${idOf('nginx:1.26')}` }],
    ['with the environment', { Config: { ...inspect.Config, Env: ['A=1'] } }],
    ['with a capability', { HostConfig: { ...inspect.HostConfig, CapAdd: ['CHOWN'] } }],
    ['with the restart policy', { HostConfig: { ...inspect.HostConfig, RestartPolicy: { Name: 'always' } } }],
    ['with a mount', { Mounts: MOUNTS.slice(1) }],
    ['with whether a mount can be written', { Mounts: MOUNTS.map((mount) => ({ ...mount, RW: true })) }],
    ['with a network', { NetworkSettings: { Networks: { ...NETWORKS, bridge: {} } } }],
    ['with an alias', withAliases('web')],
    [
      'with a static address',
      { NetworkSettings: { Networks: { shop: { ...NETWORKS.shop, IPAMConfig: { IPv4Address: '10.0.0.9' } } } } },
    ],
    [
      'with a field this program does not know, to its last digit',
      { HostConfig: { ...inspect.HostConfig, ...{ Future: 9223372036854775807n } } },
    ],
  ])('%s', (_part, change) => {
    expect(configDigest({ ...inspect, ...change })).not.toBe(configDigest(inspect));
  });

  test('between two large integers that a double cannot tell apart', () => {
    const withLimit = (limit: bigint) => ({ ...inspect, HostConfig: { ...inspect.HostConfig, ...{ Limit: limit } } });

    expect(configDigest(withLimit(9223372036854775807n))).not.toBe(configDigest(withLimit(9223372036854775806n)));
  });
});

function withAliases(...Aliases: readonly string[]): Partial<ContainerInspect> {
  return { NetworkSettings: { Networks: { shop: { ...NETWORKS.shop, Aliases } } } };
}
