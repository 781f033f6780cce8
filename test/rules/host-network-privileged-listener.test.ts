import { describe, expect, test } from '@jest/globals';
import type { Listener } from '../../src/model/machine.ts';
import type { Container, Snapshot } from '../../src/model/snapshot.ts';
import { hostNetworkPrivilegedListener } from '../../src/rules/host-network-privileged-listener.ts';
import type { RuleCase } from '../support/describe-rule.ts';
import { STOPPED, container, idOf, snapshot } from '../support/containers.ts';
import { describeRule } from '../support/describe-rule.ts';

const proxy = container('proxy', { HostConfig: { NetworkMode: 'host' } });
const sidecar = container('sidecar', { HostConfig: { NetworkMode: `container:${idOf('proxy')}` } });
const sidecarOfSidecar = container('logger', { HostConfig: { NetworkMode: 'container:sidecar' } });
const web = container('web');
const all = [proxy, sidecar, sidecarOfSidecar, web];
const NOT_READ = { known: false, because: 'no shell' } as const;

describeRule(hostNetworkPrivilegedListener, {
  settings: {},
  catches: {
    'a container that listens on port 80 of the host': on(proxy, [ownedBy('proxy', 'tcp', 80)]),
    'a listener on udp': on(proxy, [ownedBy('proxy', 'udp', 53)]),
    'port 1023': on(proxy, [ownedBy('proxy', 'tcp', 1023)]),
    'a container that joins one on the host network': on(sidecar, [ownedBy('sidecar', 'tcp', 80)]),
    'a container that got into the host network by itself': on(web, [ownedBy('web', 'tcp', 80)]),
    'a host whose listeners could not be read': on(proxy, NOT_READ),
    'a joined host network where listeners could not be read': on(sidecarOfSidecar, NOT_READ),
    'a listener below 1024 that may be anybody’s': on(proxy, [{ ...listener('tcp', 80), unattributed: 'no root' }]),
  },
  allows: {
    'a container on the host network that listens at 1024 and above': on(proxy, [ownedBy('proxy', 'tcp', 1024)]),
    'a listener below 1024 of another container': on(proxy, [ownedBy('sidecar', 'tcp', 80)]),
    'a listener below 1024 of the host itself': on(proxy, [{ ...listener('tcp', 22), process: 'sshd' }]),
    'a container with a network of its own, where listeners could not be read': on(web, NOT_READ),
    'a container with a network of its own beside anybody’s listener': on(web, [
      { ...listener('tcp', 80), unattributed: 'no root' },
    ]),
    'a stopped container, which listens nowhere': [
      container('proxy', { HostConfig: { NetworkMode: 'host' }, State: STOPPED }),
      snapshot([], { machine: { listeners: NOT_READ } }),
    ],
    'containers that join each other in a circle': joinedInACircle(),
  },
});

describe('what it says', () => {
  test('the listeners it found, with their processes', () => {
    const [subject, taken] = on(proxy, [
      { ...ownedBy('proxy', 'tcp', 80), process: 'haproxy' },
      { ...ownedBy('proxy', 'tcp', 80), ip: '::', process: 'haproxy' },
      ownedBy('proxy', 'udp', 443),
    ]);

    const violations = hostNetworkPrivilegedListener.check(subject, taken, {});

    expect(violations).toEqual([
      {
        severity: 'medium',
        because: 'listens on 80/tcp, 443/udp of the host, whose network it shares',
        evidence: {
          kind: 'listeners',
          listeners: [
            { protocol: 'tcp', ip: '0.0.0.0', port: 80, process: 'haproxy' },
            { protocol: 'tcp', ip: '::', port: 80, process: 'haproxy' },
            { protocol: 'udp', ip: '0.0.0.0', port: 443 },
          ],
        },
      },
    ]);
  });

  test('a loopback listener is of low severity', () => {
    const [subject, taken] = on(proxy, [{ ...ownedBy('proxy', 'tcp', 80), ip: '127.0.0.1' }]);

    expect(hostNetworkPrivilegedListener.check(subject, taken, {})[0]?.severity).toBe('low');
  });

  test('what it could not find out, and why', () => {
    const [subject, taken] = on(proxy, [
      { ...listener('tcp', 22), unattributed: 'no root' },
      { ...listener('tcp', 80), unattributed: 'no root' },
    ]);

    expect(hostNetworkPrivilegedListener.check(subject, taken, {})).toEqual([
      {
        severity: 'low',
        because: "shares the host's network, and who listens on 22/tcp, 80/tcp could not be found: no root",
        evidence: { kind: 'unknown', missing: 'who listens on 22/tcp, 80/tcp could not be found: no root' },
      },
    ]);
  });
});

function on(subject: Container, listeners: readonly Listener[] | typeof NOT_READ): readonly [Container, Snapshot] {
  const known = 'known' in listeners ? listeners : { known: true as const, value: listeners };
  return [subject, snapshot(all, { machine: { listeners: known } })];
}

function listener(protocol: 'tcp' | 'udp', port: number): Listener {
  return { protocol, ip: '0.0.0.0', port };
}

function ownedBy(name: string, protocol: 'tcp' | 'udp', port: number): Listener {
  return { ...listener(protocol, port), containerId: idOf(name) };
}

function joinedInACircle(): RuleCase {
  const a = container('a1', { HostConfig: { NetworkMode: 'container:b1' } });
  const b = container('b1', { HostConfig: { NetworkMode: 'container:a1' } });
  return [a, snapshot([a, b], { machine: { listeners: NOT_READ } })];
}
