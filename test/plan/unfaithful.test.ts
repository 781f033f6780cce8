import { describe, expect, test } from '@jest/globals';
import type { Container, Snapshot } from '../../src/model/snapshot.ts';
import { unfaithful } from '../../src/plan/unfaithful.ts';
import type { Deviations } from '../support/containers.ts';
import { container, idOf, snapshot, STOPPED } from '../support/containers.ts';
import { seen } from '../support/planned.ts';

const anchor = container('anchor');
const parked = container('parked', { State: STOPPED });
const scratch = container('scratch', { HostConfig: { Mounts: [{ Type: 'tmpfs', Target: '/fast' }] } });
const overlay = { name: 'mesh', id: idOf('mesh'), driver: 'overlay', scope: 'swarm' };

describe('a container that could not be made again as it is', () => {
  test.each<[string, Deviations, string]>([
    ['of Windows', { Platform: 'windows' } as Deviations, 'Platform: windows'],
    [
      'with a mount nobody knows',
      {
        HostConfig: {
          Mounts: [
            { Type: 'bind', Target: '/a' },
            { Type: 'image', Source: 'assets:1', Target: '/b' },
          ],
        },
      },
      'HostConfig.Mounts[1].Type: /b is a mount of type image',
    ],
    [
      'that shows a mount nobody knows',
      { Mounts: [{ Type: 'npipe', Destination: '/pipe' }] },
      'Mounts[0].Type: /pipe is a mount of type npipe',
    ],
    [
      'with a path of Windows',
      {
        HostConfig: { Binds: ['C:\\shop:/shop'] },
        Mounts: [{ Type: 'bind', Source: 'C:\\shop', Destination: '/shop' }],
      },
      'HostConfig.Binds: C:\\shop is a path of Windows',
    ],
    [
      'whose bind is missing',
      {
        HostConfig: { Binds: ['/srv/www:/www:ro'] },
        Mounts: [{ Type: 'bind', Source: '/srv/www', Destination: '/www' }],
        details: lacking('/srv/www'),
      },
      'HostConfig.Binds: /srv/www, mounted at /www, is not on the host any more: an empty folder would take its place',
    ],
    [
      'whose bind, asked for as a mount, is missing',
      {
        HostConfig: { Mounts: [{ Type: 'bind', Source: '/srv/www', Target: '/www/' }] },
        Mounts: [{ Type: 'bind', Source: '/srv/www', Destination: '/www' }],
        details: lacking('/srv/www'),
      },
      'HostConfig.Mounts[0]: /srv/www, mounted at /www, is not on the host any more: nothing could be started',
    ],
    [
      'whose inherited bind is missing',
      {
        HostConfig: { VolumesFrom: ['anchor'] },
        Mounts: [{ Type: 'bind', Source: '/srv/www', Destination: '/www' }],
        details: lacking('/srv/www'),
      },
      'HostConfig.VolumesFrom: /srv/www',
    ],
    [
      'whose device is missing',
      { HostConfig: { Devices: [{ PathOnHost: '/dev/ttyUSB0' }] }, details: lacking('/dev/ttyUSB0') },
      'HostConfig.Devices[0].PathOnHost: /dev/ttyUSB0 is not on the host any more',
    ],
    [
      'that has the volumes of one that is gone',
      { HostConfig: { VolumesFrom: ['anchor:ro', idOf('gone')] } },
      `HostConfig.VolumesFrom[1]: there is no container ${idOf('gone').slice(0, 12)} any more`,
    ],
    [
      'that has the volumes of one with a tmpfs mount',
      { HostConfig: { VolumesFrom: [scratch.id] } },
      'HostConfig.VolumesFrom[0]: scratch has a tmpfs mount at /fast',
    ],
    [
      'in the network of one that is gone',
      { HostConfig: { NetworkMode: `container:${idOf('gone')}` } },
      `HostConfig.NetworkMode: the container ${idOf('gone').slice(0, 12)}, which it shares that with, is gone`,
    ],
    [
      'in the processes of one that does not run',
      { HostConfig: { PidMode: 'container:parked' } },
      'HostConfig.PidMode: parked, which it shares that with, does not run',
    ],
    [
      'in the memory of one that does not run',
      { HostConfig: { IpcMode: `container:${parked.id}` } },
      'HostConfig.IpcMode: parked',
    ],
    [
      'linked to one that does not run',
      { HostConfig: { Links: ['/anchor:/web/a', '/parked:/web/b'] } },
      'HostConfig.Links[1]: parked does not run',
    ],
    ['linked to one that is gone', { HostConfig: { Links: ['/db:/web/db'] } }, 'HostConfig.Links[0]: db is gone'],
    [
      'on no network',
      { NetworkSettings: { Networks: {} } },
      'NetworkSettings.Networks: it was disconnected from every network',
    ],
    [
      'whose network’s name stands for another',
      {
        NetworkSettings: { Networks: { front: { NetworkID: idOf('front') } } },
        details: seen({ networks: [{ name: 'front', id: idOf('front anew'), driver: 'bridge', scope: 'local' }] }),
      },
      `NetworkSettings.Networks.front.NetworkID: the name stands for another network now (${idOf('front anew').slice(0, 12)} instead of ${idOf('front').slice(0, 12)})`,
    ],
    [
      'whose network’s name stands for none',
      {
        NetworkSettings: { Networks: { front: { NetworkID: idOf('front') } } },
        details: seen({ networks: [{ name: 'front', id: null, driver: '', scope: '' }] }),
      },
      'NetworkSettings.Networks.front.NetworkID: the name stands for no network',
    ],
    [
      'with an address on a network of the swarm',
      {
        NetworkSettings: {
          Networks: { mesh: { NetworkID: overlay.id, IPAMConfig: { IPv4Address: '10.0.1.7' } } },
        },
        details: seen({ networks: [overlay] }),
      },
      'NetworkSettings.Networks.mesh.IPAMConfig: on a network of the swarm',
    ],
  ])('%s is refused, with the setting named', (_what, deviations, because) => {
    expect(unfaithful(web(deviations), host())?.because).toContain(because);
  });

  test('is not one on the engine’s own bridge, which is another after each start of the engine', () => {
    const networks = [{ name: 'bridge', id: idOf('bridge anew'), driver: 'bridge', scope: 'local' }];
    const before = { NetworkSettings: { Networks: { bridge: { NetworkID: idOf('bridge') } } } };

    expect(unfaithful(web({ ...before, details: seen({ networks }) }), host())).toBeUndefined();
  });

  test('with a setting of one interface, which engines from 28 on refuse', () => {
    const tuned = web({ HostConfig: { Sysctls: { 'net.ipv4.conf.eth0.rp_filter': '2' } } });

    expect(unfaithful(tuned, host('1.48'))?.because).toContain('HostConfig.Sysctls.net.ipv4.conf.eth0.rp_filter');
    expect(unfaithful(tuned, host('1.47'))).toBeUndefined();
  });
});

