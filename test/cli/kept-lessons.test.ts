import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GateTrial } from '../../src/apply/gate-trial.ts';
import { learnOutcomes } from '../../src/cli/learn-outcomes.ts';
import { loadProfile } from '../../src/load/learned-profile.ts';
import { aChange } from '../support/a-plan.ts';
import { CATALOGUE, seen } from '../support/planned.ts';
import { container, snapshot } from '../support/containers.ts';

const WEB = container('web', { HostConfig: { CapDrop: null }, details: seen() });
const PASSED: GateTrial = {
  container: 'web',
  id: WEB.id,
  at: '2026-11-22T05:00:00.000Z',
  result: 'passed',
  set: ['SETGID', 'SETUID'],
  refused: [],
  looks: ['G1', 'G8'],
  identities: [{ name: 'nginx', userId: 101, groupId: 101, groups: [] }],
  stop: { milliseconds: 430, exitCode: 0 },
};

describe('what is kept of a gate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'enforce-lessons-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const learn = (trial: Partial<GateTrial>): Promise<void> =>
    learnOutcomes([{ ...PASSED, ...trial }], {
      stateFolder: folder,
      engine: snapshot([]).engine,
      catalogue: CATALOGUE,
      day: '2026-11-22',
      changes: [aChange({ container: 'web', id: WEB.id })],
      containers: new Map([[WEB.id, WEB]]),
    });
  const files = (): readonly string[] => {
    const profiles = join(folder, 'profiles');
    return readdirSync(profiles).map((name) => join(profiles, name));
  };

  test('is who ran, how it stopped, and on what', async () => {
    await learn({});

    const [trial] = (await loadProfile(files()[0] ?? '')).trials;
    expect(trial).toMatchObject({
      set: ['SETGID', 'SETUID'],
      gate: ['G1', 'G8'],
      engine: '20.10.24',
      identities: [{ program: 'nginx', user: 101, group: 101 }],
      stop: { seconds: 0.4, exit: 0 },
    });
    expect(trial?.before).toHaveLength(14);
  });

  test('is what the kernel refused where the gate failed', async () => {
    await learn({ result: 'failed', looks: [], refused: ['KILL'] });

    const { trials } = await loadProfile(files()[0] ?? '');
    expect(trials).toMatchObject([{ result: 'failed', refused: ['KILL'] }]);
  });

  test('stays small, however many programs a container has', async () => {
    const identities = Array.from({ length: 5000 }, (_, at) => ({ name: `p${at}`, userId: 0, groupId: 0, groups: [] }));

    await learn({ identities });

    expect(readFileSync(files()[0] ?? '', 'utf8').length).toBeLessThan(10_000);
  });

  test('is nothing that could not be read again, and what was kept before stays', async () => {
    await learn({});
    const before = readFileSync(files()[0] ?? '', 'utf8');

    await expect(learn({ at: '2026-11-23T05:00:00.000Z', stop: { milliseconds: 1, exitCode: 3e9 } })).rejects.toThrow(
      /exit/,
    );

    expect(readFileSync(files()[0] ?? '', 'utf8')).toBe(before);
  });
});
