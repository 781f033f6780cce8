import { describe, expect, test } from '@jest/globals';
import type { MachineFacts } from '../../src/model/machine.ts';
import { machineFacts } from '../../src/scan/machine-facts.ts';
import { idOf, snapshot } from '../support/containers.ts';

const { engine } = snapshot([]);
const WEB = idOf('web');
const SHOP = idOf('shop');
const HOST = `sys/kernel/osrelease:${engine.kernelVersion}\nsys/kernel/hostname:${engine.name}\n`;
const RANGE = 'sys/net/ipv4/ip_local_port_range:32768\t60999\n';
const ROOT = 'self/status:Uid:\t0\t0\t0\t0\n';
const USER = 'self/status:Uid:\t1000\t1000\t1000\t1000\n';

describe('sockets', () => {
  test.each([
    ['net/tcp:   0: 0100007F:038F 00000000:0000 0A', { protocol: 'tcp', ip: '127.0.0.1', port: 911 }],
    ['net/tcp:1000: 00000000:0FA0 00000000:0000 0A', { protocol: 'tcp', ip: '0.0.0.0', port: 4000 }],
    [`net/tcp6:   0: ${'0'.repeat(32)}:1F90 ${'0'.repeat(32)}:0000 0A`, { protocol: 'tcp', ip: '::', port: 8080 }],
    [
      `net/udp6:15119: B80D0120000000000000000005000000:1F90 ${'0'.repeat(32)}:0000 07`,
      { protocol: 'udp', ip: '2001:db8::5', port: 8080 },
    ],
    ['net/udp:  12: 0500000A:0FA0 00000000:0000 07', { protocol: 'udp', ip: '10.0.0.5', port: 4000 }],
  ])('reads %s', (line, listener) => {
    expect(listenersIn(`${line} ${REST}`)).toMatchObject([listener]);
  });

  test.each([
    'net/tcp:   1: 0100C80A:97C0 0A00C80A:0016 07',
    'net/udp:   1: 0100C80A:0035 00000000:0000 0A',
    'net/tcp:   1: 0100C8:0050 00000000:0000 0A',
    'net/raw:   1: 00000000:0001 00000000:0000 07',
  ])('leaves out %s', (line) => {
    expect(listenersIn(`${line} ${REST}`)).toEqual([]);
  });
});

describe('who holds a socket below 1024', () => {
  test.each([
    ['cgroup v1', `9:name=systemd:/docker/${WEB}`],
    ['cgroup v2 with systemd', `0::/system.slice/docker-${WEB}.scope`],
    ['another cgroup parent', `4:memory:/enfbr0/h1/${WEB}`],
    ['a rootless engine', `0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${WEB}.scope`],
    ['a podman engine', `0::/machine.slice/libpod-${WEB}.scope/container`],
    ['a cgroup the container made for itself', `0::/system.slice/docker-${WEB}.scope/init`],
  ])('is a container, by its path in %s', (_way, cgroup) => {
    const listeners = listenersIn(`${PORT_80}held 217 31/\n31/status:Name:\tnginx\n31/cgroup:${cgroup}\n`);

    expect(listeners).toEqual([{ protocol: 'tcp', ip: '0.0.0.0', port: 80, process: 'nginx', containerId: WEB }]);
  });

  test('is the outermost container the engine knows, whatever cgroups are called inside it', () => {
    const listeners = listenersIn(`${PORT_80}held 217 31/\n31/status:Name:\tx\n31/cgroup:0::/docker/${SHOP}/${WEB}\n`);

    expect(listeners).toMatchObject([{ containerId: SHOP }]);
  });

  test('is the inner container where the engine knows no outer one', () => {
    const outer = idOf('outer');
    const listeners = listenersIn(
      `${PORT_80}held 217 31/\n31/status:Name:\tx\n31/cgroup:0::/docker/${outer}/docker/${WEB}\n`,
    );

    expect(listeners).toMatchObject([{ containerId: WEB }]);
  });

  test('is a program of the host when no cgroup is that of a container', () => {
    const listeners = listenersIn(
      `${PORT_80}held 217 31/\n31/status:Name:\tdocker-proxy\n31/cgroup:0::/system.slice/docker.service\n`,
    );

    expect(listeners).toEqual([{ protocol: 'tcp', ip: '0.0.0.0', port: 80, process: 'docker-proxy' }]);
  });

  test('is each container of several that hold it, and not the program of the host that handed it on', () => {
    const listeners = listenersIn(
      `${PORT_80}held 217 1/\nheld 217 31/\nheld 217 32/\nheld 217 40/\n` +
        '1/status:Name:\tsystemd\n1/cgroup:0::/init.scope\n' +
        `31/status:Name:\tnginx\n31/cgroup:0::/docker/${WEB}\n32/status:Name:\tworker\n32/cgroup:0::/docker/${WEB}\n` +
        `40/status:Name:\thaproxy\n40/cgroup:0::/docker/${SHOP}\n`,
    );

    expect(listeners).toMatchObject([
      { containerId: WEB, process: 'nginx' },
      { containerId: SHOP, process: 'haproxy' },
    ]);
  });

  test('is not known without root, while the port itself is', () => {
    const listeners = listenersIn(PORT_80, USER);

    expect(listeners).toEqual([
      {
        protocol: 'tcp',
        ip: '0.0.0.0',
        port: 80,
        unattributed: "reading other users' processes needs root on the host; connect as root, or with become: true",
      },
    ]);
  });

  test('is not known when root sees nobody, or when the process ended meanwhile', () => {
    const listeners = listenersIn(`${PORT_80}held 217 31/\n`);

    expect(listeners).toMatchObject([{ port: 80, unattributed: expect.stringContaining('the kernel may') }]);
  });

  test('is not asked above 1023', () => {
    expect(listenersIn(`net/tcp:   0: 00000000:0400 00000000:0000 0A ${REST}`, USER)).toEqual([
      { protocol: 'tcp', ip: '0.0.0.0', port: 1024 },
    ]);
  });

  test('cannot be claimed by names of processes or of the host', () => {
    const listeners = listenersIn(
      `${PORT_80}sys/kernel/hostname:x\nsys/kernel/hostname:held 217 99/\n` +
        `31/status:Name:\theld 217 99/\\n99/cgroup:0::/docker/${SHOP}\n31/cgroup:0::/docker/${WEB}\nheld 217 31/\n` +
        '__proto__/status:Name:\tx\nconstructor/cgroup:0::/\n',
    );

    expect(listeners).toMatchObject([{ containerId: WEB }]);
  });
});

