import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JournalEntry } from '../../src/model/journal.ts';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { type Ended, operatorOf, QUICK_PLAYBOOK, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

const HOSTS = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5'];
const PLAYBOOK = QUICK_PLAYBOOK.replace('rollout: {', 'rollout: { batches: [1, 2, 100%],');

let fleet: EmbeddedFleet;
let operator: Operator;
beforeEach(async () => {
  fleet = await shopFleet(HOSTS);
  operator = operatorOf(fleet, PLAYBOOK);
  for (const host of HOSTS) serve(fleet.engine(host), 'web', 80);
});
afterEach(async () => {
  operator.leave();
  await fleet.close();
});

describe('the same apply after one that left work', () => {
  test('goes on where it stopped: what was begun first, the canary not again, and it says so', async () => {
    const first = await interruptedAt('web-2', ['-c', '1']);

    const { exitCode, stdout, stderr } = await operator.enforce('apply', '--yes', '-c', '1');

    expect(first.stderr).toMatch(/^next: the same command goes on with 3 changes that it did not come to$/m);
    expect(batches(first.stderr)).toEqual(['batch 1 (canary): web-1', 'batch 2: web-2, web-3']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^continues run \w{15} of a\.lopez@control-1: 2 changes made, 3 left; its canary passed, batch 2 was begun$/m,
    );
    expect(batches(stderr)).toEqual(['batch 2: web-3', 'batch 3: web-4, web-5']);
    expect(stdout).toMatch(/Run \w+: 3 applied\. {2}exit 0/);
    expect(running()).toEqual(HOSTS.map(() => 'web running 8080'));
  });

  test('and after that one too, as often as it takes', async () => {
    await interruptedAt('web-2', ['-c', '1']);
    await interruptedAt('web-3', ['-c', '1']);

    const { stdout, stderr } = await operator.enforce('apply', '--yes', '--json');
    const { stdout: status } = await operator.enforce('status');

    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ changes: 2, continues: runOf(1) });
    expect(batches(stderr)).toEqual(['batch 3: web-4, web-5']);
    expect(status).toMatch(
      new RegExp(`^ +${runOf(1)} .* 1 applied, 2 deferred +exit 130 .*continues ${runOf(0)}$`, 'm'),
    );
  });

  test('begins with a canary again where that has not passed', async () => {
    serve(fleet.engine('web-1'), 'recorder', 554);
    const first = await operator.enforce('apply', '--yes');

    const again = await operator.enforce('apply', '--yes');

    expect([first.exitCode, again.exitCode]).toEqual([3, 3]);
    expect(again.stderr).toContain('its canary has shown nothing yet');
    expect(batches(again.stderr)).toEqual(['batch 1 (canary): web-1']);
    expect(HOSTS.slice(1).flatMap((host) => writesTo(fleet.engine(host)))).toEqual([]);
  });

  test('tries what failed after all else, so that it does not end there again', async () => {
    serve(fleet.engine('web-2'), 'recorder', 554);
    serve(fleet.engine('web-3'), 'recorder', 554);
    const words = ['apply', '--yes', '-c', '1', '--max-failures', '1'] as const;
    const first = await operator.enforce(...words);

    const second = await operator.enforce(...words);
    const third = await operator.enforce(...words);

    expect([first, second, third].map(({ stdout }) => /Run \w+: (.*)/.exec(stdout)?.[1])).toEqual([
      '1 applied, 1 rolled back, 5 deferred.  exit 3',
      '1 applied, 1 rolled back, 4 deferred.  exit 3',
      '3 applied, 1 rolled back, 1 deferred.  exit 3',
    ]);
  });

  test('does so without a canary too', async () => {
    const file = operator.write('whole.yml', QUICK_PLAYBOOK);
    serve(fleet.engine('web-1'), 'recorder', 554);
    serve(fleet.engine('web-1'), 'abacus', 81, { CapDrop: ['CHOWN'] }, { Image: 'acme/recorder:2' });
    const words = ['apply', '--yes', '-c', '1', '--max-failures', '1', '-p', file, '-l', 'web-1'] as const;
    const told: unknown[] = [];
    for (let run = 0; run < 3; run += 1) {
      const { stdout } = await operator.enforce(...words);
      told.push([...stdout.matchAll(/^ {2}(\S) web-1\/(\w+)/gm)].map(([, mark, name]) => `${mark} ${name}`));
    }

    expect(told).toEqual([
      ['✗ abacus', '· recorder', '· web'],
      ['✗ recorder', '· web'],
      ['✓ web', '✗ recorder'],
    ]);
  });

  test('makes of a saved plan what was not made of it yet', async () => {
    const plan = join(operator.folder, 'plan.json');
    await operator.enforce('plan', '-o', plan);
    await interruptedAt('web-2', ['-c', '1', plan]);

    const { exitCode, stdout, stderr } = await operator.enforce('apply', '--yes', plan);

    expect(stderr).toMatch(/^continues run \w+ of .*: 2 changes made, 3 left/m);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/Run \w+: 3 applied\. {2}exit 0/)]);
  });

  test('goes on after a run that was killed, once its process is gone', async () => {
    await killedAfterTheCanary();

    const { stderr } = await operator.enforce('apply', '--yes');

    expect(stderr).toContain('continues run');
    expect(batches(stderr)[0]).toBe('batch 2: web-2, web-3');
  });
});

