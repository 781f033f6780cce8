import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { ALL_CAPABILITIES, effectiveCapabilities } from '../../src/model/capabilities.ts';
import { configuredPorts, publishedPorts } from '../../src/model/published-ports.ts';
import type { Container } from '../../src/model/snapshot.ts';
import { hostNetworkPrivilegedListener } from '../../src/rules/host-network-privileged-listener.ts';
import { linuxCapabilities } from '../../src/rules/linux-capabilities.ts';
import { privilegedHostPort } from '../../src/rules/privileged-host-port.ts';
import { readDetails } from '../../src/scan/read-details.ts';
import { containerOf, takeSnapshot } from '../../src/scan/take-snapshot.ts';
import type { Connection } from '../../src/transport/connection.ts';
import { openUnix } from '../../src/transport/unix.ts';
import { someCapabilitySettings } from '../support/a-playbook.ts';
import { snapshot } from '../support/containers.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';

jest.setTimeout(60_000);

const CIS = someCapabilitySettings();
const real = realEngine('scan');
let image: string;
let connection: Connection;
let engine: Engine;

beforeAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  image = await real.busyboxImage();
  const host = { name: 'local', address: { kind: 'unix', path: real.socketPath }, groups: ['all'] } as const;
  connection = openUnix(host, host.address);
  engine = await connectEngine(connection);
});

afterAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  await real.cleanUp();
  await connection.close();
});

describeReal('published ports', () => {
  test.each([
    ['every-address', ['-p', '701:80']],
    ['one-address', ['-p', '127.0.0.1:702:80']],
    ['ipv6-only', ['-p', '[::1]:703:80']],
    ['udp-and-tcp', ['-p', '704:53/udp', '-p', '704:53/tcp']],
    ['range', ['-p', '1010-1019:80']],
    ['range-to-range', ['-p', '710-712:80-82']],
    ['chosen-by-engine', ['-p', '80']],
    ['port-zero', ['-p', '127.0.0.1:0:81']],
    ['all-exposed', ['-P', '--expose', '90']],
    ['several', ['-p', '720:80', '-p', '721:80', '-p', '8720:81']],
  ])('of a running container are those that docker itself tells: %s', async (name, flags) => {
    const { inspect } = await run(name, ...flags);

    const told = (await real.docker('port', real.prefix + name)).split('\n');

    expect(
      publishedPorts(inspect)
        .map((port) => `${port.containerPort}/${port.protocol} -> ${address(port)}`)
        .toSorted(),
    ).toEqual(told.toSorted());
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['stopped-v4', ['-p', '80:80'], [':80 tcp']],
    ['stopped-v6', ['-p', '[::1]:443:443'], ['[::1]:443 tcp']],
    ['stopped-udp', ['-p', '53:53/udp'], [':53 udp']],
    ['stopped-sctp', ['-p', '132:132/sctp'], [':132 sctp']],
    ['stopped-range', ['-p', '1020-1030:80'], [':1020-1030 tcp']],
    ['stopped-chosen', ['-p', '80', '-p', '127.0.0.1:0:81', '-P'], []],
    ['stopped-exposed', ['--expose', '22'], []],
    ['stopped-host', ['--network', 'host', '-p', '80:80'], []],
    ['stopped-none', ['--network', 'none', '-p', '80:80'], []],
  ])('of a container that does not run are those its start will bind: %s', async (name, flags, expected) => {
    const { inspect } = await create(name, ...flags);

    expect(
      publishedPorts(inspect).map(
        (port) => `${address({ ...port, hostIp: port.hostIp || 'any' }).replace('any', '')} ${port.protocol}`,
      ),
    ).toEqual(expected);
  });

  test('are none on the host network, in the network of another container, and for a port that is only exposed', async () => {
    const onHost = await run('host', '--network', 'host', '-p', '730:80');
    const joined = await run('joined', '--network', `container:${onHost.name}`);
    const exposed = await run('exposed', '--expose', '22');

    const ports = [onHost, joined, exposed].map(({ inspect }) => [publishedPorts(inspect), configuredPorts(inspect)]);

    expect(ports).toEqual([
      [[], []],
      [[], []],
      [[], []],
    ]);
  });

  test('of a container that stopped are found as those it will bind again', async () => {
    const { name } = await run('stopping', '-p', '740:80');
    await real.docker('stop', '-t', '0', name);

    const stopped = await read(name);

    expect(stopped.inspect.NetworkSettings.Ports).toEqual({});
    expect(privilegedHostPort.check(stopped, snapshot([stopped]), { map: new Map() })).toMatchObject([
      { because: 'will publish at its next start 80/tcp at host port 740 (every address)' },
    ]);
  });
});

