import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

const HOSTS = ['web-1', 'web-2'];

describe('enforce rollback', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  const ids = new Map<string, string>();
  beforeEach(async () => {
    fleet = await shopFleet(HOSTS);
    operator = operatorOf(fleet);
    for (const host of HOSTS) {
      for (const [name, port] of [
        ['mail', 25],
        ['web', 80],
      ] as const)
        ids.set(`${host} ${name}`, serve(fleet.engine(host), name, port).id);
    }
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('without a run puts the latest change of every container back: the very container that was there', async () => {
    await operator.enforce('apply', '--yes');

    const { exitCode, stdout } = await operator.enforce('rollback', '--yes');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/✓ web-1\/web {2}put back/);
    expect(HOSTS.map(on)).toEqual(HOSTS.map(() => ['mail running 25', 'web running 80']));
    for (const [place, id] of ids) {
      const [host = '', name = ''] = place.split(' ');
      expect(fleet.engine(host).find(name)?.id).toBe(id);
    }
  });

  test('gives the restart policy back that the change took', async () => {
    await operator.enforce('apply', '--yes');

    await operator.enforce('rollback', '--yes');

    const policies = HOSTS.map((host) => fleet.engine(host).find('web')?.hostConfig['RestartPolicy']);
    expect(policies).toEqual(HOSTS.map(() => ({ Name: 'always', MaximumRetryCount: 0 })));
  });

  test('of one run leaves what another run changed', async () => {
    await operator.enforce('apply', '--yes', '--container', 'mail');
    await operator.enforce('apply', '--yes', '--container', 'web');
    const run = runOf(1);

    const { exitCode } = await operator.enforce('rollback', '--yes', run);

    expect(exitCode).toBe(0);
    expect(on('web-1').filter((line) => line.includes('running'))).toEqual(['mail running 8025', 'web running 80']);
  });

  test('of one container leaves the others', async () => {
    await operator.enforce('apply', '--yes');

    const { exitCode } = await operator.enforce('rollback', '--yes', '-l', 'web-2', '--container', 'mail');

    expect(exitCode).toBe(0);
    expect(on('web-2').filter((line) => line.includes('running'))).toEqual(['mail running 25', 'web running 8080']);
    expect(on('web-1')).toContain('mail running 8025');
  });

  test('a second time has nothing left to do', async () => {
    await operator.enforce('apply', '--yes');
    await operator.enforce('rollback', '--yes');
    const writes = writesTo(fleet.engine('web-1')).length;

    const { exitCode, stdout } = await operator.enforce('rollback', '--yes');

    expect([exitCode, stdout]).toEqual([0, 'Nothing is kept that could be put back.\n']);
    expect(writesTo(fleet.engine('web-1'))).toHaveLength(writes);
  });

  test('of a run that is nowhere kept ends with 2 and says so', async () => {
    const { exitCode, stdout } = await operator.enforce('rollback', '--yes', '260101000000zzz');

    expect([exitCode, stdout]).toEqual([2, 'Nothing of run 260101000000zzz is kept that could be put back.\n']);
  });

  test('of a container of which nothing is kept ends with 2, and says what is', async () => {
    await operator.enforce('apply', '--yes', '-l', 'web-1', '--container', 'mail');
    const put = fleet.engine('web-1').find('mail');
    Object.assign(put ?? {}, { name: 'post' });

    const misspelt = await operator.enforce('rollback', '--yes', '--container', 'mial');
    const renamed = await operator.enforce('rollback', '--yes', '--container', 'mail');

    expect([misspelt.exitCode, renamed.exitCode]).toEqual([2, 2]);
    expect(misspelt.stdout).toMatch(/^Nothing of mial is kept that could be put back\.\nKept are: web-1\/mail\. /);
    expect(renamed.stdout).toContain('goes back once that has its name again');
    Object.assign(put ?? {}, { name: 'mail' });
    expect((await operator.enforce('rollback', '--yes', '--container', 'mail')).exitCode).toBe(0);
  });

  test('without a terminal and without --yes does nothing, and names the flag', async () => {
    await operator.enforce('apply', '--yes');
    const writes = writesTo(fleet.engine('web-1')).length;

    const { exitCode, stderr } = await operator.enforce('rollback');

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('--yes')]);
    expect(writesTo(fleet.engine('web-1'))).toHaveLength(writes);
  });

  test('puts back what can be reached, and ends with 4 when a host cannot', async () => {
    await operator.enforce('apply', '--yes');
    const more = operator.write('edge.yml', 'all: { hosts: { edge-1: { docker: "ssh://demo@127.0.0.1:1" } } }\n');

    const { exitCode, stderr } = await operator.enforce('rollback', '--yes', '-i', more);

    expect(exitCode).toBe(4);
    expect(stderr).toContain('edge-1: error: nothing listens on');
    expect(on('web-1')).toEqual(['mail running 25', 'web running 80']);
  });

  test('undoes an apply so that the next one makes it again', async () => {
    await operator.enforce('apply', '--yes');
    await operator.enforce('rollback', '--yes');

    const { exitCode } = await operator.enforce('apply', '--yes');

    expect(exitCode).toBe(0);
    expect(on('web-1').filter((line) => line.includes('running'))).toEqual(['mail running 8025', 'web running 8080']);
  });

  test('with --json prints JSON lines and nothing else on standard output', async () => {
    await operator.enforce('apply', '--yes');

    const ended = await operator.enforce('rollback', '--yes', '--json');
    const again = await operator.enforce('rollback', '--yes', '--json');

    const lines = `${ended.stdout}${again.stdout}`.split('\n').filter((line) => line !== '');
    const results = lines.map((line) => (JSON.parse(line) as { readonly result?: string }).result);
    expect(results.filter((result) => result !== undefined)).toEqual(Array.from({ length: 4 }, () => 'rolled-back'));
  });

  function on(host: string): readonly string[] {
    return standing(fleet.engine(host));
  }

  function runOf(index: number): string {
    const [started] = operator.journals()[index] ?? [];
    return started?.event === 'run-started' ? started.run : '';
  }
});
