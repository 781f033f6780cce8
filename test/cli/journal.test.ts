import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

/** The run that a world with this name and the time of the fixtures begins. */
const NAME = '261122050000abc';

describe('the journal of a run', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    operator = operatorOf(fleet);
    serve(fleet.engine('web-1'), 'mail', 25);
    serve(fleet.engine('web-1'), 'recorder', 554);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('is for its owner only, and so is the folder of runs', async () => {
    await apply();

    expect(mode('runs', NAME)).toBe('700');
    expect(mode('runs')).toBe('700');
    expect(readdirSync(stateFolder('runs', NAME)).map((file) => [file, mode('runs', NAME, file)])).toEqual([
      ['journal.jsonl', '600'],
      ['plan.json', '600'],
    ]);
  });

  test('has a line on disk before each call that changes something', async () => {
    const before: [calls: number, lines: number][] = [];
    let calls = 0;
    fleet.engine('web-1').fault = ({ mutating }) => {
      if (mutating) before.push([++calls, linesOf('operation')]);
      return undefined;
    };

    await apply();

    expect(calls).toBeGreaterThan(15);
    expect(before).toEqual(before.map((_pair, index) => [index + 1, index + 1]));
  });

  test('tells the run from its plan to its exit code, in order', async () => {
    const { exitCode } = await apply();

    const [journal = []] = operator.journals();
    const told = journal.flatMap((entry) => (entry.event === 'operation' || entry.event === 'answered' ? [] : [entry]));
    expect(told).toMatchObject([
      { event: 'run-started', run: NAME, operator: 'a.lopez@control-1', command: 'apply' },
      { event: 'batch-started', batch: 1, hosts: ['web-1'], isCanary: false, of: 1 },
      { event: 'change-started', host: 'web-1', container: 'mail', action: 'recreate' },
      { event: 'decided', decision: 'verified' },
      // It is tried by a restart.
      { event: 'decided', decision: 'verified' },
      { event: 'change-ended', outcome: { result: 'applied' } },
      { event: 'change-started', container: 'recorder' },
      { event: 'decided', decision: 'roll-back', because: expect.stringContaining('mknod') },
      { event: 'change-ended', outcome: { result: 'rolled-back' } },
      { event: 'run-ended', exitCode },
    ]);
  });

  test('that has no place to be ends apply with 1 before anything is connected', async () => {
    writeFileSync(stateFolder(), 'a file, where a folder should be');

    const { exitCode, stderr } = await apply();

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/cannot be (written|recorded).*nothing was changed/);
    expect(stderr).toContain('--state-dir');
    expect(fleet.hosts.get('web-1')?.connections()).toBe(0);
  });

  test('that has no room for its first line ends apply with 1, and nothing was changed', async () => {
    mkdirSync(stateFolder('runs', NAME), { recursive: true });
    symlinkSync('/dev/full', stateFolder('runs', NAME, 'journal.jsonl'));

    const { exitCode, stderr } = await apply();

    expect(exitCode).toBe(1);
    expect(stderr).toContain('ENOSPC');
    expect(writesTo(fleet.engine('web-1'))).toEqual([]);
  });

  test('of another run, where a device without an end is in its place, is passed over', async () => {
    mkdirSync(stateFolder('runs', '1abc'), { recursive: true });
    symlinkSync('/dev/full', stateFolder('runs', '1abc', 'journal.jsonl'));

    const { exitCode, stdout } = await operator.enforce('status');

    expect([exitCode, stdout]).toEqual([0, expect.not.stringContaining('1abc')]);
  });

  test('is where --state-dir says', async () => {
    const folder = join(operator.folder, 'elsewhere');

    await operator.enforce('apply', '--yes', '--state-dir', folder);

    expect(readdirSync(join(folder, 'runs'))).toHaveLength(1);
  });

  test('is needed by no one: without it the next run finds everything on the host', async () => {
    const colleague = operatorOf(fleet);
    await operator.enforce('apply', '--yes', '--container', 'mail');

    const { exitCode } = await colleague.enforce('rollback', '--yes');
    colleague.leave();

    expect([exitCode, ...standing(fleet.engine('web-1'))]).toEqual([0, 'mail running 25', 'recorder running 554']);
  });

  function apply(): ReturnType<Operator['run']> {
    return operator.run(operator.words('apply', '--yes'), { randomName: () => 'abc' });
  }

  function stateFolder(...path: readonly string[]): string {
    return join(operator.folder, 'state', ...path);
  }

  function mode(...path: readonly string[]): string {
    return (statSync(stateFolder(...path)).mode & 0o777).toString(8);
  }

  function linesOf(event: string): number {
    return readFileSync(stateFolder('runs', NAME, 'journal.jsonl'), 'utf8').split(`"event":"${event}"`).length - 1;
  }
});
