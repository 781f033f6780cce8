import { describe, expect, test } from '@jest/globals';
import { configuredPorts, publishedPorts } from '../../src/model/published-ports.ts';
import type { PublishedPort } from '../../src/model/finding.ts';
import type { Deviations } from '../support/containers.ts';
import { STOPPED, inspectOf } from '../support/containers.ts';

describe('publishedPorts', () => {
  const cases: Readonly<Record<string, readonly [Deviations, readonly string[]]>> = {
    'tells both rows of a binding to every address': [
      running({ '80/tcp': [row('0.0.0.0', '80'), row('::', '80')] }),
      ['0.0.0.0:80→80/tcp running', ':::80→80/tcp running'],
    ],
    'tells an IPv6-only binding': [running({ '443/tcp': [row('::1', '443')] }), ['::1:443→443/tcp running']],
    'tells udp and sctp': [
      running({ '53/udp': [row('10.0.0.5', '53')], '132/sctp': [row('0.0.0.0', '132')] }),
      ['10.0.0.5:53→53/udp running', '0.0.0.0:132→132/sctp running'],
    ],
    'tells the number the engine chose while the container runs': [
      running({ '80/tcp': [row('0.0.0.0', '32768')] }, { '80/tcp': [row('', '')] }),
      ['0.0.0.0:32768→80/tcp running'],
    ],
    'tells the port the engine picked from a range while the container runs': [
      running({ '80/tcp': [row('0.0.0.0', '1020')] }, { '80/tcp': [row('', '1020-1030')] }),
      ['0.0.0.0:1020→80/tcp running'],
    ],
    'tells a paused container as running': [
      { ...running({ '80/tcp': [row('', '80')] }), State: { Status: 'paused', Running: true, Paused: true } },
      [':80→80/tcp running'],
    ],
    'leaves out a binding that a running container does not have in effect': [
      running({}, { '80/tcp': [row('', '80')] }),
      [],
    ],
    'leaves out a port that is only exposed': [running({ '80/tcp': null, '81/tcp': [] }), []],
    'tells what a stopped container will bind': [stopped({ '80/tcp': [row('', '80')] }), [':80→80/tcp configured']],
    'tells what a crash loop will bind at its next attempt': [
      { ...stopped({ '80/tcp': [row('', '80')] }), State: { Status: 'restarting', Running: true, Restarting: true } },
      [':80→80/tcp configured'],
    ],
    'tells a range of a stopped container from end to end': [
      stopped({ '80/tcp': [row('', '1020-1030')] }),
      [':1020-1030→80/tcp configured'],
    ],
    'leaves out a port of a stopped container that the engine will choose': [
      {
        HostConfig: { PublishAllPorts: true, PortBindings: { '80/tcp': [row('', ''), row('10.0.0.5', '0')] } },
        State: STOPPED,
      },
      [],
    ],
    'leaves out null and empty bindings of a stopped container': [stopped({ '80/tcp': null, '81/tcp': [] }), []],
    'reads a key without a protocol as tcp': [stopped({ '80': [row('', '80')] }), [':80→80/tcp configured']],
    'leaves out what is no port at all': [
      stopped({ '80/tcp': [row('', 'http'), row('', '70000'), row('', '90-80')], 'x/tcp': [row('', '80')] }),
      [],
    ],
    'survives rows without fields': [stopped({ '80/tcp': [{}] }), []],
    'tells ports in the order of their numbers': [
      stopped({ '443/tcp': [row('', '443')], '53/udp': [row('', '53')], '80/tcp': [row('', '80')] }),
      [':53→53/udp configured', ':80→80/tcp configured', ':443→443/tcp configured'],
    ],
  };

  test.each(Object.entries(cases))('%s', (_sentence, [deviations, expected]) => {
    const ports = publishedPorts(inspectOf('web', deviations));

    expect(ports.map(words)).toEqual(expected);
  });

  test.each(['host', 'none', 'container:3f1c'])('leaves out bindings that network mode %s discards', (NetworkMode) => {
    const inspect = inspectOf('web', {
      State: STOPPED,
      HostConfig: { NetworkMode, PortBindings: { '80/tcp': [row('', '80')] } },
    });

    expect(publishedPorts(inspect)).toEqual([]);
    expect(configuredPorts(inspect)).toEqual([]);
  });

  test.each(['default', 'bridge', '', 'shop_backend'])('reads bindings under network mode %j', (NetworkMode) => {
    const inspect = inspectOf('web', {
      State: STOPPED,
      HostConfig: { NetworkMode, PortBindings: { '80/tcp': [row('', '80')] } },
    });

    expect(publishedPorts(inspect)).toHaveLength(1);
  });
});

describe('configuredPorts', () => {
  test('tells what a running container holds now and what it may ask for at its next start', () => {
    const inspect = inspectOf(
      'web',
      running({ '80/tcp': [row('0.0.0.0', '8001')] }, { '80/tcp': [row('', '8000-8010')] }),
    );

    expect(configuredPorts(inspect).map(words)).toEqual([
      ':8000-8010→80/tcp configured',
      '0.0.0.0:8001→80/tcp running',
    ]);
  });

  test('tells the bindings of a stopped container', () => {
    const inspect = inspectOf('web', stopped({ '80/tcp': [row('127.0.0.1', '8080')] }));

    expect(configuredPorts(inspect).map(words)).toEqual(['127.0.0.1:8080→80/tcp configured']);
  });
});

type Bindings = NonNullable<NonNullable<Deviations['HostConfig']>['PortBindings']>;

function row(HostIp: string, HostPort: string): { readonly HostIp: string; readonly HostPort: string } {
  return { HostIp, HostPort };
}

function running(Ports: Bindings, PortBindings: Bindings = Ports): Deviations {
  return { HostConfig: { PortBindings }, NetworkSettings: { Ports } };
}

function stopped(PortBindings: Bindings): Deviations {
  return { State: STOPPED, HostConfig: { PortBindings }, NetworkSettings: { Ports: {} } };
}

function words({ hostIp, hostPort, hostPortEnd, containerPort, protocol, state }: PublishedPort): string {
  const range = hostPort === hostPortEnd ? String(hostPort) : `${hostPort}-${hostPortEnd}`;
  return `${hostIp}:${range}→${containerPort}/${protocol} ${state}`;
}