describe('an apply begins anew', () => {
  test.each<[string, () => readonly string[] | Promise<readonly string[]>]>([
    [
      'with another playbook',
      () => ['-p', operator.write('other.yml', PLAYBOOK.replace('deadline: 5s', 'deadline: 6s'))],
    ],
    ['for other hosts', () => ['-l', 'all:!web-5']],
    ['for some containers only', () => ['--container', 'we*']],
  ])('%s', async (_what, words) => {
    await interruptedAt('web-2', ['-c', '1']);

    const { stderr } = await operator.enforce('apply', '--yes', ...(await words()));

    expect(stderr).not.toContain('continues run');
    expect(batches(stderr)[0]).toBe('batch 1 (canary): web-3');
  });

  test('a day after the run that left work', async () => {
    await interruptedAt('web-2', ['-c', '1']);

    const { stderr } = await operator.run(operator.words('apply', '--yes'), { now: new Date('2026-11-23T05:30:00Z') });

    expect(stderr).not.toContain('continues run');
  });

  test('after a rollback, which says that something was wrong', async () => {
    await interruptedAt('web-2', ['-c', '1']);
    await operator.run(operator.words('rollback', '--yes'), { now: new Date('2026-11-22T05:10:00Z') });

    const { stderr } = await operator.enforce('apply', '--yes');

    expect(batches(stderr)[0]).toBe('batch 1 (canary): web-1');
  });

  test('after a run that left nothing, though something failed in it', async () => {
    serve(fleet.engine('web-4'), 'recorder', 554);
    await operator.enforce('apply', '--yes');

    const { stderr } = await operator.enforce('apply', '--yes');

    expect(stderr).not.toContain('continues run');
    expect(batches(stderr)).toEqual([]);
  });

  test('beside a run that may be at work still', async () => {
    await killedAfterTheCanary('boot pid:[1] 0 1');
    const alive = { process: 'boot pid:[1] 9 9', isGone: () => false };
    const { world, ended } = operator.begin(operator.words('apply', '--yes'));
    Object.assign(world, { identity: alive });

    const { stderr } = await ended;

    expect(stderr).not.toContain('continues run');
    expect(batches(stderr)[0]).toBe('batch 1 (canary): web-2');
  });
});

/** Somebody presses Ctrl-C when the change of this host has just begun. */
async function interruptedAt(host: string, words: readonly string[]): Promise<Ended> {
  const { world, ended } = operator.begin(operator.words('apply', '--yes', ...words));
  fleet.engine(host).afterEach = ({ path }) => {
    if (path === '/containers/create') world.interrupt();
  };
  const result = await ended;
  expect(result.exitCode).toBe(130);
  return result;
}

/** Of a run that was interrupted in its second batch, only what was written down until its canary had passed. */
async function killedAfterTheCanary(process?: string): Promise<void> {
  await interruptedAt('web-1', ['-c', '1']);
  const file = join(operator.folder, 'state', 'runs', runOf(0), 'journal.jsonl');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const isKept = (line: string): boolean => !/run-ended|"deferred"/.test(line);
  const entries = lines.filter(isKept).map((line) => JSON.parse(line) as JournalEntry);
  const told = entries.map((entry) =>
    entry.event === 'run-started' && process !== undefined ? { ...entry, process } : entry,
  );
  writeFileSync(file, '');
  for (const entry of told) appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

function runOf(at: number): string {
  const started = operator.journals()[at]?.find(({ event }) => event === 'run-started');
  return started?.event === 'run-started' ? started.run : '';
}

function batches(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line.startsWith('batch '));
}

function running(): readonly string[] {
  return HOSTS.flatMap((host) => standing(fleet.engine(host)).filter((line) => line.includes('running')));
}
