import { describe, expect, test } from '@jest/globals';
import type { MachineFacts } from '../../src/model/machine.ts';
import type { Container } from '../../src/model/snapshot.ts';
import { servesNames } from '../../src/plan/name-service.ts';
import { aPlaybook } from '../support/a-playbook.ts';
import { container, snapshot } from '../support/containers.ts';
import { publishing } from '../support/planned.ts';

const PLAYBOOK = aPlaybook();
const onHost = container('resolver', { HostConfig: { NetworkMode: 'host' } });

describe('a container that the host itself asks for names is left alone', () => {
  test.each<readonly [string, Container, string]>([
    ['at its own address', container('pihole'), '172.17.0.2'],
    ['at every address of the host', publishing('pihole', ['53:53/udp']), '10.0.0.11'],
    ['at one address of the host', publishing('pihole', ['10.0.0.11:53:53/tcp']), '10.0.0.11'],
    ['at loopback', publishing('pihole', ['127.0.0.1:53:53/udp']), '127.0.0.1'],
    ["in the host's own network", onHost, '10.0.0.11'],
  ])('%s', (_where, server, asked) => {
    const blocked = servesNames(server, snapshot([server], { machine: asking(asked) }), PLAYBOOK);

    expect(blocked?.because).toContain(`nameserver ${asked} in its resolv.conf`);
  });

  test.each<readonly [string, Container, string]>([
    ['asks another machine', publishing('pihole', ['53:53/udp']), '10.0.0.1'],
    ['asks at another of its addresses', publishing('pihole', ['10.0.0.11:53:53/udp']), '127.0.0.53'],
    ['asks something else at that port', publishing('web', ['80:80', '5353:53/udp']), '10.0.0.11'],
  ])('but not when the host %s', (_whom, server, asked) => {
    expect(servesNames(server, snapshot([server], { machine: asking(asked) }), PLAYBOOK)).toBeUndefined();
  });

  test('but not when the playbook says that it is not in the way, nor when nobody knows whom the host asks', () => {
    const pihole = publishing('pihole', ['53:53/udp']);
    const playbook = aPlaybook({ containers: { ...PLAYBOOK.containers, notInTheWay: ['pihole'] } });

    expect(servesNames(pihole, snapshot([pihole], { machine: asking('10.0.0.11') }), playbook)).toBeUndefined();
    const machine = { network: { known: false, because: 'no shell there' } } as const;
    expect(servesNames(pihole, snapshot([pihole], { machine }), PLAYBOOK)).toBeUndefined();
  });
});

function asking(server: string): Partial<MachineFacts> {
  return {
    network: { known: true, value: { addresses: ['127.0.0.1', '10.0.0.11'], nameServers: ['9.9.9.9', server] } },
    listeners: { known: true, value: [{ protocol: 'udp', ip: '0.0.0.0', port: 53, containerId: onHost.id }] },
  };
}
