import { describe, expect, test } from '@jest/globals';
import { dependantsIn, holdersAmong } from '../../src/model/references.ts';
import type { Container, HostConfig } from '../../src/model/snapshot.ts';
import type { Deviations } from '../support/containers.ts';
import { container, idOf, STOPPED } from '../support/containers.ts';

const vpn = container('vpn');
const ID = idOf('vpn');

function dependants(leader: Container, all: readonly Container[]): readonly object[] {
  return dependantsIn(leader, holdersAmong(all)).map(({ member, through }) => ({ name: member.name, through }));
}

describe('a container holds on to another', () => {
  test.each<readonly [string, HostConfig, string]>([
    ['by living in its network', { NetworkMode: `container:${ID}` }, 'network_mode'],
    ['by the name of the network owner', { NetworkMode: 'container:vpn' }, 'network_mode'],
    ['by its short id', { NetworkMode: `container:${ID.slice(0, 12)}` }, 'network_mode'],
    ['by the start of its id', { VolumesFrom: [ID.slice(0, 4)] }, 'volumes_from'],
    ['by sharing its processes', { PidMode: `container:${ID}` }, 'pid'],
    ['by sharing its memory', { IpcMode: `container:${ID}` }, 'ipc'],
    ['by using its volumes', { VolumesFrom: [ID] }, 'volumes_from'],
    ['by using its volumes, read only', { VolumesFrom: ['data:rw', `${ID}:ro`] }, 'volumes_from'],
    ['by using its volumes with a label', { VolumesFrom: [`${ID}:ro,z`] }, 'volumes_from'],
    ['by a link', { Links: ['/vpn:/app/tunnel'] }, 'link'],
    ['by a link as it was typed', { Links: ['vpn:tunnel'] }, 'link'],
  ])('%s', (_sentence, hostConfig, through) => {
    const app = container('app', { HostConfig: hostConfig });

    expect(dependants(vpn, [vpn, app])).toEqual([{ name: 'app', through: [through] }]);
  });

  test('also when it does not run', () => {
    const app = container('app', { State: STOPPED, HostConfig: { NetworkMode: `container:${ID}` } });

    expect(dependants(vpn, [vpn, app])).toHaveLength(1);
  });

  test('in each of several ways', () => {
    const app = container('app', { HostConfig: { NetworkMode: `container:${ID}`, VolumesFrom: [ID] } });

    expect(dependants(vpn, [vpn, app])).toEqual([{ name: 'app', through: ['network_mode', 'volumes_from'] }]);
  });

  test('through others, each after all it holds on to', () => {
    const proxy = container('proxy', { HostConfig: { NetworkMode: `container:${idOf('app')}`, VolumesFrom: [ID] } });
    const app = container('app', { HostConfig: { NetworkMode: `container:${ID}` } });
    const agent = container('agent', { HostConfig: { PidMode: `container:${idOf('proxy')}` } });

    const names = dependantsIn(vpn, holdersAmong([agent, proxy, vpn, app])).map(({ member }) => member.name);

    expect(names).toEqual(['app', 'proxy', 'agent']);
  });
});

describe('a container does not hold on to another', () => {
  test.each<readonly [string, Deviations]>([
    ['by sharing a network with it', { HostConfig: { NetworkMode: 'vpn' } }],
    ['by the host’s namespaces', { HostConfig: { NetworkMode: 'host', PidMode: 'host', IpcMode: 'shareable' } }],
    ['by a name that begins alike', { HostConfig: { VolumesFrom: ['vpn2'], Links: ['/vpn-db:/app/vpn'] } }],
    ['by holding on to a third', { HostConfig: { NetworkMode: `container:${idOf('db')}` } }],
    [
      'by the name of one whose volumes it uses, as the name moves on',
      { HostConfig: { VolumesFrom: ['vpn', '/vpn:z,ro'] } },
    ],
    ['by null', { HostConfig: { VolumesFrom: null, Links: null } }],
  ])('%s', (_sentence, deviations) => {
    expect(dependants(vpn, [vpn, container('app', deviations)])).toEqual([]);
  });

  test('by a name that another container has, though its id begins so', () => {
    const prefix = ID.slice(0, 6);
    const containers = [vpn, container(prefix), container('app', { HostConfig: { VolumesFrom: [prefix] } })];

    expect(dependants(vpn, containers)).toEqual([]);
  });

  test('when it is itself', () => {
    const odd = container('odd', { HostConfig: { VolumesFrom: ['odd'] } });

    expect(dependants(odd, [odd])).toEqual([]);
  });
});

test('ten thousand containers that each refer to a hundred others are sorted out in one pass', () => {
  const ids = Array.from({ length: 10_000 }, (_, at) => `c${at}`);
  const all = ids.map((name, at) =>
    container(name, { HostConfig: { VolumesFrom: ids.slice(Math.max(0, at - 100), at).map((other) => idOf(other)) } }),
  );
  const [first] = all;

  const found = first ? dependantsIn(first, holdersAmong(all)) : [];

  expect(found).toHaveLength(9999);
  expect(found.map(({ member }) => member.name).slice(0, 3)).toEqual(['c1', 'c2', 'c3']);
});
