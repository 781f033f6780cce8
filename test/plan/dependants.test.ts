import { describe, expect, test } from '@jest/globals';
import type { HostConfig } from '../../src/model/snapshot.ts';
import { dependantsOf } from '../../src/plan/dependants.ts';
import type { Deviations } from '../support/containers.ts';
import { container, idOf, snapshot, STOPPED } from '../support/containers.ts';

const vpn = container('vpn');
const ID = idOf('vpn');

describe('a container holds on to another', () => {
  test.each<readonly [string, HostConfig, string]>([
    ['by living in its network', { NetworkMode: `container:${ID}` }, 'network_mode'],
    ['by the name of the network owner', { NetworkMode: 'container:vpn' }, 'network_mode'],
    ['by its short id', { NetworkMode: `container:${ID.slice(0, 12)}` }, 'network_mode'],
    ['by the start of its id', { VolumesFrom: [ID.slice(0, 4)] }, 'volumes_from'],
    ['by sharing its processes', { PidMode: `container:${ID}` }, 'pid'],
    ['by sharing its memory', { IpcMode: `container:${ID}` }, 'ipc'],
    ['by using its volumes', { VolumesFrom: ['vpn'] }, 'volumes_from'],
    ['by using its volumes, read only', { VolumesFrom: ['data:rw', 'vpn:ro'] }, 'volumes_from'],
    ['by using its volumes with a label', { VolumesFrom: [`${ID}:ro,z`] }, 'volumes_from'],
    ['by using its volumes in another spelling', { VolumesFrom: ['/vpn:z,ro'] }, 'volumes_from'],
    ['by a link', { Links: ['/vpn:/app/tunnel'] }, 'link'],
    ['by a link as it was typed', { Links: ['vpn:tunnel'] }, 'link'],
  ])('%s', (_sentence, hostConfig, through) => {
    const app = container('app', { HostConfig: hostConfig });

    expect(dependantsOf(vpn, snapshot([vpn, app]))).toEqual([{ name: 'app', through }]);
  });

  test('also when it does not run', () => {
    const app = container('app', { State: STOPPED, HostConfig: { NetworkMode: `container:${ID}` } });

    expect(dependantsOf(vpn, snapshot([vpn, app]))).toHaveLength(1);
  });

  test('in each of several ways', () => {
    const app = container('app', { HostConfig: { NetworkMode: `container:${ID}`, VolumesFrom: ['vpn'] } });

    expect(dependantsOf(vpn, snapshot([vpn, app])).map(({ through }) => through)).toEqual([
      'network_mode',
      'volumes_from',
    ]);
  });
});

describe('a container does not hold on to another', () => {
  test.each<readonly [string, Deviations]>([
    ['by sharing a network with it', { HostConfig: { NetworkMode: 'vpn' } }],
    ['by the host’s namespaces', { HostConfig: { NetworkMode: 'host', PidMode: 'host', IpcMode: 'shareable' } }],
    ['by a name that begins alike', { HostConfig: { VolumesFrom: ['vpn2'], Links: ['/vpn-db:/app/vpn'] } }],
    ['by holding on to a third', { HostConfig: { NetworkMode: `container:${idOf('db')}` } }],
    ['by null', { HostConfig: { VolumesFrom: null, Links: null } }],
  ])('%s', (_sentence, deviations) => {
    expect(dependantsOf(vpn, snapshot([vpn, container('app', deviations)]))).toEqual([]);
  });

  test('by a name that another container has, though its id begins so', () => {
    const prefix = ID.slice(0, 6);
    const containers = [vpn, container(prefix), container('app', { HostConfig: { VolumesFrom: [prefix] } })];

    expect(dependantsOf(vpn, snapshot(containers))).toEqual([]);
  });

  test('when it is itself', () => {
    const odd = container('odd', { HostConfig: { VolumesFrom: ['odd'] } });

    expect(dependantsOf(odd, snapshot([odd]))).toEqual([]);
  });
});
