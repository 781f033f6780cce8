import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { hostname, networkInterfaces, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { machineScript } from '../../src/scan/machine-script.ts';
import { parseMachine } from '../../src/scan/parse-machine.ts';

const SHELLS = [['sh'], ['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh']].filter(([program = '']) =>
  ['/bin', '/usr/bin'].some((folder) => existsSync(join(folder, program))),
);
const onLinux = existsSync('/proc/net/tcp') ? describe : describe.skip;

onLinux.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('the machine script in %s', (_name, shell) => {
  test('tells the host, its port range and a socket that listens, to the end', async () => {
    const listening = createServer();
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));

    const report = parseMachine(run(shell));

    const { port } = listening.address() as AddressInfo;
    listening.close();
    expect(report).toMatchObject({ kernel: release(), hostName: hostname(), isWhole: true, isRoot: isRoot() });
    expect(report.ephemeralPorts).toEqual(ephemeralPorts());
    expect(report.sockets).toContainEqual(expect.objectContaining({ protocol: 'tcp', ip: '127.0.0.1', port }));
  });
});

onLinux.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))(
  'of its own surroundings, in %s',
  (_name, shell) => {
    test('it tells the connection it was come by, the addresses and the name servers', () => {
      const report = parseMachine(run(shell, '/dev/null', { SSH_CONNECTION: '192.0.2.7 50022 10.0.0.11 2222' }));

      expect(report.login).toEqual({ clientIp: '192.0.2.7', serverIp: '10.0.0.11', serverPort: 2222 });
      expect(report.network.addresses).toEqual(expect.arrayContaining([...ipAddresses()]));
      expect(report.network.nameServers).toEqual(expect.arrayContaining([...nameServers()]));
    });

    test('it takes no connection that is none', () => {
      const report = parseMachine(run(shell, '/dev/null', { SSH_CONNECTION: 'x\nheld 1 1/\n;id; 1 2 3' }));

      expect(report.login).toBeNull();
      expect(report.isWhole).toBe(true);
    });

    test('it tells the units that run containers by name, and no others', () => {
      const home = mkdtempSync(join(tmpdir(), 'enforce-'));
      const folder = join(home, '.config/systemd/user');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'shop.service'), '[Service]\nExecStart=docker run \\\n  --name enforce-shop nginx\n');
      writeFileSync(join(folder, 'a b.service'), '[Service]\nExecStart=docker start enforce-mail\n');
      writeFileSync(join(folder, 'web.service'), '[Service]\nExecStart=nginx\n');

      const units = parseMachine(run(shell, '/dev/null', { HOME: home })).units.filter(({ file }) =>
        file.startsWith(home),
      );

      rmSync(home, { recursive: true });
      expect(units).toEqual([
        { name: 'shop.service', file: join(folder, 'shop.service'), verb: 'run', container: 'enforce-shop' },
      ]);
    });
  },
);

const onLinuxAsRoot = isRoot() && existsSync('/proc/net/tcp') ? describe : describe.skip;

onLinuxAsRoot.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('as root, in %s', (_name, shell) => {
  test('finds the process that holds a socket below 1024, and no file name can pose as another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'enforce-'));
    const listening = createServer();
    await listenBelow1024(listening);
    const { port } = listening.address() as AddressInfo;
    const inode = parseMachine(run(shell)).sockets.find((socket) => socket.port === port)?.inode ?? '';
    // Seen in a list of links, this path would be three lines: a link, process 1, and a socket that process 1 holds.
    mkdirSync(join(folder, 'b\n1'));
    const posing = join(folder, 'b\n1', `fd:\nl 3 -> socket:[${inode}]`);
    writeFileSync(posing, '');

    const output = run(shell, posing);

    listening.close();
    rmSync(folder, { recursive: true });
    expect(output.split('\n').filter((line) => line.startsWith('held ') && line.includes(` ${inode} `))).toEqual([
      `held ${inode} ${process.pid}/`,
    ]);
    const cgroups = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
    expect(output.split('\n')).toEqual(expect.arrayContaining(cgroups.map((line) => `${process.pid}/cgroup:${line}`)));
    expect(parseMachine(output).holders.get(inode)).toMatchObject([{ name: processName() }]);
  });

  test('finds the process that holds the port its connection came to, wherever that is', async () => {
    const listening = createServer();
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const { port } = listening.address() as AddressInfo;

    const report = parseMachine(run(shell, '/dev/null', { SSH_CONNECTION: `192.0.2.7 50022 127.0.0.1 ${port}` }));

    listening.close();
    const inode = report.sockets.find((socket) => socket.port === port)?.inode ?? '';
    expect(report.holders.get(inode)).toMatchObject([{ name: processName() }]);
  });
});

/** The script goes in as the transports send it. */
function run(
  [program = '', ...flags]: readonly string[],
  openFile = '/dev/null',
  environment: Readonly<Record<string, string>> = {},
): string {
  // The shell itself holds the file open, as a process of a container might.
  const input = `exec 9<"$1"; shift\n${machineScript(['holders', 'units'])}`;
  return execFileSync(program, [...flags, '-s', openFile], {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], ...environment },
  });
}

/** The highest free port below 1024. */
async function listenBelow1024(listening: ReturnType<typeof createServer>): Promise<void> {
  for (let port = 1023; port > 900; port--) {
    const isFree = await new Promise<boolean>((resolve) => {
      listening.once('error', () => resolve(false));
      listening.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isFree) return;
  }
  throw new Error('no port between 901 and 1023 is free');
}

function ephemeralPorts(): { readonly first: number; readonly last: number } {
  const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
  return { first: first ?? 0, last: last ?? 0 };
}

/** Of IPv4; the kernel's spelling of the others has a test of its own. */
function ipAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? []);
  return all.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
}

function nameServers(): readonly string[] {
  const text = existsSync('/etc/resolv.conf') ? readFileSync('/etc/resolv.conf', 'utf8') : '';
  return [...text.matchAll(/^nameserver\s+(\S+)/gm)].flatMap(([, ip]) => ip ?? []);
}

function processName(): string {
  return readFileSync('/proc/self/comm', 'utf8').trim();
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
