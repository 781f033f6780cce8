import { describe, expect, test } from '@jest/globals';
import type { Listener, Login, MachineFacts } from '../../src/model/machine.ts';
import type { Container, Snapshot } from '../../src/model/snapshot.ts';
import { carriesConnection } from '../../src/plan/way-in.ts';
import { aPlaybook } from '../support/a-playbook.ts';
import type { Deviations } from '../support/containers.ts';
import { container, snapshot } from '../support/containers.ts';
import { publishing } from '../support/planned.ts';

const PLAYBOOK = aPlaybook();

describe('a container that publishes the way in', () => {
  test.each([
    ['ssh://deploy@web-1.example.com', '22:22', 22],
    ['ssh://web-1:2222', '2222:22', 2222],
    ['ssh://web-1:2222/run/docker.sock', '2200-2230:22', 2222],
    ['ssh://[2001:db8::7]:2222', '2222:22', 2222],
    ['tcp://10.0.0.9:2376', '2376:2375', 2376],
    // Behind a router, sshd is asked on another port than the inventory names.
    ['ssh://nat.example.com:40022', '22:22', 22],
  ])('is not recreated at %s when it publishes %s', (address, port, way) => {
    const bastion = publishing('bastion', [port]);

    const blocked = carried(bastion, [bastion], { address });

    expect(blocked?.because).toMatch(
      new RegExp(`^it publishes port ${way}, by which enforce reaches this host: stopping`),
    );
    expect(blocked?.hint).toContain('containers.not_in_the_way');
  });

  test('takes with it whatever shares its network', () => {
    const gate = publishing('gate', ['22:2222']);
    const sshd = container('login', { HostConfig: { NetworkMode: `container:${gate.id}` } });

    expect(carried(sshd, [gate, sshd])?.because).toMatch(/^it shares the network of gate, which publishes port 22, /);
  });

  test.each([
    ['ssh://web-1', '22:22/udp'],
    ['ssh://web-1', '2222:22'],
    ['unix:///var/run/docker.sock', '2022:22'],
    ['tcp://10.0.0.9:2376', '2375:2375'],
    ['', '2022:22'],
  ])('is not meant at %s by one that publishes %s', (address, port) => {
    const git = publishing('git', [port]);

    expect(carried(git, [git], { address })).toBeUndefined();
  });

  test('is not in the way where the host tells that nobody came by ssh, nor by TCP', () => {
    const git = publishing('git', ['22:22']);

    expect(carried(git, [git], { address: 'unix:///var/run/docker.sock', machine: cameBy(null) })).toBeUndefined();
  });
});

describe('a container at an end of the connection', () => {
  const address = 'ssh://web-1:2222';

  test.each<readonly [string, Partial<Login>, string]>([
    ['sshd in it', { serverIp: '172.17.0.2' }, 'ends at its address 172.17.0.2'],
    ['a relay in it', { clientIp: '::ffff:172.17.0.2' }, 'comes from its address ::ffff:172.17.0.2'],
    ['IPv6', { clientIp: '2001:db8::2' }, 'comes from its address 2001:db8::2'],
  ])('is told by its address: %s', (_what, login, because) => {
    const relay = container('relay', {
      NetworkSettings: { Networks: { front: { IPAddress: '172.17.0.2', GlobalIPv6Address: '2001:db8:0::2' } } },
    });

    expect(carried(relay, [relay], { address, machine: cameBy(login) })?.because).toContain(because);
  });

  test('is told by the shell that runs in it, whatever else could be read', () => {
    const sshd = container('login');
    const shell = { login: null, whereabouts: { containerIds: [sshd.id] } };

    const blocked = carried(sshd, [sshd], { machine: { shell: { known: true, value: shell } } });

    expect(blocked?.because).toMatch(/^the shell by which enforce reaches this host runs in it/);
  });
});

