import { describe, expect, test } from '@jest/globals';
import type { EngineReader } from '../../src/engine/engine.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { digestOf } from '../../src/scan/digest-of.ts';
import type { MachineQuestion } from '../../src/scan/machine-script.ts';
import { machineScript } from '../../src/scan/machine-script.ts';
import type { ScanSource } from '../../src/scan/take-snapshot.ts';
import { takeSnapshot } from '../../src/scan/take-snapshot.ts';
import { idOf, inspectOf, snapshot, STOPPED } from '../support/containers.ts';
import { engineOf } from '../support/engine-of.ts';

const { engine: facts } = snapshot([]);
const now = '2026-11-22T05:00:00.000Z';
const COMPOSE = { Config: { Labels: { 'com.docker.compose.project': 'shop' } } };
const HOST_TEXT =
  `sys/kernel/osrelease:${facts.kernelVersion}\nsys/kernel/hostname:${facts.name}\n` +
  'sys/net/ipv4/ip_local_port_range:32768\t60999\nself/status:Uid:\t0\t0\t0\t0\n';

describe('takeSnapshot', () => {
  test('reads the host, its engine and its containers, in the order of their names', async () => {
    const engine = engineOf([inspectOf('web'), inspectOf('db')]);

    const taken = await takeSnapshot(engine, source(), { now });

    expect(taken).toMatchObject({
      host: 'web-1',
      address: 'ssh://deploy@web-1.example.com',
      takenAt: now,
      engine: facts,
    });
    expect(taken.containers.map(({ name, id }) => [name, id])).toEqual([
      ['db', idOf('db')],
      ['web', idOf('web')],
    ]);
  });

  test('holds no secret, and a digest of the configuration', async () => {
    const engine = engineOf([inspectOf('web', { Config: { Env: ['TOKEN=hunter2'] } })]);

    const { containers } = await takeSnapshot(engine, source(), { now });

    expect(containers[0]?.inspect.Config.Env).toEqual([`TOKEN=${digestOf('hunter2')}`]);
    expect(containers[0]?.configDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.stringify(containers)).not.toContain('hunter2');
  });

  test('leaves out a container that goes away between the list and its inspect', async () => {
    const engine = engineOf([inspectOf('web'), inspectOf('ci-job')]);
    const reader: EngineReader = {
      ...engine,
      inspect: (id) => (id === idOf('ci-job') ? Promise.resolve(undefined) : engine.inspect(id)),
    };

    const { containers } = await takeSnapshot(reader, source(), { now });

    expect(containers.map(({ name }) => name)).toEqual(['web']);
  });

  test('asks for no more containers at once than there are channels', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `web-${index}`);
    const engine = engineOf(names.map((name) => inspectOf(name)));
    const underWay = { now: 0, most: 0 };
    const reader: EngineReader = {
      ...engine,
      async inspect(id): Promise<ContainerInspect | undefined> {
        underWay.most = Math.max(underWay.most, ++underWay.now);
        await new Promise((resolve) => setImmediate(resolve));
        underWay.now--;
        return engine.inspect(id);
      },
    };

    const { containers } = await takeSnapshot(reader, { ...source(), channels: 4 }, { now });

    expect(containers).toHaveLength(30);
    expect(underWay.most).toBe(4);
  });

  test('asks for facts while it lists, and for the host’s own view while it inspects', async () => {
    const begun: string[] = [];
    const engine = engineOf([inspectOf('web')]);
    const together = pairs(begun);
    const reader: EngineReader = {
      ...engine,
      facts: () => together(['facts', 'list'], 'facts', facts),
      list: async () => together(['facts', 'list'], 'list', await engine.list()),
      inspect: async (id) => together(['inspect', 'script'], 'inspect', await engine.inspect(id)),
    };

    await takeSnapshot(
      reader,
      source(() => together(['inspect', 'script'], 'script', HOST_TEXT)),
      { now },
    );

    expect(begun.toSorted()).toEqual(['facts', 'inspect', 'list', 'script']);
  });

  test('fails with the engine, and asks no further', async () => {
    const engine = engineOf(Array.from({ length: 30 }, (_, index) => inspectOf(`web-${index}`)));
    const asked: string[] = [];
    const reader: EngineReader = {
      ...engine,
      inspect(id) {
        asked.push(id);
        return Promise.reject(new Error('the channel is gone'));
      },
    };

    await expect(takeSnapshot(reader, { ...source(), channels: 2 }, { now })).rejects.toThrow('the channel is gone');

    expect(asked.length).toBeLessThan(6);
  });
});

