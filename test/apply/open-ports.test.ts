import { expect, test } from '@jest/globals';
import { closedPorts, lastingPorts } from '../../src/apply/open-ports.ts';
import type { ListeningSocket } from '../../src/model/runtime.ts';
import { inspectOf } from '../support/containers.ts';

const WEB = inspectOf('web', { Config: { ExposedPorts: { '40000/udp': {} } } });

function listening(port: number, protocol: ListeningSocket['protocol'] = 'tcp', ip = '0.0.0.0'): ListeningSocket {
  return { protocol, ip, port };
}

test('a port counts that was open at both looks, at whatever address', () => {
  const first = [listening(80), listening(80, 'tcp', '::'), listening(53, 'udp'), listening(9000, 'tcp', '127.0.0.1')];
  const second = [listening(80, 'tcp', '172.17.0.3'), listening(53, 'tcp'), listening(9000, 'tcp', '127.0.0.1')];

  expect(lastingPorts(first, second, WEB)).toEqual(['80/tcp', '9000/tcp on loopback']);
});

test('the engine’s own name server, and ports that are dealt out by chance, do not count unless the container names them', () => {
  const open = [listening(43123, 'udp', '127.0.0.11'), listening(38111), listening(40000, 'udp'), listening(32767)];

  expect(lastingPorts(open, open, WEB)).toEqual(['40000/udp', '32767/tcp']);
});

test('what was open and is not any more is closed, and what is new does not matter', () => {
  expect(closedPorts(['80/tcp', '53/udp'], [listening(80), listening(53), listening(8080)])).toEqual(['53/udp']);
});

test('what could be reached and is open on loopback alone is closed, and not the other way round', () => {
  const inside = [listening(80, 'tcp', '127.0.0.1'), listening(80, 'tcp', '::1')];

  expect(closedPorts(['80/tcp'], inside)).toEqual(['80/tcp']);
  expect(closedPorts(['80/tcp on loopback'], inside)).toEqual([]);
  expect(closedPorts(['80/tcp on loopback'], [listening(80)])).toEqual([]);
});
