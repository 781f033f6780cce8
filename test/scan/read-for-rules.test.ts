import { describe, expect, test } from '@jest/globals';
import type { EngineReader } from '../../src/engine/engine.ts';
import type { RuleScope } from '../../src/scan/read-for-rules.ts';
import { readForRules } from '../../src/scan/read-for-rules.ts';
import type { ScanSource } from '../../src/scan/take-snapshot.ts';
import { inspectOf } from '../support/containers.ts';
import { engineOf } from '../support/engine-of.ts';

const ALL: RuleScope = { now: '2026-11-22T05:00:00.000Z', tells: 'nothing', wants: () => true };
const ON_HOST = inspectOf('proxy', { HostConfig: { NetworkMode: 'host' } });

describe('readForRules', () => {
  test('inspects what is wanted, and tells how many those are and what all are called', async () => {
    const { reader, asked } = watched([inspectOf('web'), inspectOf('db'), inspectOf('ci-job')]);

    const read = await readForRules(reader, source(), { ...ALL, wants: ({ names }) => names.includes('web') });

    expect(read.snapshot.containers.map(({ name }) => name)).toEqual(['web']);
    expect([read.containers, read.names]).toEqual([1, ['web', 'db', 'ci-job']]);
    expect(asked.filter((call) => call.startsWith('inspect'))).toHaveLength(1);
  });

  test('inspects as well whose network another may share, and what stands in the place of another', async () => {
    const { reader } = watched([
      inspectOf('web'),
      inspectOf('sidecar', { HostConfig: { NetworkMode: 'container:proxy' } }),
      ON_HOST,
      inspectOf('new', { Config: { Labels: { 'io.enforce.replaces': 'x' } } }),
    ]);

    const read = await readForRules(reader, source(), { ...ALL, wants: () => false });

    expect(read.snapshot.containers.map(({ name }) => name)).toEqual(['new', 'proxy', 'sidecar']);
  });

  test('asks the host’s shell only where a container is in the host’s own network', async () => {
    const scripts: string[] = [];

    await readForRules(engineOf([inspectOf('web')]), source(scripts), ALL);
    expect(scripts).toEqual([]);

    const { snapshot } = await readForRules(engineOf([inspectOf('web'), ON_HOST]), source(scripts), ALL);
    expect(scripts).toHaveLength(1);
    expect(snapshot.machine.listeners).toMatchObject({ known: false });
  });

  test.each([
    [
      'has the engine tell of itself where the report tells it',
      [inspectOf('web')],
      { ...ALL, tells: 'identity' },
      'all',
    ],
    ['or where its name says whose shell it is', [ON_HOST], ALL, 'all'],
    ['and nowhere else', [inspectOf('web')], ALL, 'version'],
  ] as const)('%s', async (_what, inspects, scope, extent) => {
    const { reader, asked } = watched(inspects);

    await readForRules(reader, source(), scope);

    expect(asked).toContain(`facts ${extent}`);
  });

  test('holds no secret', async () => {
    const engine = engineOf([inspectOf('web', { Config: { Env: ['TOKEN=hunter2'] } })]);

    const read = await readForRules(engine, source(), ALL);

    expect(JSON.stringify(read)).not.toContain('hunter2');
  });
});

function watched(inspects: Parameters<typeof engineOf>[0]): {
  readonly reader: EngineReader;
  readonly asked: readonly string[];
} {
  const asked: string[] = [];
  const engine = engineOf(inspects);
  const reader: EngineReader = {
    ...engine,
    facts: (extent) => {
      asked.push(`facts ${extent ?? 'all'}`);
      return engine.facts();
    },
    inspect: (id) => {
      asked.push(`inspect ${id}`);
      return engine.inspect(id);
    },
  };
  return { reader, asked };
}

function source(scripts: string[] = []): ScanSource {
  return {
    host: { name: 'web-1', address: { kind: 'ssh', hostName: 'web-1', become: false }, groups: ['all'] },
    channels: 8,
    runScript: (script) => {
      scripts.push(script);
      return Promise.resolve({ exitCode: 3, stdout: '', stderr: 'no /proc' });
    },
  };
}
