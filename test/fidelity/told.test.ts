import { describe, expect, test } from '@jest/globals';
import { differences } from '../../src/apply/differences.ts';
import type { Container, Snapshot } from '../../src/model/snapshot.ts';
import type { Deviations } from '../support/containers.ts';
import { container, idOf, inspectOf, snapshot } from '../support/containers.ts';
import { changeOf, seen } from '../support/planned.ts';
import { engineOfApi, specOf } from '../support/spec-of.ts';

const DEFAULT = { CapDrop: null };

describe('rows that the engines at hand cannot show', () => {
  test('I5: another platform of one image id is a difference (needs the containerd image store)', () => {
    const of = (digest: string) => ({ ...inspectOf('web'), ImageManifestDescriptor: { digest } });

    expect(differences(of('sha256:amd64'), of('sha256:arm64'), engineOfApi('1.48'))).toEqual(['Manifest']);
  });

  test('N12: settings of one interface are refused (needs an engine from 28 on with a container from before)', () => {
    const tuned = { HostConfig: { ...DEFAULT, Sysctls: { 'net.ipv4.conf.eth0.rp_filter': '2' } } };

    expect(blocked(tuned, '1.48')).toContain('HostConfig.Sysctls.net.ipv4.conf.eth0.rp_filter');
  });

  test('N18: a network whose name stands for another now leaves the container alone (no engine lets it happen while it runs)', () => {
    const Networks = { front: { NetworkID: idOf('front') } };
    const networks = [{ name: 'front', id: idOf('front anew'), driver: 'bridge', scope: 'local' }];

    expect(blocked({ HostConfig: DEFAULT, NetworkSettings: { Networks }, details: seen({ networks }) })).toContain(
      'NetworkSettings.Networks.front.NetworkID: the name stands for another network now',
    );
  });

  test('N19: an address on a network of the swarm leaves the container alone (needs a swarm)', () => {
    const Networks = { mesh: { NetworkID: idOf('mesh'), IPAMConfig: { IPv4Address: '10.0.1.7' } } };
    const networks = [{ name: 'mesh', id: idOf('mesh'), driver: 'overlay', scope: 'swarm' }];

    expect(blocked({ HostConfig: DEFAULT, NetworkSettings: { Networks }, details: seen({ networks }) })).toContain(
      'NetworkSettings.Networks.mesh.IPAMConfig: on a network of the swarm',
    );
  });

  test('P2: a binding that published nothing is left out on engine 29, which would bring it to life', () => {
    const PortBindings = { '99/tcp': [{ HostIp: '', HostPort: '8952' }] };
    const web = inspectOf('web', { HostConfig: { PortBindings } });

    expect(specOf(web, { engine: engineOfApi('1.52') }).HostConfig['PortBindings']).toEqual({});
  });

  test('V9: a container whose volume is gone is left alone (the engine removes none that is in use)', () => {
    expect(blocked({ HostConfig: DEFAULT, details: seen({ missingVolumes: ['shop_data'] }) })).toBe(
      'the engine no longer has its volume shop_data',
    );
  });

  test.each(['image', 'cluster', 'npipe', 'from-the-future'])(
    'V15: a mount of type %s leaves the container alone',
    (Type) => {
      const Mounts = [{ Type, Source: 'assets:1', Target: '/a' }];

      expect(blocked({ HostConfig: { ...DEFAULT, Mounts } })).toContain(
        `HostConfig.Mounts[0].Type: /a is a mount of type ${Type}`,
      );
    },
  );

  test('Privileged: is reported, and left to a person (this machine may not run one)', () => {
    expect(blocked({ HostConfig: { ...DEFAULT, Privileged: true } })).toContain('it is privileged');
  });

  test('Privileged: masks of none stay none, and are not the engine’s list', () => {
    const HostConfig = { MaskedPaths: null, ReadonlyPaths: null } as Deviations['HostConfig'] & object;

    expect(specOf(inspectOf('web', { HostConfig })).HostConfig).toMatchObject({
      MaskedPaths: null,
      ReadonlyPaths: null,
    });
  });

  test('DeviceRequests: graphics cards are asked for again in the same words (needs one)', () => {
    const DeviceRequests = [{ Driver: 'nvidia', Count: -1, DeviceIDs: null, Capabilities: [['gpu']], Options: {} }];
    const HostConfig = { DeviceRequests } as Deviations['HostConfig'] & object;

    expect(specOf(inspectOf('web', { HostConfig })).HostConfig['DeviceRequests']).toEqual(DeviceRequests);
  });

  test('Capabilities: the list that engine 19.03 alone has is left out', () => {
    const HostConfig = { Capabilities: ['CAP_CHOWN'] } as Deviations['HostConfig'] & object;

    expect(specOf(inspectOf('web', { HostConfig })).HostConfig).not.toHaveProperty('Capabilities');
  });

  test('Binds: a path of Windows leaves the container alone (needs Docker Desktop)', () => {
    const Mounts = [{ Type: 'bind', Source: 'C:\\shop', Destination: '/shop' }];

    expect(blocked({ HostConfig: { ...DEFAULT, Binds: ['C:\\shop:/shop'] }, Mounts })).toContain(
      'HostConfig.Binds: C:\\shop is a path of Windows',
    );
  });

  test('Platform: a container of Windows is left alone (needs Windows)', () => {
    const web = container('web', { HostConfig: DEFAULT, details: seen() });
    const windows = { ...web, inspect: { ...web.inspect, Platform: 'windows' } };

    expect(changeOf('web', host(windows)).blocked?.because).toContain('Platform: windows');
  });
});

function blocked(deviations: Deviations, apiVersion = '1.41'): string | undefined {
  return changeOf('web', host(container('web', { details: seen(), ...deviations }), apiVersion)).blocked?.because;
}

function host(web: Container, apiVersion = '1.41'): Snapshot {
  return snapshot([web], { engine: { ...snapshot([]).engine, apiVersion } });
}
