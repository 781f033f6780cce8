import { describe, expect, test } from '@jest/globals';
import type { PortBinding } from '../../src/model/snapshot.ts';
import { privilegedHostPort } from '../../src/rules/privileged-host-port.ts';
import type { Deviations } from '../support/containers.ts';
import { STOPPED, container, snapshot } from '../support/containers.ts';
import { describeRule } from '../support/describe-rule.ts';

const settings = { map: new Map([[80, 8080]]) };

describeRule(privilegedHostPort, {
  settings,
  catches: {
    'port 80 of the host, whatever the port inside': container('web', publishing('8080/tcp', '0.0.0.0', '80')),
    'port 1023, the last privileged one': container('web', publishing('80/tcp', '0.0.0.0', '1023')),
    'port 1, the first': container('web', publishing('80/tcp', '0.0.0.0', '1')),
    'a binding to an IPv6 address only': container('web', publishing('443/tcp', '2001:db8::5', '443')),
    udp: container('dns', publishing('53/udp', '0.0.0.0', '53')),
    sctp: container('sigtran', publishing('132/sctp', '0.0.0.0', '132')),
    'a loopback address': container('web', publishing('80/tcp', '127.0.0.1', '80')),
    'what a stopped container will bind': container('web', stopped('80/tcp', '80')),
    'a range that begins below 1024': container('web', stopped('80/tcp', '1020-1030')),
    'a port picked below 1024 from a range': container('web', publishing('80/tcp', '0.0.0.0', '1020')),
  },
  allows: {
    'a container that publishes nothing': container('web'),
    'port 1024': container('web', publishing('80/tcp', '0.0.0.0', '1024')),
    'a port above 1023 that leads to port 80 inside': container('web', publishing('80/tcp', '0.0.0.0', '8080')),
    'a port that is only exposed': container('web', { NetworkSettings: { Ports: { '80/tcp': null } } }),
    'a stopped container whose port the engine will choose': container('web', stopped('80/tcp', '')),
    'a stopped container whose port 0 the engine will choose': container('web', stopped('80/tcp', '0')),
    'a running container whose port the engine chose': container('web', publishing('80/tcp', '0.0.0.0', '32768')),
    'a stopped container that publishes all its ports': container('web', {
      State: STOPPED,
      HostConfig: { PublishAllPorts: true },
      Config: { ExposedPorts: { '80/tcp': {} } },
    }),
    'bindings that the host network discards': container('web', {
      HostConfig: { NetworkMode: 'host', PortBindings: { '80/tcp': [{ HostPort: '80' }] } },
    }),
    'bindings of a container in the network of another': container('web', {
      HostConfig: { NetworkMode: 'container:3f1c', PortBindings: { '80/tcp': [{ HostPort: '80' }] } },
    }),
  },
});

describe('what it says', () => {
  test('one violation tells every privileged port of a container, and the addresses of one binding together', () => {
    const web = container('web', {
      NetworkSettings: {
        Ports: {
          '80/tcp': [row('0.0.0.0', '80'), row('::', '80')],
          '443/tcp': [row('0.0.0.0', '443')],
          '8080/tcp': [row('0.0.0.0', '8080')],
        },
      },
    });

    const violations = privilegedHostPort.check(web, snapshot([web]), settings);

    expect(violations).toHaveLength(1);
    expect(violations[0]?.severity).toBe('medium');
    expect(violations[0]?.because).toBe(
      'publishes 80/tcp at host port 80 (0.0.0.0 and ::); publishes 443/tcp at host port 443 (0.0.0.0)',
    );
    expect(violations[0]?.evidence).toMatchObject({
      kind: 'ports',
      ports: [{ hostPort: 80, hostIp: '0.0.0.0' }, { hostPort: 80, hostIp: '::' }, { hostPort: 443 }],
    });
  });

  test.each([
    [
      'a range that reaches above 1023',
      '1020-1030',
      'may publish at its next start 80/tcp at a host port from 1020 to 1030 (every address)',
    ],
    [
      'a range that does not',
      '80-90',
      'will publish at its next start 80/tcp at a host port from 80 to 90 (every address)',
    ],
    ['one port', '80', 'will publish at its next start 80/tcp at host port 80 (every address)'],
  ])('%s of a stopped container is told as what its start will do', (_range, hostPort, because) => {
    const web = container('web', stopped('80/tcp', hostPort));

    expect(privilegedHostPort.check(web, snapshot([web]), settings)[0]?.because).toBe(because);
  });

  test.each([
    ['127.0.0.1 alone', ['127.0.0.1'], 'low'],
    ['both loopback addresses', ['127.0.0.53', '::1'], 'low'],
    ['a loopback and another address', ['127.0.0.1', '10.0.0.5'], 'medium'],
    ['every address', [''], 'medium'],
  ])('%s has its severity', (_addresses, ips, severity) => {
    const web = container('web', { NetworkSettings: { Ports: { '80/tcp': ips.map((ip) => row(ip, '80')) } } });

    expect(privilegedHostPort.check(web, snapshot([web]), settings)[0]?.severity).toBe(severity);
  });
});

function row(HostIp: string, HostPort: string): PortBinding {
  return { HostIp, HostPort };
}

function publishing(key: string, ip: string, port: string): Deviations {
  return {
    HostConfig: { PortBindings: { [key]: [row(ip, port)] } },
    NetworkSettings: { Ports: { [key]: [row(ip, port)] } },
  };
}

function stopped(key: string, port: string): Deviations {
  return { State: STOPPED, HostConfig: { PortBindings: { [key]: [row('', port)] } }, NetworkSettings: { Ports: {} } };
}
