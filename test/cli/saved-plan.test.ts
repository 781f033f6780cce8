import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, QUICK_PLAYBOOK, type Ended, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

describe('a saved plan', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  let file: string;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1', 'web-2']);
    operator = operatorOf(fleet);
    for (const host of ['web-1', 'web-2']) serve(fleet.engine(host), 'web', 80);
    serve(fleet.engine('web-1'), 'mail', 25);
    file = join(operator.folder, 'plan.json');
    await operator.enforce('plan', '-o', file);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('is carried out as it is', async () => {
    const { exitCode } = await operator.enforce('apply', '--yes', file);

    expect(exitCode).toBe(0);
    expect(running('web-1')).toEqual(['mail running 8025', 'web running 8080']);
    expect(running('web-2')).toEqual(['web running 8080']);
  });

  test('does not hold what appeared after it was made', async () => {
    serve(fleet.engine('web-2'), 'mail', 25);

    await operator.enforce('apply', '--yes', file);

    expect(running('web-2')).toEqual(['mail running 25', 'web running 8080']);
  });

  test('is no approval: without --yes and a terminal nothing happens', async () => {
    const { exitCode, stderr } = await operator.enforce('apply', file);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('--yes');
    expect(writesTo(fleet.engine('web-1'))).toEqual([]);
  });

  test.each<[string, string, number]>([
    ['is carried out 24 hours after it was made', '2026-11-23T05:00:00Z', 0],
    ['is refused a minute later', '2026-11-23T05:01:00Z', 5],
    ['from the future is refused', '2026-11-22T04:00:00Z', 5],
  ])('%s', async (_what, now, expected) => {
    const { exitCode } = await operator.run(operator.words('apply', '--yes', file), { now: new Date(now) });

    expect(exitCode).toBe(expected);
    expect(writesTo(fleet.engine('web-1')).length > 0).toBe(expected === 0);
  });

  test('is refused once the playbook changed', async () => {
    operator.write('playbook.yml', QUICK_PLAYBOOK.replace('80: 8080', '80: 8081'));

    const ended = await operator.enforce('apply', '--yes', file);

    expectRefusal(ended, 'playbook quick, which changed since');
  });

  test('is refused once the exceptions changed', async () => {
    const exceptions = operator.write(
      'exceptions.yml',
      '- { rule: linux-capabilities, match: { container: x }, reason: r, owner: o, expires: 2027-01-01 }\n',
    );

    const ended = await operator.enforce('apply', '--yes', '-e', exceptions, file);

    expectRefusal(ended, 'the exceptions changed');
  });

  test('that was written for another format is refused with the file', async () => {
    const text = await readFile(file, 'utf8');
    operator.write('plan.json', text.replace('"format_version": "1.0"', '"format_version": "2.0"'));

    const { exitCode, stderr } = await operator.enforce('apply', '--yes', file);

    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/plan\.json.*format_version/)]);
  });

  test('leaves hosts alone that --limit does not select, and says so', async () => {
    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '-l', 'web-2', file);

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/web-1\/web {2}skipped: .*not selected by --limit/);
    expect(writesTo(fleet.engine('web-1'))).toEqual([]);
    expect(running('web-2')).toEqual(['web running 8080']);
  });

  test('leaves containers alone that --container does not select, and says so', async () => {
    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '--container', 'mail', file);

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/web-1\/web {2}skipped: not selected by --container/);
    expect(running('web-1')).toEqual(['mail running 8025', 'web running 80']);
    expect(running('web-2')).toEqual(['web running 80']);
  });

  test('cannot be narrowed to a rule after it was made', async () => {
    const { exitCode, stderr } = await operator.enforce('apply', '--yes', '--rule', 'privileged-host-port', file);

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('enforce plan --rule')]);
    expect(writesTo(fleet.engine('web-1'))).toEqual([]);
  });

  test('skips the changes of a host that is gone by now, makes the others, and ends with 4', async () => {
    const inventory = await readFile(fleet.inventoryFile, 'utf8');
    const gone = inventory.replace(`127.0.0.1:${fleet.hosts.get('web-1')?.port ?? 0}`, '127.0.0.1:1');

    const { exitCode, stdout } = await operator.run([
      ...['apply', '--yes', '-i', operator.write('hosts.yml', gone)],
      ...['-p', join(operator.folder, 'playbook.yml'), file],
    ]);

    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/web-1\/web {2}skipped: nothing listens on/);
    expect(running('web-2')).toEqual(['web running 8080']);
  });

  function running(host: string): readonly string[] {
    return standing(fleet.engine(host)).filter((line) => line.includes('running'));
  }

  function expectRefusal({ exitCode, stderr }: Ended, because: string): void {
    expect(exitCode).toBe(5);
    expect(stderr).toContain(because);
    expect(fleet.hosts.get('web-1')?.connections()).toBe(1);
    expect(writesTo(fleet.engine('web-1'))).toEqual([]);
  }
});
