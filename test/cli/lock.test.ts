import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LOCK_LABELS, LOCK_NAME } from '../../src/model/names.ts';
import { callEngine } from '../support/call-engine.ts';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

let fleet: EmbeddedFleet;
let operator: Operator;
beforeEach(async () => {
  fleet = await shopFleet(['web-1', 'web-2']);
  operator = operatorOf(fleet);
  for (const host of ['web-1', 'web-2']) serve(fleet.engine(host), 'web', 80);
});
afterEach(async () => {
  operator.leave();
  await fleet.close();
});

describe('a host that another run has locked', () => {
  test('is not changed, the others are, and the exit code says so', async () => {
    await lock('web-1');

    const { exitCode, stdout } = await operator.enforce('apply', '--yes');

    expect(exitCode).toBe(5);
    expect(stdout).toMatch(
      /· web-1\/web {2}deferred: run 8c1d of b.ito@control-2 is changing this host; .*--lock-timeout/,
    );
    expect(stdout).toContain('✓ web-2/web  applied');
    expect(writesTo(fleet.engine('web-1')).filter((call) => call !== 'POST /containers/create')).toEqual([]);
    expect(standing(fleet.engine('web-1'))).toEqual([`${LOCK_NAME} created`, 'web running 80']);
  });

  test('is waited for as long as was asked for, and it is said for whom and since when', async () => {
    const id = await lock('web-1');
    const engine = fleet.engine('web-1');
    const { world, ended } = operator.begin(operator.words('apply', '--yes', '--lock-timeout', '600'));
    engine.afterEach = ({ path }) => {
      if (path === `/containers/${id}/json` && world.stderr.text().includes('waiting'))
        engine.store.containers.delete(id);
    };

    const { exitCode, stderr } = await ended;

    expect(exitCode).toBe(0);
    expect(standing(engine)).toContain('web running 8080');
    const waiting = stderr.split('\n').filter((line) => line.includes('waiting for run'));
    expect(waiting).toEqual([
      expect.stringMatching(
        /^web-1\/enforce\.lock: waiting for run 8c1d of b\.ito@control-2, which has had this host for \d+ s$/,
      ),
    ]);
  });

  test('is taken over once its time is over', async () => {
    await lock('web-1', { lease: '0.001', drain: '0' });

    const { exitCode } = await operator.enforce('apply', '--yes');

    expect(exitCode).toBe(0);
    expect(fleet.engine('web-1').find(LOCK_NAME)).toBeUndefined();
  });

  test('is taken over when the process that did it is known to be gone, once its last call can have no effect', async () => {
    await lock('web-1', { process: 'boot pid:[1] 0 1' });

    const { exitCode, stdout } = await operator.enforce('apply', '--yes');

    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('✓ web-1/web  applied')]);
  });

  test('is shown by status, with who has it and for how long', async () => {
    const id = await lock('web-1');

    const { stdout } = await operator.enforce('status');
    const { stdout: json } = await operator.enforce('status', '--json');

    expect(stdout).toMatch(
      new RegExp(
        `locked {7}web-1 {2}lock ${id.slice(0, 12)} {2}run 8c1d {2}b.ito@control-2 {2}for 0 s {2}ends by itself in \\d+ s`,
      ),
    );
    expect(JSON.parse(json)).toMatchObject({ locks: [{ host: 'web-1', id, run: '8c1d', left_s: expect.any(Number) }] });
  });

  test('is not among what a scan finds', async () => {
    await lock('web-1');

    const { stdout } = await operator.enforce('plan');

    expect(stdout).not.toContain(LOCK_NAME);
  });

  test('is not put back either', async () => {
    await operator.enforce('apply', '--yes');
    await lock('web-1');

    const { exitCode, stdout } = await operator.enforce('rollback', '--yes');

    expect(exitCode).toBe(5);
    expect(stdout).toContain('web-1/web  deferred: run 8c1d');
    expect(standing(fleet.engine('web-1'))).toContain('web running 8080');
  });
});

describe('enforce unlock', () => {
  test('breaks a lock whose time is over', async () => {
    await lock('web-1', { lease: '0.001', drain: '0' });

    const { exitCode, stdout } = await operator.enforce('unlock', '--yes');

    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/^web-1: lock \w{12} of run 8c1d by b.ito.*removed\n$/),
    ]);
    expect(fleet.engine('web-1').find(LOCK_NAME)).toBeUndefined();
  });

  test('leaves one alone, unattended, that may be in use, and says how to break it all the same', async () => {
    const id = await lock('web-1');

    const { exitCode, stderr } = await operator.enforce('unlock', '--yes');
    const named = await operator.enforce('unlock', '--yes', id.slice(0, 12));

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`enforce unlock --yes ${id.slice(0, 12)}`)]);
    expect(named.exitCode).toBe(0);
    expect(fleet.engine('web-1').find(LOCK_NAME)).toBeUndefined();
  });

  test('says so when there is none, or none of that id', async () => {
    const none = await operator.enforce('unlock', '--yes');
    const other = await operator.enforce('unlock', '--yes', 'abcdef012345');

    expect([none.stdout, none.exitCode]).toEqual(['No host is locked.\n', 0]);
    expect(other.stdout).toBe('No host has the lock abcdef012345.\n');
  });

  test.each(['../x', 'LOCK', 'ab'])('does not take %j for an id', async (id) => {
    expect((await operator.enforce('unlock', '--yes', id)).exitCode).toBe(1);
  });

  test('leaves a stranger’s container of that name alone', async () => {
    await create('web-1', {});

    const { exitCode, stderr } = await operator.enforce('unlock', '--yes');

    expect([exitCode, stderr]).toEqual([5, expect.stringContaining('is no lock of enforce')]);
    expect(fleet.engine('web-1').find(LOCK_NAME)).toBeDefined();
  });
});

async function lock(host: string, { lease = '200', drain = '25', process = '' } = {}): Promise<string> {
  return await create(host, {
    [LOCK_LABELS.token]: 'another',
    [LOCK_LABELS.operator]: 'b.ito@control-2',
    [LOCK_LABELS.run]: '8c1d',
    [LOCK_LABELS.process]: process,
    [LOCK_LABELS.lease]: lease,
    [LOCK_LABELS.drain]: drain,
  });
}

async function create(host: string, Labels: Readonly<Record<string, string>>): Promise<string> {
  const { socketPath } = fleet.engine(host);
  await callEngine(socketPath, 'POST', `/containers/create?name=${LOCK_NAME}`, { Image: 'shop/web:3', Labels });
  return fleet.engine(host).find(LOCK_NAME)?.id ?? '';
}
