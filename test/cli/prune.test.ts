import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing } from '../support/shop-fleet.ts';

const LATER = new Date('2026-12-24T05:00:00Z');

describe('enforce prune', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1', 'web-2']);
    operator = operatorOf(fleet);
    for (const host of ['web-1', 'web-2'])
      serve(fleet.engine(host), 'web', 80, { Binds: ['web-data:/data'] }, { Volumes: { '/cache': {} } });
    await operator.enforce('apply', '--yes');
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  const on = (host: string): readonly string[] => standing(fleet.engine(host));
  const kept = (host: string): string | undefined => on(host).find((line) => line.includes('enforce-bak'));

  test('leaves what is to be kept for longer', async () => {
    const { exitCode, stdout } = await operator.enforce('prune', '--yes');

    expect([exitCode, stdout]).toEqual([0, 'Nothing is kept longer than it was to be.\n']);
    expect(kept('web-1')).toBeDefined();
  });

  test('removes what was kept long enough, and no volume', async () => {
    const volumes = [...fleet.engine('web-1').store.volumes.keys()];

    const { exitCode, stdout } = await operator.run(operator.words('prune', '--yes'), { now: LATER });

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/✓ web-1\/web\.enforce-bak-\w+ {2}removed\n/);
    expect(on('web-1')).toEqual(['web running 8080']);
    expect([...fleet.engine('web-1').store.volumes.keys()]).toEqual(volumes);
  });

  test('removes all of it when asked to, of the containers that are named', async () => {
    const other = await operator.enforce('prune', '--yes', '--all', '--container', 'mail');
    const { exitCode } = await operator.enforce('prune', '--yes', '--all', '--container', 'w*');

    expect(other.stdout).toBe('Nothing of mail is kept.\n');
    expect([exitCode, on('web-2')]).toEqual([0, ['web running 8080']]);
  });

  test('leaves one that somebody started, and says so', async () => {
    const container = [...fleet.engine('web-1').store.containers.values()].find(({ name }) => name.includes('bak'));
    if (container) container.phase = 'running';

    const { exitCode, stdout } = await operator.enforce('prune', '--yes', '--all');

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/· web-1\/web\.enforce-bak-\w+ {2}left: it runs: somebody started it/);
    expect(on('web-2')).toEqual(['web running 8080']);
  });

  test('tells each in one line for machines', async () => {
    const { stdout } = await operator.enforce('prune', '--yes', '--all', '--json');

    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([
      { type: 'pruned', container: 'web', result: 'removed' },
      { type: 'pruned', container: 'web', result: 'removed' },
    ]);
  });

  test('asks nobody where nobody is', async () => {
    const { exitCode, stderr } = await operator.enforce('prune');

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('add --yes to prune without being asked')]);
    expect(kept('web-1')).toBeDefined();
  });

  test('is no hindrance to a rollback: the new container remembers how the old one was', async () => {
    await operator.enforce('prune', '--yes', '--all');

    const { exitCode, stdout } = await operator.enforce('rollback', '--yes', '-l', 'web-1');

    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('✓ web-1/web  put back')]);
    expect(on('web-1')).toEqual(['web running 80']);
    expect(fleet.engine('web-1').find('web')?.hostConfig['CapDrop']).toBeNull();
  });
});
