import { describe, expect, test } from '@jest/globals';
import type { Known, MachineFacts } from '../../src/model/machine.ts';
import { machineFacts } from '../../src/scan/machine-facts.ts';
import { idOf, snapshot } from '../support/containers.ts';

const { engine } = snapshot([]);
const WEB = idOf('web');
const HOST =
  `sys/kernel/osrelease:${engine.kernelVersion}\nsys/kernel/hostname:${engine.name}\n` +
  'sys/net/ipv4/ip_local_port_range:32768\t60999\nself/status:Uid:\t0\t0\t0\t0\n';
const REST = '00000000:00000000 00:00000000 00000000     0        0 217 1 0000000058c3379b 100 0 0 10 0\n';

describe('how the shell was come by', () => {
  test.each([
    ['192.0.2.7 50022 10.0.0.11 22', { clientIp: '192.0.2.7', serverIp: '10.0.0.11', serverPort: 22 }],
    ['2001:db8::7 1 fe80::1%eth0 2222', { clientIp: '2001:db8::7', serverIp: 'fe80::1', serverPort: 2222 }],
    ['', null],
    ['192.0.2.7 50022 10.0.0.11', null],
    ['a b c d', null],
  ])('is read from %j', (login, expected) => {
    expect(valueOf(factsOf(`login ${login}\n`).shell).login).toEqual(expected);
  });

  test('is known where the shell runs in a container, and nothing else is of the host', () => {
    const read = factsOf(`login 192.0.2.7 1 172.17.0.2 22\nself/cgroup:4:memory:/docker/${WEB}\naddress 172.17.0.2\n`);

    expect(valueOf(read.shell)).toMatchObject({
      login: { serverIp: '172.17.0.2' },
      whereabouts: { containerIds: [WEB] },
    });
    expect(read.network).toEqual({
      known: false,
      because: `the shell runs in a container of the engine (${WEB.slice(0, 12)})`,
    });
  });

  test('names the holder of the port it came to, wherever that lies', () => {
    const socket = `net/tcp:   0: 00000000:08AE 00000000:0000 0A ${REST}`;
    const held = `held 217 31/\n31/status:Name:\tsshd\n31/cgroup:0::/docker/${WEB}\n`;

    const { listeners } = factsOf(`login 192.0.2.7 1 10.0.0.11 2222\n${socket}${held}`);

    expect(valueOf(listeners)).toEqual([
      { protocol: 'tcp', ip: '0.0.0.0', port: 2222, process: 'sshd', containerId: WEB },
    ]);
  });
});

test('the addresses of the host and its name servers are read, each once', () => {
  const { network } = factsOf(
    'address 127.0.0.1\naddress 10.0.0.11\naddress 127.0.0.1\naddress6 00000000000000000000000000000001\n' +
      'nameserver 10.0.0.1\nnameserver fe80::1%eth0\nnameserver 10.0.0.1\nnameserver \n',
  );

  expect(valueOf(network)).toEqual({
    addresses: ['127.0.0.1', '10.0.0.11', '::1'],
    nameServers: ['10.0.0.1', 'fe80::1%eth0'],
  });
});

describe('units', () => {
  const UNIT = 'unit /etc/systemd/system/shop.service:ExecStart=docker run --name shop nginx\n';

  test('are read with the containers they run', () => {
    expect(valueOf(factsOf(UNIT).units)).toMatchObject([{ name: 'shop.service', verb: 'run', container: 'shop' }]);
  });

  test('are not known as a whole where one may not be read', () => {
    const { units } = factsOf(`unreadable /etc/a.service\n${UNIT}unreadable /etc/b.service\n`);

    expect(units).toEqual({
      known: false,
      because: '/etc/a.service and 1 more may not be read; connect as root, or with become: true',
    });
  });
});

function factsOf(text: string): MachineFacts {
  return machineFacts({ known: true, value: `${HOST}${text}end\n` }, engine, new Set([WEB]));
}

function valueOf<Value>(fact: Known<Value>): Value {
  if (!fact.known) throw new Error(fact.because);
  return fact.value;
}
