import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, writesTo } from '../support/shop-fleet.ts';

describe('enforce status', () => {
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

  test('before the first run shows that there is nothing', async () => {
    const { exitCode, stdout } = await operator.enforce('status');

    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^runs +none\nkept +none\nunfinished +nothing\n/)]);
  });

  test('shows runs, newest first, how they ended, and what is kept of them', async () => {
    await operator.enforce('apply', '--yes', '--container', 'mail');
    await operator.run(operator.words('apply', '--yes'), { now: new Date('2026-11-22T06:00:00Z') });

    const { exitCode, stdout } = await operator.enforce('status');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^runs +261122060000\w+ .* 1 rolled back +exit 3 +a\.lopez@control-1$/m);
    expect(stdout).toMatch(/^ +261122050000\w+ .* 1 applied +exit 0 +a\.lopez@control-1$/m);
    expect(stdout).toMatch(/^kept +web-1\/mail +mail\.enforce-bak-261122050000\w+ +run 261122050000/m);
  });

  test('tells of a changed container that does worse since, with the command that takes it back; so does a plan', async () => {
    const engine = fleet.engine('web-1');
    await operator.enforce('apply', '--yes', '--container', 'mail');
    const mail = engine.find('mail');
    if (mail) mail.restartCount = 2;
    const now = new Date(Date.parse(mail?.created ?? '') + 3_600_000);

    const { stdout } = await operator.run(operator.words('status'), { now });
    const json = await operator.run(operator.words('status', '--json'), { now });
    const plan = await operator.run(operator.words('plan'), { now });

    const rollback = /enforce rollback 261122050000\w+ --limit 'web-1' --container 'mail'/;
    expect(stdout).toMatch(/^worse since +web-1\/mail +run 261122050000\w+ +its engine restarted it 2 times/m);
    expect(stdout).toMatch(rollback);
    expect(JSON.parse(json.stdout)).toMatchObject({ worse_since: [{ host: 'web-1', container: 'mail' }] });
    expect(plan.stderr).toMatch(/web-1: mail does worse since run 261122050000\w+ changed it: its engine restarted it/);
    expect(plan.stderr).toMatch(rollback);
  });

  test('with --json prints one document', async () => {
    await operator.enforce('apply', '--yes');

    const { stdout } = await operator.enforce('status', '--json');

    expect(JSON.parse(stdout)).toMatchObject({
      format_version: '1.0',
      complete: true,
      runs: [{ counts: { applied: 1, 'rolled-back': 1 }, exit_code: 3 }],
      kept: [{ host: 'web-1', container: 'mail', name: expect.stringContaining('mail.enforce-bak-') }],
      unfinished: [],
      not_reached: [],
    });
  });

  test('of one run tells how each of its changes ended', async () => {
    await operator.enforce('apply', '--yes');
    const [run = ''] = readdirSync(join(operator.folder, 'state', 'runs'));

    const text = await operator.enforce('status', run);
    const json = await operator.enforce('status', run, '--json');

    expect([text.exitCode, json.exitCode]).toEqual([0, 0]);
    expect(text.stdout).toMatch(
      new RegExp(`^${run}  2026-11-22T.* 1 applied, 1 rolled back +exit 3 +a\\.lopez@control-1$`, 'm'),
    );
    expect(text.stdout).toMatch(/web-1\/mail {2}applied/);
    expect(text.stdout).toMatch(/web-1\/recorder {2}rolled back: .*mknod/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      run,
      exit_code: 3,
      counts: { applied: 1, 'rolled-back': 1 },
      continues: null,
      changes: [
        { container: 'mail', result: 'applied', because: null },
        { container: 'recorder', result: 'rolled-back', because: expect.stringContaining('mknod') },
      ],
    });
  });

  test('ends with 4 when a host cannot be asked', async () => {
    const more = operator.write('edge.yml', 'all: { hosts: { edge-1: { docker: "ssh://demo@127.0.0.1:1" } } }\n');

    const { exitCode, stdout } = await operator.enforce('status', '-i', more);

    expect([exitCode, stdout]).toEqual([4, expect.stringMatching(/^not reached +edge-1 +nothing listens/m)]);
  });

  test('reads a journal that a power cut tore, and says that its run did not end', async () => {
    await operator.enforce('apply', '--yes');
    const folder = join(operator.folder, 'state', 'runs', '261122040000zzz');
    mkdirSync(folder);
    const started = { event: 'run-started', at: '2026-11-22T04:00:00Z', run: '261122040000zzz', operator: 'b.ito@c-2' };
    writeFileSync(join(folder, 'journal.jsonl'), `${JSON.stringify(started)}\n`);
    appendFileSync(join(folder, 'journal.jsonl'), '{"event":"change-sta');

    const { exitCode, stdout } = await operator.enforce('status');

    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/261122040000zzz .*nothing done +did not end/)]);
  });

  test('only reads', async () => {
    await operator.enforce('apply', '--yes');
    const writes = writesTo(fleet.engine('web-1')).length;

    await operator.enforce('status');

    expect(writesTo(fleet.engine('web-1'))).toHaveLength(writes);
  });
});
