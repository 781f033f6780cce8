import { describe, expect, test } from '@jest/globals';
import type { Listener, MachineFacts } from '../../src/model/machine.ts';
import type { Protocol } from '../../src/model/snapshot.ts';
import { overlaps } from '../../src/model/overlaps.ts';
import { portRoom } from '../../src/plan/port-room.ts';
import { container, snapshot, STOPPED } from '../support/containers.ts';

describe('a port is not free', () => {
  test.each([
    ['a running container', {}],
    ['a stopped container', { State: STOPPED }],
  ])('that %s publishes', (_whose, deviations) => {
    const shop = container('shop', { HostConfig: { PortBindings: BINDINGS }, ...deviations });

    const room = portRoom(snapshot([shop]));

    expect(room.whyTaken(8080, 'tcp', '')).toBe('is published by container shop');
  });

  test('that a change which was left unfinished holds, and who ends it is told', () => {
    const half = container('shop.enforce-new-261123013833j7z', {
      HostConfig: { PortBindings: BINDINGS },
      State: STOPPED,
    });

    expect(portRoom(snapshot([half])).whyTaken(8080, 'tcp', '')).toBe(
      'is published by container shop.enforce-new-261123013833j7z, of a change that was left unfinished; enforce apply ends it first',
    );
  });

  test('that an engine picked from a range, or may pick at the next start', () => {
    const ftp = container('ftp', {
      HostConfig: { PortBindings: { '21/tcp': [{ HostPort: '8080-8090' }] } },
      NetworkSettings: { Ports: { '21/tcp': [{ HostIp: '0.0.0.0', HostPort: '8081' }] } },
    });

    const room = portRoom(snapshot([ftp]));

    expect([8080, 8081, 8090].map((port) => room.whyTaken(port, 'tcp', ''))).toEqual(
      Array(3).fill('is published by container ftp'),
    );
    expect(room.whyTaken(8091, 'tcp', '')).toBeUndefined();
  });

  test.each<readonly [string, Partial<Listener>, string]>([
    ['a program of the host listens on', { process: 'java' }, 'is listened on by the host (java)'],
    ['somebody listens on who cannot be told', {}, 'is listened on by the host'],
    ['a program holds for IPv6 and IPv4', { ip: '::' }, 'is listened on by the host'],
  ])('that %s', (_who, listener, why) => {
    const room = portRoom(snapshot([], { machine: listening({ ...LISTENER, ...listener }) }));

    expect(room.whyTaken(8080, 'tcp', '0.0.0.0')).toBe(why);
  });

  test.each([1023, 0, 65_536])('that is %d', (port) => {
    expect(portRoom(snapshot([])).whyTaken(port, 'tcp', '')).toBe('is not a port between 1024 and 65535');
  });

  test('that the host may give out by itself at any moment', () => {
    const room = portRoom(
      snapshot([], { machine: { ephemeralPorts: { known: true, value: { first: 8000, last: 9000 } } } }),
    );

    expect([8000, 9000].map((port) => room.whyTaken(port, 'tcp', ''))).toEqual(
      Array(2).fill("lies in the host's ephemeral range (8000-9000)"),
    );
    expect([7999, 9001].map((port) => room.whyTaken(port, 'tcp', ''))).toEqual([undefined, undefined]);
  });

  test('that lies in the usual ephemeral range, where the host did not tell its own', () => {
    const room = portRoom(snapshot([], { machine: { ephemeralPorts: { known: false, because: 'no shell' } } }));

    expect(room.whyTaken(40_000, 'tcp', '')).toBe(
      "lies in the usual ephemeral range (32768-60999); the host's own could not be read",
    );
    expect(room.whyTaken(8080, 'tcp', '')).toBeUndefined();
  });

  test('that is promised to another change, from the first to the last', () => {
    const room = portRoom(snapshot([]));

    room.promise('shop', [{ first: 8080, last: 8082, protocol: 'tcp', ip: '' }]);

    expect([8080, 8082].map((port) => room.whyTaken(port, 'tcp', ''))).toEqual(
      Array(2).fill('is promised to container shop'),
    );
    expect(room.whyTaken(8083, 'tcp', '')).toBeUndefined();
  });

  test('and the reason is the same in whatever order the host lists who has it', () => {
    const first = { ...LISTENER, process: 'java' };
    const second = { ...LISTENER, process: 'caddy' };

    const reasons = [
      [first, second],
      [second, first],
    ].map((listeners) => portRoom(snapshot([], { machine: listening(...listeners) })).whyTaken(8080, 'tcp', ''));

    expect(reasons).toEqual(Array(2).fill('is listened on by the host (caddy)'));
  });
});

describe('a port is free', () => {
  test.each<readonly [string, Protocol, string]>([
    ['for udp while tcp is taken', 'udp', ''],
    ['for sctp while tcp is taken', 'sctp', ''],
    ['on another address', 'tcp', '10.0.0.6'],
    ['on IPv6 while an IPv4 address is taken', 'tcp', '2001:db8::5'],
  ])('%s', (_sentence, protocol, ip) => {
    const shop = container('shop', {
      State: STOPPED,
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '10.0.0.5', HostPort: '8080' }] } },
    });

    expect(portRoom(snapshot([shop])).whyTaken(8080, protocol, ip)).toBeUndefined();
  });

  test('that a container only exposes, or has on a network whose bindings the engine discards', () => {
    const containers = [
      container('api', { State: STOPPED, HostConfig: { PortBindings: { '8080/tcp': null } } }),
      container('dns', { State: STOPPED, HostConfig: { NetworkMode: 'host', PortBindings: BINDINGS } }),
    ];

    expect(portRoom(snapshot(containers)).whyTaken(8080, 'tcp', '')).toBeUndefined();
  });
});

describe('two addresses', () => {
  test.each([
    ['', '10.0.0.5'],
    ['', '::1'],
    ['0.0.0.0', '127.0.0.1'],
    ['0.0.0.0', ''],
    ['::', '127.0.0.1'],
    ['::', '0.0.0.0'],
    ['0:0::0', '10.0.0.5'],
    ['[::]', '10.0.0.5'],
    ['10.0.0.5', '10.0.0.5'],
    ['2001:db8::5', '2001:DB8:0:0::5'],
    ['::ffff:7f00:1', '127.0.0.1'],
    ['::ffff:10.0.0.5', '0.0.0.0'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:0.0.0.0', '10.0.0.5'],
  ])('%j and %j meet', (a, b) => {
    expect([overlaps(a, b), overlaps(b, a)]).toEqual([true, true]);
  });

  test.each([
    ['127.0.0.1', '10.0.0.5'],
    ['0.0.0.0', '2001:db8::5'],
    ['::1', '127.0.0.1'],
    ['::ffff:7f00:1', '10.0.0.5'],
    ['2001:db8::5', '2001:db8::6'],
    ['not:an:address', '10.0.0.5'],
  ])('%j and %j do not', (a, b) => {
    expect([overlaps(a, b), overlaps(b, a)]).toEqual([false, false]);
  });
});

const BINDINGS = { '80/tcp': [{ HostIp: '', HostPort: '8080' }] };

const LISTENER: Listener = { protocol: 'tcp', ip: '0.0.0.0', port: 8080 };

function listening(...value: readonly Listener[]): Partial<MachineFacts> {
  return { listeners: { known: true, value } };
}