describe('a container that could', () => {
  test.each<[string, Deviations]>([
    ['is an ordinary one', {}],
    ['has mounts of every known kind', { Mounts: ['bind', 'volume', 'tmpfs'].map(mountOf) }],
    ['has what it needs of the host', { Mounts: [mountOf('bind')], details: seen({ hostPaths: [there('/srv')] }) }],
    [
      'has what nobody could look at; the plan warns of that',
      {
        Mounts: [mountOf('bind')],
        details: seen({ hostPaths: [{ path: '/srv', exists: { known: false, because: 'no shell' } }] }),
      },
    ],
    ['has the volumes of one that does not run', { HostConfig: { VolumesFrom: ['parked:ro'] } }],
    [
      'shares with one that runs',
      { HostConfig: { NetworkMode: `container:${anchor.id}`, PidMode: 'container:anchor' } },
    ],
    ['shares with the host', { HostConfig: { NetworkMode: 'host', PidMode: 'host', IpcMode: 'host' } }],
    ['is linked to one that runs', { HostConfig: { Links: ['/anchor:/web/a'] } }],
    ['was made without a network', { HostConfig: { NetworkMode: 'none' }, NetworkSettings: { Networks: {} } }],
    ['is on a network of the swarm, with no address to it', { details: seen({ networks: [overlay] }) }],
    ['has settings of every interface', { HostConfig: { Sysctls: { 'net.ipv4.ip_forward': '1' } } }],
  ])('%s, and is not refused', (_what, deviations) => {
    expect(unfaithful(web(deviations), host('1.51'))).toBeUndefined();
  });
});

function web({ ...deviations }: Deviations & { readonly Platform?: string }): Container {
  const made = container('web', { details: seen(), ...deviations });
  const { Platform } = deviations;
  return Platform === undefined ? made : { ...made, inspect: { ...made.inspect, Platform } as Container['inspect'] };
}

function host(apiVersion = '1.41'): Snapshot {
  const containers = [anchor, parked, scratch];
  return snapshot(containers, { engine: { ...snapshot([]).engine, apiVersion } });
}

function mountOf(Type: string) {
  return { Type, Source: '/srv', Destination: `/${Type}` };
}

function there(path: string) {
  return { path, exists: { known: true, value: true } } as const;
}

function lacking(path: string) {
  return seen({ hostPaths: [there('/srv/other'), { path, exists: { known: true, value: false } }] });
}
