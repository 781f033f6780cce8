import { describe, expect, test } from '@jest/globals';
import { differences } from '../../src/apply/differences.ts';
import type { ContainerInspect, EndpointSettings, HostConfig } from '../../src/model/snapshot.ts';
import { idOf } from '../support/containers.ts';
import { recorded } from '../support/recorded.ts';
import { engineOfApi } from '../support/spec-of.ts';

const SHOP = recorded('shop');
const NOT_STARTED = { NetworkID: '', EndpointID: '', IPAddress: '', Gateway: '', MacAddress: '' };

/** The same container again, not yet started: what an engine renews is renewed. */
function again(old: ContainerInspect): ContainerInspect {
  const Id = idOf('again');
  const networks = Object.entries(old.NetworkSettings.Networks ?? {}).map(
    ([name, endpoint]): [string, EndpointSettings] => [
      name,
      {
        ...endpoint,
        ...NOT_STARTED,
        Aliases:
          endpoint.Aliases?.map((alias) => (alias === old.Id.slice(0, 12) ? Id.slice(0, 12) : alias)).toReversed() ??
          null,
      },
    ],
  );
  return {
    ...old,
    Id,
    Name: '/shop.enforce-new-7f3a',
    Created: '2026-11-22T07:00:00Z',
    RestartCount: 0,
    State: { Status: 'created', Running: false },
    Config: {
      ...old.Config,
      Labels: { ...old.Config.Labels, 'io.enforce.run': '7f3a', 'io.enforce.replaces': old.Id },
      Env: old.Config.Env?.toReversed() ?? null,
    },
    NetworkSettings: { Ports: {}, Networks: Object.fromEntries(networks) },
    Mounts: old.Mounts?.toReversed() ?? [],
  };
}

function changed(HostConfig: HostConfig | object): ContainerInspect {
  return { ...again(SHOP), HostConfig: { ...SHOP.HostConfig, ...HostConfig } };
}

function configured(Config: object): ContainerInspect {
  return { ...again(SHOP), Config: { ...again(SHOP).Config, ...Config } };
}

function addressed(old: ContainerInspect, MacAddress: string): ContainerInspect {
  return { ...again(old), Config: { ...again(old).Config, MacAddress } };
}

describe('between a container and its like', () => {
  test.each(['web', 'shop', 'bare', 'lodger', 'host', 'uts', 'linked'] as const)('there is none for %s', (name) => {
    expect(differences(recorded(name), again(recorded(name)), engineOfApi())).toEqual([]);
  });

  test('a hardware address is the same however it is spelled, and another one is a difference', () => {
    const address = (MacAddress: string) =>
      differences(configured({ MacAddress: '02:AA:BB:CC:DD:EE' }), configured({ MacAddress }), engineOfApi('1.45'));

    expect(address('02:aa:bb:cc:dd:ee')).toEqual([]);
    expect(address('02:aa:bb:cc:dd:ef')).toEqual(['Config.MacAddress']);
  });

  test('another platform of the same image is a difference', () => {
    const of = (digest: string) => ({ ...again(SHOP), ImageManifestDescriptor: { digest } });

    expect(differences(of('sha256:amd64'), of('sha256:amd64'), engineOfApi())).toEqual([]);
    expect(differences(of('sha256:amd64'), of('sha256:arm64'), engineOfApi())).toEqual(['Manifest']);
  });

  test('there is none in what was planned', () => {
    const candidate = changed({
      PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8911' }] },
      CapAdd: ['CHOWN'],
      CapDrop: ['ALL'],
    });

    expect(differences(SHOP, candidate, engineOfApi())).toEqual([]);
  });

  test.each<[string, ContainerInspect, ContainerInspect]>([
    ['an empty list and none', SHOP, changed({ Devices: null, DnsSearch: null, GroupAdd: [] })],
    ['the default network by either name', recorded('web'), named(recorded('web'), 'bridge')],
    ['volumes pinned by name', SHOP, changed({ Binds: ['x:/anon:nocopy'], Mounts: [] })],
    ['a link of the same name', recorded('linked'), linkedBy('/enforce-apply-web:/shop.enforce-new-7f3a/mydb')],
    ['a restart policy, which is looked at apart', SHOP, changed({ RestartPolicy: { Name: 'no' } })],
    ['the spelling of a hardware address', recorded('bare'), addressed(recorded('bare'), '02:aa:bb:cc:dd:ee')],
    ['the image’s name, as the id decides', SHOP, configured({ Image: SHOP.Image })],
    ['a name made of the id where the host’s own is used', recorded('uts'), renamed(recorded('uts'))],
  ])('there is none in %s', (_what, old, candidate) => {
    expect(differences(old, candidate, engineOfApi())).toEqual([]);
  });
});