describe('what the host itself tells', () => {
  test('is traced to the containers of the snapshot', async () => {
    const engine = engineOf([inspectOf('proxy', { HostConfig: { NetworkMode: 'host' } })]);
    const text =
      'net/tcp:   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 217 1 00 100 0\n' +
      `held 217 31/\n31/status:Name:\thaproxy\n31/cgroup:0::/docker/${idOf('proxy')}\n`;

    const { machine } = await takeSnapshot(
      engine,
      source(() => Promise.resolve(`${HOST_TEXT}${text}end\n`)),
      { now },
    );

    expect(machine).toEqual({
      listeners: {
        known: true,
        value: [{ protocol: 'tcp', ip: '0.0.0.0', port: 80, process: 'haproxy', containerId: idOf('proxy') }],
      },
      ephemeralPorts: { known: true, value: { first: 32768, last: 60999 } },
      shell: { known: true, value: { login: null, whereabouts: { containerIds: [] } } },
      network: { known: true, value: { addresses: [], nameServers: [] } },
      units: { known: true, value: [] },
    });
  });

  test.each<[string, readonly ContainerInspect[], readonly MachineQuestion[]]>([
    ['what listens, and nothing more, where every container says who made it', [inspectOf('web', COMPOSE)], []],
    ['what listens, where none runs', [inspectOf('web', { State: STOPPED })], []],
    ['which units run containers, where one says nothing', [inspectOf('web')], ['units']],
    [
      'who listens too, where one shares the host’s network',
      [inspectOf('edge', { HostConfig: { NetworkMode: 'host' } })],
      ['holders', 'units'],
    ],
  ])('is asked with a constant script for %s', async (_what, inspects, questions) => {
    const scripts: string[] = [];

    await takeSnapshot(
      engineOf(inspects),
      source((asked) => Promise.resolve(String(scripts.push(asked)))),
      { now },
    );

    expect(scripts).toEqual([machineScript(questions)]);
  });

  test.each<[string, ScanSource['runScript'], string]>([
    ['there is no shell', undefined, 'this way to the engine has no shell on the host; reach it over ssh'],
    [
      'the shell refuses',
      () => Promise.resolve({ exitCode: 3, stdout: '', stderr: 'it has no /proc/net\nmore\n' }),
      "the host's shell could not tell (exit 3): it has no /proc/net",
    ],
    [
      'the shell says nothing',
      () => Promise.resolve({ exitCode: 127, stdout: '', stderr: '' }),
      "the host's shell could not tell (exit 127): no reason given",
    ],
    [
      'the channel breaks',
      () => Promise.reject(new Error('timed out')),
      "the host's shell could not be used: timed out",
    ],
  ])('is not known where %s, and the scan goes on', async (_event, runScript, because) => {
    const { machine, containers } = await takeSnapshot(
      engineOf([inspectOf('web')]),
      { ...source(), runScript },
      { now },
    );

    const fact = { known: false, because };
    expect(machine).toEqual({ listeners: fact, ephemeralPorts: fact, shell: fact, network: fact, units: fact });
    expect(containers).toHaveLength(1);
  });
});

function source(read: (script: string) => Promise<string> = () => Promise.resolve(`${HOST_TEXT}end\n`)): ScanSource {
  return {
    host: {
      name: 'web-1',
      address: { kind: 'ssh', hostName: 'web-1.example.com', user: 'deploy', become: false },
      groups: ['all'],
    },
    channels: 8,
    runScript: async (script) => ({ exitCode: 0, stdout: await read(script), stderr: '' }),
  };
}

/** Answers only when both of a pair have begun, and fails when the other does not come. */
function pairs(begun: string[]) {
  return async <Value>(pair: readonly [string, string], name: string, value: Value): Promise<Value> => {
    begun.push(name);
    for (let turn = 0; !pair.every((one) => begun.includes(one)); turn++) {
      if (turn > 1000) throw new Error(`${name} was left to wait alone`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return value;
  };
}
