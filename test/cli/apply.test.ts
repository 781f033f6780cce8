import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, QUICK_PLAYBOOK, type Operator } from '../support/operator.ts';
import { serve, serveWell, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

describe('enforce apply', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1', 'web-2']);
    operator = operatorOf(fleet);
    serve(fleet.engine('web-1'), 'web', 80);
    serve(fleet.engine('web-1'), 'mail', 25);
    serveWell(fleet.engine('web-2'), 'web', 8080);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('--yes makes every change, ends with 0 and leaves nothing to do', async () => {
    const { exitCode, stdout } = await operator.enforce('apply', '--yes');
    const plan = await operator.enforce('plan', '--detailed-exitcode');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ {2}✓ web-1\/web {2}applied +:8080 answers +down \d+\.\d s +kept web\.enforce-bak-\w+$/m);
    expect(stdout).toMatch(/^ {2}✓ web-1\/mail {2}applied +:8025 answers/m);
    expect(stdout).toMatch(/^Run \w{15}: 2 applied\. {2}exit 0$/m);
    expect(plan.exitCode).toBe(0);
    expect(plan.stdout).toContain('Plan: 0 to recreate, 0 to update, 0 blocked, 0 excepted, 3 compliant.');
    expect(standing(fleet.engine('web-1'))).toEqual([
      'mail running 8025',
      expect.stringMatching(/^mail\.enforce-bak-\w+ exited$/),
      'web running 8080',
      expect.stringMatching(/^web\.enforce-bak-\w+ exited$/),
    ]);
    expect(writesTo(fleet.engine('web-2'))).toEqual([]);
  });

  test('with nothing to do changes nothing and ends with 0', async () => {
    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '-l', 'web-2');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Run \w+: nothing to do\. {2}exit 0$/m);
  });

  test('narrowed to a container leaves every other as it is', async () => {
    await operator.enforce('apply', '--yes', '--container', 'mail');

    expect(standing(fleet.engine('web-1'))).toContain('web running 80');
    expect(standing(fleet.engine('web-1'))).toContain('mail running 8025');
  });

  test('ends with 2 when something is blocked, and says what', async () => {
    serve(fleet.engine('web-1'), 'orders', 82).changes = [{ Path: '/var/lib/orders.db', Kind: 1 }];

    const { exitCode, stdout } = await operator.enforce('apply', '--yes');

    expect(exitCode).toBe(2);
    expect(stdout).toContain('1 file in the writable layer would be lost (/var/lib/orders.db)');
    expect(standing(fleet.engine('web-1'))).toContain('orders running 82');
    expect(standing(fleet.engine('web-1'))).toContain('web running 8080');
  });

  test('puts a service back that its fix breaks, and ends with 3', async () => {
    serve(fleet.engine('web-1'), 'recorder', 554);
    const before = standing(fleet.engine('web-1')).find((line) => line.startsWith('recorder'));

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '--container', 'recorder');

    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/✗ web-1\/recorder {2}rolled back: .*mknod .* failed/);
    expect(standing(fleet.engine('web-1')).filter((line) => line.startsWith('recorder'))).toEqual([before]);
  });

  test('starts nothing new after max_failures, and says so', async () => {
    serve(fleet.engine('web-1'), 'recorder', 554, {}, { Image: 'acme/recorder:2' });
    serve(fleet.engine('web-1'), 'a-recorder', 555, {}, { Image: 'acme/recorder:2' });

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '--max-failures', '1');

    expect(exitCode).toBe(3);
    expect(stdout).toContain('web-1/a-recorder  rolled back');
    expect(stdout).toMatch(
      /web-1\/web {2}deferred: the run has had 1 failure, as many as it may have \(max_failures 1\)/,
    );
    expect(standing(fleet.engine('web-1'))).toContain('web running 80');
  });

  test.each([
    ['a number on the command line', ['--max-changes', '1'], QUICK_PLAYBOOK],
    ['a number in the playbook', [], QUICK_PLAYBOOK.replace('max_failures: 9', 'max_changes: 1')],
    ['a share in the playbook', [], QUICK_PLAYBOOK.replace('max_failures: 9', 'max_changes: "50%"')],
  ])('over %s does nothing at all and ends with 5', async (_what, words, playbook) => {
    const file = operator.write('careful.yml', playbook);

    const { exitCode, stderr } = await operator.enforce('apply', '--yes', '-p', file, ...words);

    expect(exitCode).toBe(5);
    expect(stderr).toMatch(/the plan changes 2 of 3 containers, more than the 1 that .*max.changes.* allows/);
    expect(writesTo(fleet.engine('web-1'))).toEqual([]);
  });

  test('with --json prints JSON lines and nothing else on standard output', async () => {
    serve(fleet.engine('web-1'), 'recorder', 554);

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '--json');

    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(exitCode).toBe(3);
    expect(lines).toMatchObject([
      { type: 'run-started', run: expect.any(String), changes: 3 },
      { type: 'change', host: 'web-1', container: 'mail', result: 'applied', answers: [8025] },
      { type: 'change', container: 'recorder', result: 'rolled-back', because: expect.stringContaining('mknod') },
      { type: 'change', container: 'web', result: 'applied', kept: expect.stringContaining('web.enforce-bak-') },
      { type: 'run-ended', exit_code: 3 },
    ]);
  });

  test('tells each step on standard error, and with -q nothing there', async () => {
    const loud = await operator.enforce('apply', '--yes', '--container', 'web');
    const quiet = await operator.enforce('apply', '--yes', '--container', 'mail', '-q');

    expect(loud.stderr).toMatch(/^web-1\/web: create the new container beside the old$/m);
    expect(quiet.exitCode).toBe(0);
    expect(quiet.stderr).toBe('');
  });

  test('changes the reachable hosts, and ends with 4 as the answer is incomplete', async () => {
    const more = operator.write('edge.yml', 'all: { hosts: { edge-1: { docker: "ssh://demo@127.0.0.1:1" } } }\n');

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '-i', more);

    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^edge-1 .*not reached/m);
    expect(standing(fleet.engine('web-1'))).toContain('web running 8080');
  });

  test('keeps the plan it carried out beside its journal, for its owner only', async () => {
    await operator.enforce('apply', '--yes');

    const [journal] = operator.journals();
    const run = journal?.[0]?.event === 'run-started' ? journal[0].run : '';
    const kept = join(operator.folder, 'state', 'runs', run, 'plan.json');
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toMatchObject({ changes: [{ host: 'web-1' }, { host: 'web-1' }] });
    expect(statSync(kept).mode & 0o777).toBe(0o600);
  });
});