describe("a container in the host's own network", () => {
  const HOST: Deviations = { HostConfig: { NetworkMode: 'host' } };
  const at = (port: number, rest: Partial<Listener>): Partial<MachineFacts> => ({
    listeners: { known: true, value: [{ protocol: 'tcp', ip: '0.0.0.0', port, ...rest }] },
  });

  test('is in the way when it listens there itself', () => {
    const sslh = container('sslh', HOST);

    const blocked = carried(sslh, [sslh], {
      address: 'ssh://web-1:443',
      machine: at(443, { containerId: sslh.id, process: 'sslh' }),
    });

    expect(blocked?.because).toMatch(/^it listens on port 443 of the host, by which enforce reaches it/);
  });

  test('may be in the way when nobody knows who listens and the connection is passed on', () => {
    const sslh = container('sslh', HOST);
    const machine = { ...at(443, { unattributed: 'no root' }), ...cameBy({ clientIp: '10.0.0.11' }) };

    const blocked = carried(sslh, [sslh], { address: 'ssh://web-1:443', machine });

    expect(blocked?.because).toMatch(/^it shares the host's network, and who listens there on port 443, .*\(no root\)/);
  });

  test.each<readonly [string, Partial<MachineFacts>]>([
    ['listens elsewhere', at(80, { process: 'nginx' })],
    ['does not listen, as the host itself does', at(22, { process: 'sshd' })],
    ['shares it while the connection comes from afar', at(22, { unattributed: 'no root' })],
  ])('is not when it %s', (_why, machine) => {
    const edge = container('edge', HOST);

    expect(carried(edge, [edge], { machine })).toBeUndefined();
  });
});

describe('over TCP, what reaches the engine', () => {
  const address = 'tcp://10.0.0.9:2376';
  const SOCKET: Deviations = { Mounts: [{ Source: '/var/run/docker.sock', Destination: '/s' }] };

  test.each<readonly [string, Deviations]>([
    ['is known to pass requests on', { ...SOCKET, Config: { Image: 'tecnativa/docker-socket-proxy:0.3' } }],
    ["is in the host's own network", { ...SOCKET, HostConfig: { NetworkMode: 'host' } }],
  ])('may carry the requests when it %s', (_how, deviations) => {
    const proxy = container('proxy', deviations);

    expect(carried(proxy, [proxy], { address })?.because).toContain('may be what passes on the requests of enforce');
  });

  test('may carry them when another container publishes the port', () => {
    const [proxy, front] = [container('proxy', SOCKET), publishing('front', ['2376:443'])];

    expect(carried(proxy, [proxy, front], { address })?.because).toContain('it can reach the engine');
  });

  test('is not in the way when the engine itself listens, or enforce comes by ssh', () => {
    const traefik = container('traefik', SOCKET);

    expect(carried(traefik, [traefik], { address })).toBeUndefined();
    expect(carried(traefik, [traefik])).toBeUndefined();
  });
});

describe('a tunnel or gateway', () => {
  const vpn = container('vpn-home', { Config: { Image: 'linuxserver/wireguard:1.0' } });

  test('is left alone when enforce comes from afar', () => {
    expect(carried(vpn, [vpn])?.because).toMatch(/^it may be the tunnel .* \(its image is linuxserver\/wireguard\)/);
  });

  test('is left alone on the local socket too, when whoever works there came by ssh', () => {
    const address = 'unix:///var/run/docker.sock';

    expect(carried(vpn, [vpn], { address })).toBeDefined();
    expect(carried(vpn, [vpn], { address, machine: cameBy(null) })).toBeUndefined();
  });

  test('is changed when the playbook says that it is not in the way', () => {
    const playbook = aPlaybook({ containers: { ...PLAYBOOK.containers, notInTheWay: ['vpn-*'] } });

    expect(carriesConnection(vpn, snapshot([vpn]), playbook)).toBeUndefined();
  });
});

function carried(container: Container, all: readonly Container[], host: Parameters<typeof snapshot>[1] = {}) {
  const taken: Snapshot = snapshot(all, host);
  return carriesConnection(container, taken, PLAYBOOK);
}

/** By this connection, on a host that is otherwise as it is; by none when null. */
function cameBy(different: Partial<Login> | null): Partial<MachineFacts> {
  const login = different && { clientIp: '192.0.2.7', serverIp: '10.0.0.11', serverPort: 22, ...different };
  return { shell: { known: true, value: { login, whereabouts: { containerIds: [] } } } };
}