describe('a difference that nobody planned is named', () => {
  test.each<[string, ContainerInspect]>([
    ['Image', { ...again(SHOP), Image: 'sha256:other' }],
    ['Path', { ...again(SHOP), Path: '/bin/bash' }],
    ['Args', { ...again(SHOP), Args: [] }],
    ['Config.Env', configured({ Env: [...(SHOP.Config.Env ?? []), 'DEBUG=1'] })],
    ['Config.Labels.com.example.team', configured({ Labels: { ...SHOP.Config.Labels, 'com.example.team': 'till' } })],
    ['Config.User', configured({ User: '' })],
    ['Config.MacAddress', addressed(SHOP, '02:aa:bb:cc:dd:ef')],
    ['Config.Hostname', configured({ Hostname: 'shop' })],
    ['Config.StopSignal', configured({ StopSignal: 'SIGTERM' })],
    ['Config.Healthcheck.Interval', configured({ Healthcheck: { ...SHOP.Config.Healthcheck, Interval: 1 } })],
    ['HostConfig.Memory', changed({ Memory: 0 })],
    [
      'HostConfig.Ulimits',
      changed({ Ulimits: [{ Name: 'locks', Soft: 9223372036854775806n, Hard: 9223372036854775807n }] }),
    ],
    ['HostConfig.MaskedPaths', changed({ MaskedPaths: [] })],
    ['HostConfig.Privileged', changed({ Privileged: true })],
    ['HostConfig.LogConfig.Config.max-size', changed({ LogConfig: { Type: 'json-file', Config: {} } })],
    ['HostConfig.FromTheFuture', changed({ FromTheFuture: 1 })],
    ['HostConfig.NetworkMode', changed({ NetworkMode: 'enforce-apply-back' })],
    ['Mounts./cache.Name', withMount('/cache', { Name: idOf('empty') })],
    ['Mounts./host-etc.RW', withMount('/host-etc', { RW: true })],
    ['Mounts./www/data.Source', withMount('/www/data', { Source: '/elsewhere' })],
    ['Networks.enforce-apply-back', withNetwork('enforce-apply-back', undefined)],
    ['Networks.enforce-apply-back.Aliases', withNetwork('enforce-apply-back', { Aliases: ['billing'] })],
    ['Networks.enforce-apply-front.IPAMConfig', withNetwork('enforce-apply-front', { IPAMConfig: null })],
  ])('as %s', (path, candidate) => {
    const found = differences(SHOP, candidate, engineOfApi());

    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((line) => line !== path && !line.startsWith(`${path}.`))).toEqual([]);
  });
});

test('“none of them” and “the default ones” differ', () => {
  const unmasked = recorded('bare');
  const masked = { ...again(unmasked), HostConfig: { ...unmasked.HostConfig, MaskedPaths: null, ReadonlyPaths: null } };

  expect(differences(unmasked, masked, engineOfApi())).toEqual(['HostConfig.MaskedPaths', 'HostConfig.ReadonlyPaths']);
});

function named(inspect: ContainerInspect, NetworkMode: string): ContainerInspect {
  return { ...again(inspect), HostConfig: { ...inspect.HostConfig, NetworkMode } };
}

function linkedBy(link: string): ContainerInspect {
  return { ...again(recorded('linked')), HostConfig: { ...recorded('linked').HostConfig, Links: [link] } };
}

function renamed(inspect: ContainerInspect): ContainerInspect {
  return { ...again(inspect), Config: { ...again(inspect).Config, Hostname: idOf('again').slice(0, 12) } };
}

function withMount(place: string, different: object): ContainerInspect {
  const Mounts = (SHOP.Mounts ?? []).map((mount) => (mount.Destination === place ? { ...mount, ...different } : mount));
  return { ...again(SHOP), Mounts };
}

function withNetwork(name: string, different: object | undefined): ContainerInspect {
  const candidate = again(SHOP);
  const { [name]: endpoint, ...others } = candidate.NetworkSettings.Networks ?? {};
  const Networks = different === undefined ? others : { ...others, [name]: { ...endpoint, ...different } };
  return { ...candidate, NetworkSettings: { Networks } };
}
