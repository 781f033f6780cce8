import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, serveWell, shopFleet, writesTo } from '../support/shop-fleet.ts';

const MOVED = {
  before: { 'HostConfig.PortBindings': { '80/tcp': [{ HostPort: '80' }] } },
  after: { 'HostConfig.PortBindings': { '80/tcp': [{ HostPort: '8080' }] }, 'HostConfig.CapDrop': ['ALL'] },
};

describe('enforce plan', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1', 'web-2', 'pod-1'], {
      'pod-1': { engine: { kind: 'podman', version: '4.3.1', apiVersion: '1.40' } },
    });
    operator = operatorOf(fleet);
    serve(fleet.engine('web-1'), 'web', 80);
    serveWell(fleet.engine('web-2'), 'web', 8080);
    serve(fleet.engine('pod-1'), 'web', 80);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('shows the diff and ends with 0, as to look is no failure', async () => {
    const { exitCode, stdout, stderr } = await operator.enforce('plan', '-l', 'web-*');

    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^web-1 +ssh:\/\/demo@127\.0\.0\.1:\d+ +Docker 20\.10\.24 +1 container, 1 to recreate$/m);
    expect(stdout).toMatch(/^ {2}-\/\+ web +shop\/web:3 +down about 2 s$/m);
    expect(stdout).toMatch(/ports +80\/tcp +\*:80 → \*:8080 +privileged-host-port +CIS 5\.8/);
    expect(stdout).toMatch(/cap_drop +– → ALL/);
    expect(stdout).toContain('Plan: 1 to recreate, 0 to update, 0 blocked, 0 excepted, 1 compliant.');
  });

  test.each([
    ['changes', 'web-1', 2],
    ['only blocked ones', 'pod-1', 2],
    ['nothing to do', 'web-2', 0],
  ])('with --detailed-exitcode and %s ends with its own code', async (_what, host, expected) => {
    const { exitCode } = await operator.enforce('plan', '-l', host, '--detailed-exitcode');

    expect(exitCode).toBe(expected);
  });

  test('with --json prints one document with the published fields', async () => {
    const { stdout } = await operator.enforce('plan', '-l', 'web-*', '--json');

    expect(JSON.parse(stdout)).toMatchObject({
      format_version: '1.0',
      generated_at: '2026-11-22T05:00:00.000Z',
      errored: false,
      complete: true,
      changes: [
        {
          host: 'web-1',
          container: 'web',
          id: fleet.engine('web-1').find('web')?.id,
          action: 'recreate',
          because: [{ rule: 'privileged-host-port' }, { rule: 'linux-capabilities' }],
          ...MOVED,
          owner: { kind: 'none' },
          downtime_s: 2,
          blocked: null,
          stale_if: {
            config_digest: expect.stringMatching(/^sha256:/),
            image_id: expect.stringMatching(/^sha256:/),
            engine_id: 'MEMO:web-1',
          },
        },
      ],
      port_changes: [{ host: 'web-1', container: 'web', proto: 'tcp', ip: '', from: 80, to: 8080 }],
    });
  });

  test('only reads: no engine gets a call that could change anything', async () => {
    await operator.enforce('plan', '-o', join(operator.folder, 'plan.json'));

    expect([...fleet.hosts.values()].flatMap(({ engine }) => writesTo(engine))).toEqual([]);
  });

  test('is the same every time, to the byte', async () => {
    serve(fleet.engine('web-1'), 'mail', 25);
    serve(fleet.engine('web-1'), 'api', 81);

    const [one, other] = [await operator.enforce('plan', '--json'), await operator.enforce('plan', '--json')];

    expect(other.stdout).toBe(one.stdout);
  });

  test('with -o saves the very document that --json prints, for its owner only', async () => {
    const file = join(operator.folder, 'plan.json');

    const { stdout } = await operator.enforce('plan', '-l', 'web-*', '--json', '-o', file);

    expect(await readFile(file, 'utf8')).toBe(stdout);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('says with 1 when the file for -o cannot be written', async () => {
    const { exitCode, stderr } = await operator.enforce('plan', '-o', join(operator.folder, 'none', 'plan.json'));

    expect(exitCode).toBe(1);
    expect(stderr).toContain('plan.json cannot be written');
  });

  test('blocks what Podman runs, and says what to change instead', async () => {
    const { stdout } = await operator.enforce('plan', '-l', 'pod-1');

    expect(stdout).toContain('Podman 4.3.1 (report only)');
    expect(stdout).toMatch(/^ {2}! +web +blocked: the engine is Podman/m);
    expect(stdout).toContain('→ change the quadlet');
  });

  test('ends with 4 when a host cannot be reached, and plans the others', async () => {
    const more = operator.write('edge.yml', 'all: { hosts: { edge-1: { docker: "ssh://demo@127.0.0.1:1" } } }\n');

    const { exitCode, stdout } = await operator.enforce('plan', '-l', 'web-1,edge-1', '-i', more);

    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^edge-1 .*not reached: nothing listens/m);
    expect(stdout).toContain('1 to recreate');
    expect(stdout).toContain('1 host not reached.');
  });

  describe('--from a saved scan', () => {
    test('is the plan that the hosts themselves would give, and connects to none', async () => {
      serve(fleet.engine('web-1'), 'mail', 25).changes = [{ Path: '/var/spool/a', Kind: 1 }];
      const file = join(operator.folder, 'scan.json');
      await operator.enforce('scan', '-o', file);
      const live = await operator.enforce('plan', '--json');
      const before = [...fleet.hosts.values()].map((host) => host.connections());

      const saved = await operator.run(['plan', '--from', file, '-p', join(operator.folder, 'playbook.yml'), '--json']);

      expect(JSON.parse(saved.stdout)).toEqual(JSON.parse(live.stdout));
      expect([...fleet.hosts.values()].map((host) => host.connections())).toEqual(before);
    });

    test('does not call a host compliant that the scan did not reach', async () => {
      const more = operator.write('edge.yml', 'all: { hosts: { edge-1: { docker: "ssh://demo@127.0.0.1:1" } } }\n');
      const file = join(operator.folder, 'scan.json');
      await operator.enforce('scan', '-l', 'web-2,edge-1', '-i', more, '-o', file);

      const { exitCode, stdout } = await operator.run(['plan', '--from', file]);

      expect(exitCode).toBe(4);
      expect(stdout).toMatch(/^edge-1 .*not reached/m);
    });
  });
});
