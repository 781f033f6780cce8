import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing } from '../support/shop-fleet.ts';

describe('an exception', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['mail-1']);
    operator = operatorOf(fleet);
    serve(fleet.engine('mail-1'), 'mail', 25, { CapDrop: ['ALL'] });
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('in force makes a finding an accepted one, and nothing is left to do', async () => {
    const file = exceptions('mail', '2026-11-22');

    const scan = await operator.enforce('scan', '-e', file);
    const plan = await operator.enforce('plan', '-e', file, '--detailed-exitcode');

    expect([scan.exitCode, plan.exitCode]).toEqual([0, 0]);
    expect(scan.stdout).toContain('excepted until 2026-11-22 (MAIL-118, a.lopez)');
    expect(plan.stdout).toMatch(/^ {2}· +mail +exception until 2026-11-22/m);
  });

  test('in force keeps apply from the container', async () => {
    const file = exceptions('mail', '2026-11-22');

    const { exitCode } = await operator.enforce('apply', '-e', file, '--yes');

    expect([exitCode, ...standing(fleet.engine('mail-1'))]).toEqual([0, 'mail running 25']);
  });

  test('that expired yesterday is a warning, and its finding is one again', async () => {
    const file = exceptions('mail', '2026-11-21');

    const { exitCode, stdout, stderr } = await operator.enforce('scan', '-e', file);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^warning: .*exceptions\.yml:1: .*expired/m);
    expect(stdout).toMatch(/mail +privileged-host-port +publishes 25\/tcp/);
  });

  test('that matches nothing is a warning', async () => {
    const file = exceptions('relay', '2026-12-31');

    const { stdout, stderr } = await operator.enforce('plan', '-e', file);

    const warning = 'exceptions.yml:1: the exception for privileged-host-port matches nothing that was scanned';
    expect(`${stderr}${stdout}`.split(warning)).toHaveLength(2);
  });

  test('that matches nothing is no news while only some containers are looked at', async () => {
    const file = exceptions('relay', '2026-12-31');

    const { stdout, stderr } = await operator.enforce('plan', '-e', file, '--container', 'mail');

    expect(`${stderr}${stdout}`).not.toContain('matches nothing');
  });

  function exceptions(container: string, expires: string): string {
    return operator.write(
      'exceptions.yml',
      `- rule: privileged-host-port
  match: { container: ${container} }
  reason: inbound mail must arrive on 25
  owner: a.lopez
  expires: ${expires}
  ticket: MAIL-118
`,
    );
  }
});
