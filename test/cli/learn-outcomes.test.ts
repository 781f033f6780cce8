import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import type { MemoryEngine } from '../support/memory-engine/memory-engine.ts';
import { operatorOf, QUICK_PLAYBOOK, type Operator } from '../support/operator.ts';
import { serve, shopFleet } from '../support/shop-fleet.ts';

const TRIED = QUICK_PLAYBOOK.replace('deadline: 5s', 'deadline: 5s, restart_trial: always');

describe('what the gate of a change showed', () => {
  let fleet: EmbeddedFleet;
  let engine: MemoryEngine;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    engine = fleet.engine('web-1');
    operator = operatorOf(fleet, TRIED);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('is kept, and makes the next container of the same making proven', async () => {
    serve(engine, 'web', 8001);
    const first = await operator.enforce('apply', '--yes');
    serve(engine, 'web-2', 8002);

    const { stdout } = await operator.enforce('plan');

    expect(first.stdout).toMatch(/web-1\/web {2}applied/);
    expect(stdout).toContain('confidence proven: a container of the same making passed the gate and a restart');
    expect(profile()).toMatch(/result: passed, set: \[CHOWN, .*gate: \[G1, G2, G4, G6, G8\], engine: "20\.10\.24"/);
  });

  test('names no host and no engine', async () => {
    serve(engine, 'web', 8001);
    await operator.enforce('apply', '--yes');

    expect(profile()).not.toContain('web-1');
    expect(profile()).not.toContain(engine.store.engine.id);
  });

  test('adds up in one profile, each answer of a host once', async () => {
    serve(engine, 'web', 8001);
    serve(engine, 'web-2', 8002);
    await operator.enforce('apply', '--yes');

    expect(files()).toHaveLength(1);
    expect(profile().match(/result: passed/g)).toHaveLength(1);
  });

  test('keeps a set that failed from being proposed again, and says how to go on', async () => {
    serve(engine, 'recorder', 8554);
    const first = await operator.enforce('apply', '--yes');
    const writes = engine.requests.length;

    const { exitCode, stdout } = await operator.enforce('apply', '--yes');

    expect(first.stdout).toMatch(/web-1\/recorder {2}rolled back/);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/recorder +blocked: with CHOWN, .* a container of the same making failed its gate/);
    expect(engine.requests.slice(writes).filter(({ path }) => path.includes('/containers/create'))).toEqual([]);
  });

  test('says nothing where a port moved too, which may as well be the reason', async () => {
    serve(engine, 'recorder', 554);

    const { stdout } = await operator.enforce('apply', '--yes');

    expect(stdout).toMatch(/web-1\/recorder {2}rolled back/);
    expect(files()).toEqual([]);
  });

  test('leaves the rest of a saved plan as it is, when one of it has passed', async () => {
    serve(engine, 'web', 8001);
    serve(engine, 'web-2', 8002);
    const file = join(operator.folder, 'plan.json');
    await operator.enforce('plan', '-o', file);
    await operator.enforce('apply', '--yes', '--container', 'web', file);

    const { stdout } = await operator.enforce('apply', '--yes', '--container', 'web-2', file);

    expect(stdout).toMatch(/web-1\/web-2 {2}applied/);
  });

  test('ends the rest of a saved plan that would keep what failed meanwhile', async () => {
    serve(engine, 'recorder', 8554);
    engine.run('recorder-2', { Image: 'acme/recorder:2', HostConfig: { RestartPolicy: { Name: 'always' } } });
    const file = join(operator.folder, 'plan.json');
    await operator.enforce('plan', '-o', file);
    await operator.enforce('apply', '--yes', '--container', 'recorder', file);

    const { stdout } = await operator.enforce('apply', '--yes', '--container', 'recorder-2', file);

    expect(stdout).toMatch(/recorder-2 {2}skipped: stale: what recorder-2 would keep failed its gate since/);
  });

  test('that cannot be kept is told, and no reason against the change', async () => {
    serve(engine, 'web', 8001);
    mkdirSync(join(operator.folder, 'state'));
    writeFileSync(folder(), 'a file where a folder belongs');

    const { exitCode, stderr } = await operator.enforce('apply', '--yes');

    expect(stderr).toContain('what the gate showed could not be kept for later plans');
    expect(exitCode).toBe(0);
  });

  test('in mode minimal is asked for one capability a run, until nothing is left to try', async () => {
    operator.write('playbook.yml', TRIED.replace('linux-capabilities: {}', 'linux-capabilities: { mode: minimal }'));
    serve(engine, 'recorder', 8554, { CapDrop: ['ALL'], CapAdd: ['KILL', 'MKNOD'] });
    const kept = (): unknown => engine.find('recorder')?.hostConfig['CapAdd'];

    const scan = await operator.enforce('scan');
    const first = await operator.enforce('apply', '--yes');
    const afterFirst = kept();
    const second = await operator.enforce('apply', '--yes');
    const afterSecond = kept();
    const third = await operator.enforce('plan', '--detailed-exitcode');

    expect(scan.exitCode).toBe(0);
    expect(first.stdout).toContain('minimal: tried without MKNOD; 1 to try after it');
    expect(first.stdout).toMatch(/web-1\/recorder {2}rolled back/);
    expect(afterFirst).toEqual(['KILL', 'MKNOD']);
    expect(second.stdout).toContain('minimal: tried without KILL; 0 to try after it');
    expect(afterSecond).toEqual(['MKNOD']);
    expect(third.stdout).toContain('1 compliant');
    expect([first, second, third].map(({ exitCode }) => exitCode)).toEqual([3, 0, 0]);
    expect(profile()).toMatch(/MKNOD: \{ verdict: keep, class: required/);
  });

  const folder = (): string => join(operator.folder, 'state', 'profiles');
  const files = (): readonly string[] => {
    try {
      return readdirSync(folder());
    } catch {
      return [];
    }
  };
  const profile = (): string =>
    files()
      .map((name) => readFileSync(join(folder(), name), 'utf8'))
      .join('');
});
