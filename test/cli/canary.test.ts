import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LOCK_NAME } from '../../src/model/names.ts';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, QUICK_PLAYBOOK, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

const HOSTS = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5', 'web-6'];

describe('the canary of a rollout', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(HOSTS);
    operator = operatorOf(fleet, QUICK_PLAYBOOK.replace('rollout: {', 'rollout: { batches: [1, 100%],'));
    for (const host of HOSTS) serve(fleet.engine(host), 'web', 80);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('that fails ends the run, however many failures it may have', async () => {
    serve(fleet.engine('web-1'), 'recorder', 554);

    const { exitCode, stdout, stderr } = await operator.enforce('apply', '--yes');

    expect(exitCode).toBe(3);
    expect(stderr).toContain('batch 1 (canary): web-1\n');
    expect(stderr).not.toContain('batch 2');
    expect(stdout).toMatch(/web-1\/web {2}deferred: web-1\/recorder failed, which is in the canary batch/);
    expect(stdout).toMatch(/web-6\/web {2}deferred: web-1\/recorder failed/);
    expect(HOSTS.slice(1).flatMap((host) => writesTo(fleet.engine(host)))).toEqual([]);
    expect(HOSTS.slice(1).map((host) => fleet.hosts.get(host)?.connections())).toEqual([2, 2, 2, 2, 2]);
  });

  test('that is gone by now is no failure, and the next host is the canary', async () => {
    const plan = join(operator.folder, 'plan.json');
    await operator.enforce('plan', '-o', plan);
    const inventory = await readFile(fleet.inventoryFile, 'utf8');
    const gone = inventory.replace(`127.0.0.1:${fleet.hosts.get('web-1')?.port ?? 0}`, '127.0.0.1:1');
    const words = [
      'apply',
      '--yes',
      '-i',
      operator.write('hosts.yml', gone),
      '-p',
      join(operator.folder, 'playbook.yml'),
    ];

    const { exitCode, stdout, stderr } = await operator.run([...words, '--max-failures', '1', plan]);

    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/batch 1 \(canary\): web-1\n[^]*batch 1 \(canary\): web-2\n[^]*batch 2: web-3, web-4, /);
    expect(stdout).toMatch(/^Run \w+: 5 applied, 1 skipped, 1 host not reached\. {2}exit 4$/m);
    expect(operator.journals().at(-1)).toContainEqual(
      expect.objectContaining({ event: 'host-unreached', host: 'web-1' }),
    );
  });

  test('lets failures of later batches count only when they are as many as the share that may fail', async () => {
    for (const host of ['web-2', 'web-3', 'web-4']) serve(fleet.engine(host), 'recorder', 554);
    const words = ['apply', '--yes', '-c', '1', '--max-failures'];

    const { stdout } = await operator.enforce(...(words as ['apply', ...string[]]), '25%');

    // A quarter of nine changes is two.
    expect(stdout).toMatch(/web-3\/web {2}deferred: the run has had 2 failures, as many as .*\(max_failures 25%\)/);
    expect(stdout).toMatch(/web-4\/recorder {2}deferred/);
    expect(standing(fleet.engine('web-2'))).toContain('web running 8080');
  });

  test('is told on JSON lines too', async () => {
    const { stdout } = await operator.enforce('apply', '--yes', '--json');

    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly type: string });
    expect(lines.filter(({ type }) => type !== 'change')).toMatchObject([
      { type: 'run-started', changes: 6 },
      { type: 'batch-started', batch: 1, canary: true, hosts: ['web-1'] },
      { type: 'batch-started', batch: 2, canary: false, hosts: HOSTS.slice(1) },
      { type: 'run-ended', exit_code: 0, hosts_unreached: 0 },
    ]);
  });
});

describe('the changes of one host', () => {
  test('are made one after the other, whatever others do meanwhile', async () => {
    const hosts = HOSTS.slice(0, 3);
    const fleet = await shopFleet(hosts);
    const operator = operatorOf(fleet);
    const created: string[] = [];
    const halfDone: string[] = [];
    for (const host of hosts) {
      const engine = fleet.engine(host);
      for (const [at, name] of ['mail', 'web', 'zone'].entries()) serve(engine, name, 80 + at);
      engine.afterEach = ({ path, subject }) => {
        if (path !== '/containers/create' || subject === LOCK_NAME) return;
        created.push(host);
        const others = standing(engine).filter((line) => !line.startsWith(subject));
        halfDone.push(...others.filter((line) => /\.enforce-(new|old)-/.test(line)));
      };
    }

    const { exitCode } = await operator.enforce('apply', '--yes');

    expect([exitCode, halfDone]).toEqual([0, []]);
    expect([created.length, new Set(created.slice(0, 3)).size]).toEqual([9, 3]);
    operator.leave();
    await fleet.close();
  });
});