describe('what is not known', () => {
  test('nothing is, where the script could not run', () => {
    expect(facts({ known: false, because: 'no shell' })).toEqual(unknown('no shell'));
  });

  test.each(['', 'end', `${HOST}${RANGE}${ROOT}`, `${HOST}${RANGE}${ROOT}en`])(
    'nothing is, where the answer broke off: %j',
    (text) => {
      expect(facts({ known: true, value: text })).toEqual(unknown('what the host told of itself broke off'));
    },
  );

  test.each([
    ['another kernel', `sys/kernel/osrelease:5.10.0\nsys/kernel/hostname:${engine.name}\n`],
    ['another host name', `sys/kernel/osrelease:${engine.kernelVersion}\nsys/kernel/hostname:3f1c2d4e5a6b\n`],
    ['no name at all', ''],
  ])('nothing is, where the shell is not beside the engine: %s', (_sign, host) => {
    const read = facts({ known: true, value: `${host}${RANGE}${ROOT}${PORT_80}end\n` });

    expect(read.listeners).toMatchObject({
      known: false,
      because: expect.stringContaining('the shell runs on'),
    });
    expect(read.ephemeralPorts.known).toBe(false);
  });

  test('an engine that does not tell its name and kernel is taken to be where the shell is', () => {
    const output = { known: true, value: `${HOST}${RANGE}${ROOT}end\n` } as const;

    expect(machineFacts(output, { ...engine, name: '', kernelVersion: '' }, new Set()).listeners.known).toBe(true);
  });

  test.each(['', 'sys/net/ipv4/ip_local_port_range:60999\t32768\n', 'sys/net/ipv4/ip_local_port_range:1\n'])(
    'the ephemeral range is not, where the host tells none: %j',
    (range) => {
      const read = facts({ known: true, value: `${HOST}${range}${ROOT}end\n` });

      expect(read.ephemeralPorts.known).toBe(false);
      expect(read.listeners).toEqual({ known: true, value: [] });
    },
  );
});

test('the ephemeral range is read', () => {
  const read = facts({ known: true, value: `${HOST}${RANGE}${ROOT}end\n` });

  expect(read.ephemeralPorts).toEqual({ known: true, value: { first: 32768, last: 60999 } });
});

const REST = '00000000:00000000 00:00000000 00000000     0        0 217 1 0000000058c3379b 100 0 0 10 0\n';
const PORT_80 = `net/tcp:   0: 00000000:0050 00000000:0000 0A ${REST}`;

function facts(output: Parameters<typeof machineFacts>[0]): MachineFacts {
  return machineFacts(output, engine, new Set([WEB, SHOP]));
}

function listenersIn(text: string, user = ROOT): readonly unknown[] {
  const { listeners } = facts({ known: true, value: `${HOST}${RANGE}${user}${text}end\n` });
  if (!listeners.known) throw new Error(listeners.because);
  return listeners.value;
}

function unknown(because: string): MachineFacts {
  const fact = { known: false, because } as const;
  return { listeners: fact, ephemeralPorts: fact, shell: fact, network: fact, units: fact };
}
