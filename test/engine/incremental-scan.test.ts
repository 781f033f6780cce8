import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Container } from '../../src/model/snapshot.ts';
import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { ScanMemory } from '../../src/scan/read-for-rules.ts';
import { readForRules } from '../../src/scan/read-for-rules.ts';
import type { Connection } from '../../src/transport/connection.ts';
import { openUnix } from '../../src/transport/unix.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';

const TIMEOUT = 60_000;

describeReal('what a scan remembers of containers of a real engine', () => {
  const real = realEngine('remember');
  const { docker, prefix } = real;
  let connection: Connection;
  let engine: Engine;
  beforeAll(async () => {
    await real.cleanUp();
    const image = await real.busyboxImage();
    const host = { name: 'local', address: { kind: 'unix', path: real.socketPath }, groups: ['all'] } as const;
    connection = openUnix(host, host.address);
    engine = await connectEngine(connection);
    const run = async (name: string, ...flags: readonly string[]): Promise<void> => {
      const common = ['--init', '--name', prefix + name, '-v', '/a', '-v', '/b', '--label', 'z=1', '--label', 'a=2'];
      await docker('run', '-d', ...common, ...flags, image, 'sleep', '1000');
    };
    await run('many', '-p', '127.0.0.1::80', '-p', '127.0.0.1::81', '-p', '127.0.0.1::82/udp', '-p', '127.0.0.1::83');
    for (const name of ['stopped', 'renamed', 'joined', 'moved', 'gone']) await run(name, '-p', '127.0.0.1::80');
    await docker('network', 'create', `${prefix}net`);
  }, TIMEOUT);
  afterAll(async () => {
    await real.cleanUp();
    await connection.close();
  }, TIMEOUT);

  test(
    'is as it was while nothing is done to them, however often the engine lists them',
    async () => {
      const memory = new Map<string, Container>();
      await look(memory);

      for (let times = 0; times < 12; times++) expect((await look(memory)).lookedAt).toEqual([]);
    },
    TIMEOUT,
  );

  test(
    'is what a whole scan would see, after each thing that can be done to them',
    async () => {
      const memory = new Map<string, Container>();
      await look(memory);
      await docker('stop', '-t', '1', `${prefix}stopped`);
      await docker('rename', `${prefix}renamed`, `${prefix}other`);
      await docker('network', 'connect', `${prefix}net`, `${prefix}joined`);
      // It comes up on another port of the host.
      await docker('restart', '-t', '1', `${prefix}moved`);
      await docker('rm', '-fv', `${prefix}gone`);

      const { lookedAt, containers } = await look(memory);
      const whole = await look(new Map());

      expect(lookedAt).toEqual(['joined', 'moved', 'other', 'stopped']);
      expect(containers.map(ruled)).toEqual(whole.containers.map(ruled));
    },
    TIMEOUT,
  );

  /** Scans, with what is remembered; what of it had to be looked at. */
  async function look(memory: Map<string, Container>) {
    const lookedAt: string[] = [];
    const recalling: ScanMemory = {
      recall: (id, digest) => memory.get(`${id} ${digest}`),
      keep(digest, container) {
        lookedAt.push(container.name.slice(prefix.length));
        memory.set(`${container.id} ${digest}`, container);
      },
    };
    const { snapshot } = await readForRules(engine, connection, {
      now: '2026-11-22T05:00:00.000Z',
      tells: 'nothing',
      wants: ({ names }) => names.some((name) => name.startsWith(prefix)),
      memory: recalling,
    });
    const containers = snapshot.containers.filter(({ name }) => name.startsWith(prefix));
    return { lookedAt: lookedAt.filter((name) => name !== '').toSorted(), containers };
  }
});

/** All that rules look at. */
function ruled({ name, inspect }: Container): unknown {
  const { Running } = inspect.State;
  const { Ports } = inspect.NetworkSettings;
  return { name, Running, Ports, HostConfig: inspect.HostConfig, Labels: inspect.Config.Labels };
}