describeReal('effective capabilities', () => {
  test.each([
    ['default', []],
    ['drop-one', ['--cap-drop', 'NET_RAW']],
    ['drop-and-add', ['--cap-drop', 'NET_RAW', '--cap-add', 'NET_RAW']],
    ['drop-all', ['--cap-drop', 'ALL']],
    ['drop-all-add-one', ['--cap-drop', 'ALL', '--cap-add', 'NET_BIND_SERVICE']],
    ['add-beyond', ['--cap-add', 'SYS_ADMIN', '--cap-add', 'cap_net_admin']],
    ['add-default', ['--cap-add', 'CHOWN']],
    ['another-user', ['--user', '33:33', '--cap-add', 'SYS_TIME']],
  ])('are the bounding set of the first process: %s', async (name, flags) => {
    const { inspect } = await run(name, ...flags);

    expect(mask(effectiveCapabilities(inspect.HostConfig).names)).toBe(await boundingSet(real.prefix + name));
  });

  test('are read in the spelling the engine was given', async () => {
    const name = `${real.prefix}lower-case`;
    const HostConfig = { CapAdd: ['net_admin', 'CAP_SYS_TIME'], CapDrop: ['all'] };
    await engine.run({ kind: 'create', name, spec: { Image: image, Cmd: ['sleep', '1000'], HostConfig } });
    await real.docker('start', name);

    const { inspect } = await read(name);

    expect(inspect.HostConfig).toMatchObject(HostConfig);
    expect(mask(effectiveCapabilities(inspect.HostConfig).names)).toBe(await boundingSet(name));
  });

  test.each([
    ['add-all', ['--cap-add', 'ALL']],
    ['add-all-drop-all', ['--cap-add', 'ALL', '--cap-drop', 'ALL']],
    ['privileged', ['--privileged', '--cap-drop', 'ALL']],
  ])('are all of them, and critical: %s', async (name, flags) => {
    const created = await create(name, ...flags);

    expect(effectiveCapabilities(created.inspect.HostConfig).names).toHaveLength(ALL_CAPABILITIES.length);
    expect(linuxCapabilities.check(created, snapshot([created]), CIS)).toMatchObject([{ severity: 'critical' }]);
  });
});

describeReal('a snapshot', () => {
  test('tells which container listens below 1024 on the host network, also through another container', async () => {
    const edge = await run('edge', '--network', 'host', { command: ['httpd', '-f', '-p', '907', '-h', '/www'] });
    const sidecar = await run('sidecar', '--network', `container:${edge.name}`, { command: ['nc', '-l', '-p', '908'] });
    const inner = await run('inner', { command: ['httpd', '-f', '-p', '909', '-h', '/www'] });

    const listening = 'until netstat -ltn | grep -q ":907 .*" && netstat -ltn | grep -q ":908 .*"; do sleep 0.05; done';
    await real.docker('exec', edge.name, 'timeout', '30', 'sh', '-c', listening);

    const taken = await takeSnapshot(engine, connection, { now: '2026-11-22T05:00:00.000Z' });

    const found = [edge, sidecar, inner].map((container) =>
      hostNetworkPrivilegedListener.check(container, taken, {}).map(({ because }) => because),
    );
    expect(found).toEqual([
      ['listens on 907/tcp of the host, whose network it shares'],
      ['listens on 908/tcp of the host, whose network it shares'],
      [],
    ]);
    expect(taken.machine.ephemeralPorts.known).toBe(true);
  });

  test('holds the digest of a configuration, which only a change of it changes', async () => {
    const name = `${real.prefix}digest`;
    const created = await create('digest', '-v', '/data', '-p', '750:80', '-e', 'TOKEN=hunter2', '--restart', 'always');
    const digests = [created.configDigest];
    for (const verb of ['start', 'restart', 'stop', 'start']) {
      await real.docker(verb, ...(verb === 'start' ? [] : ['-t', '0']), name);
      digests.push((await read(name)).configDigest);
    }
    await real.docker('update', '--restart', 'no', name);

    const updated = await read(name);

    expect(new Set(digests).size).toBe(1);
    expect(updated.configDigest).not.toBe(created.configDigest);
    expect(JSON.stringify(updated.inspect)).not.toContain('hunter2');
  });

  test('is joined by what a change must know: image, changed files, volumes', async () => {
    const container = await run('details', '-v', `${real.prefix}data:/data`);
    await real.docker('exec', container.name, 'touch', '/tmp/written');

    const details = await readDetails(engine, container, new Map());

    expect(details).toMatchObject({
      image: { tags: [image] },
      namedImageId: container.inspect.Image,
      missingVolumes: [],
      networks: [{ name: 'bridge', driver: 'bridge', scope: 'local' }],
      hostPaths: [],
    });
    expect(details?.changes).toContainEqual({ path: '/tmp/written', kind: 'added' });
  });
});

type Given = readonly (string | { readonly command: readonly string[] })[];

function run(name: string, ...given: Given): Promise<Container> {
  return make(['run', '-d', '--init'], name, given);
}

function create(name: string, ...given: Given): Promise<Container> {
  return make(['create'], name, given);
}

async function make(verb: readonly string[], name: string, given: Given): Promise<Container> {
  const flags = given.filter((word) => typeof word === 'string');
  const [{ command } = { command: ['sleep', '1000'] }] = given.filter((word) => typeof word !== 'string');
  await real.docker(...verb, '--name', real.prefix + name, ...flags, image, ...command);
  return read(real.prefix + name);
}

async function read(name: string): Promise<Container> {
  const inspect = await engine.inspect(name);
  if (!inspect) throw new Error(`there is no container ${name}`);
  return containerOf(inspect);
}

async function boundingSet(name: string): Promise<string> {
  const told = await real.docker('exec', name, 'grep', 'CapBnd', '/proc/1/status');
  return told.replace(/^CapBnd:\s*/, '');
}

function mask(names: readonly string[]): string {
  const bits = names.reduce((sum, name) => sum | (1n << BigInt(ALL_CAPABILITIES.indexOf(name))), 0n);
  return bits.toString(16).padStart(16, '0');
}

/** As docker port prints it. */
function address({ hostIp, hostPort, hostPortEnd }: ReturnType<typeof publishedPorts>[number]): string {
  const ip = hostIp.includes(':') ? `[${hostIp}]` : hostIp;
  return `${ip}:${hostPort === hostPortEnd ? hostPort : `${hostPort}-${hostPortEnd}`}`;
}
