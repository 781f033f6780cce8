import { describe, expect, test } from '@jest/globals';
import { whyStopFirst } from '../../src/plan/why-stop-first.ts';
import type { Deviations } from '../support/containers.ts';
import { idOf, STOPPED } from '../support/containers.ts';
import { aPlaybook } from '../support/a-playbook.ts';
import { snapshot } from '../support/containers.ts';
import { changeOf, publishing } from '../support/planned.ts';

const MOVES = [{ protocol: 'tcp', ip: '', from: 80, to: 8080, containerPort: 80 }] as const;
const START_FIRST = aPlaybook({
  rollout: { batches: ['100%'], pauseSeconds: 0, order: 'start-first', maxFailures: 1 },
});

function why(deviations: Deviations = {}, ports: readonly string[] = ['80:80']): string | undefined {
  return whyStopFirst(publishing('shop', ports, deviations), MOVES, false);
}

describe('both containers may run for a while', () => {
  test.each<[string, Deviations]>([
    ['when all host ports move and nothing else is shared', {}],
    ['when it can only read what is mounted', { Mounts: [{ Type: 'bind', Destination: '/www', RW: false }] }],
    ['when what it writes to is its own memory', { Mounts: [{ Type: 'tmpfs', Destination: '/tmp', RW: true }] }],
    [
      'when its alias is the one the engine gives',
      { NetworkSettings: { Networks: { front: { Aliases: [idOf('shop').slice(0, 12)] } } } },
    ],
  ])('%s', (_when, deviations) => {
    expect(why(deviations)).toBeUndefined();
  });

  test('and then the plan says so, where the playbook asks for it', () => {
    const shop = publishing('shop', ['80:80']);

    expect(changeOf('shop', snapshot([shop]), { playbook: START_FIRST })).toMatchObject({
      order: 'start-first',
      downtimeSeconds: 0,
    });
    expect(changeOf('shop', snapshot([shop]))).toMatchObject({ order: 'stop-first', downtimeSeconds: 2 });
  });
});

describe('the old one must stop first', () => {
  test.each<[string, Deviations, RegExp]>([
    ['when it is stopped', { State: STOPPED }, /does not run/],
    ['when a volume can be written to', { Mounts: [{ Type: 'volume', Destination: '/data', RW: true }] }, /volume/],
    ['when a folder of the host can be written to', { Mounts: [{ Type: 'bind', Destination: '/data' }] }, /folder/],
    [
      'when its address is fixed',
      { NetworkSettings: { Networks: { front: { IPAMConfig: { IPv4Address: '10.1.1.9' } } } } },
      /fixed address/,
    ],
    ['when its MAC address is fixed', { Config: { MacAddress: '02:42:ac:11:00:09' } }, /fixed address/],
    [
      'when it is found by an alias',
      { NetworkSettings: { Networks: { front: { Aliases: ['till'] } } } },
      /alias, which would lead to both/,
    ],
    ['when it has a host name', { Config: { Hostname: 'db-1' } }, /host name/],
    ['when it is in the network of the host', { HostConfig: { NetworkMode: 'host' } }, /network of the host/],
    ['when it sees the processes of the host', { HostConfig: { PidMode: 'host' } }, /namespaces of the host/],
    ['when it lives in another’s network', { HostConfig: { NetworkMode: 'container:vpn' } }, /holds on to another/],
    ['when it is privileged', { HostConfig: { Privileged: true } }, /privileged/],
    ['when it has a device', { HostConfig: { Devices: [{ PathOnHost: '/dev/fuse' }] } }, /device/],
  ])('%s', (_when, deviations, because) => {
    expect(why(deviations)).toMatch(because);
  });

  test('when one of its host ports stays', () => {
    expect(why({}, ['80:80', '9000:9000'])).toMatch(/host ports stay/);
  });

  test('when none of its host ports moves', () => {
    expect(whyStopFirst(publishing('shop', ['8080:80']), [], false)).toMatch(/none of its host ports moves/);
  });

  test('when others hold on to it', () => {
    expect(whyStopFirst(publishing('shop', ['80:80']), MOVES, true)).toMatch(/other containers hold on/);
  });
});
