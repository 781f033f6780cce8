import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LOCK_NAME } from '../../src/model/names.ts';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { operatorOf, QUICK_PLAYBOOK, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

const HOSTS = ['web-1', 'web-2', 'web-3', 'web-4'];

describe('a rollout over several hosts', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(HOSTS);
    operator = operatorOf(fleet, QUICK_PLAYBOOK.replace('rollout: {', 'rollout: { batches: [1, 2], pause: 30s,'));
    for (const host of HOSTS) serve(fleet.engine(host), 'web', 80);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('goes batch by batch, and pauses between two', async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    for (const host of HOSTS) {
      fleet.engine(host).afterEach = ({ path, subject }) => {
        if (path === '/containers/create' && subject !== LOCK_NAME) seen.push(host);
      };
    }
    let waited = 0;
    const delay = (milliseconds: number): Promise<void> => {
      waited = milliseconds === 1000 ? waited + 1 : 0;
      if (waited === 30) seen.push('pause');
      return clock.delay(milliseconds);
    };

    const { exitCode } = await operator.run(operator.words('apply', '--yes'), { clock: { ...clock, delay } });

    expect(exitCode).toBe(0);
    expect(seen).toHaveLength(6);
    expect([seen.slice(0, 2), seen.slice(2, 4).sort(), seen.slice(4)]).toEqual([
      ['web-1', 'pause'],
      ['web-2', 'web-3'],
      ['pause', 'web-4'],
    ]);
  });

  test('ends at the canary when that fails', async () => {
    serve(fleet.engine('web-1'), 'recorder', 554);
    serve(fleet.engine('web-1'), 'zone', 81);

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '--max-failures', '1');

    expect(exitCode).toBe(3);
    expect(stdout).toContain('web-1/recorder  rolled back');
    expect(stdout).toMatch(/web-1\/web {2}deferred/);
    expect(stdout).toMatch(/web-4\/web {2}deferred/);
    expect(HOSTS.slice(1).flatMap((host) => writesTo(fleet.engine(host)))).toEqual([]);
  });

  test('that is interrupted finishes the container in hand, begins no other, and ends with 130', async () => {
    serve(fleet.engine('web-1'), 'mail', 25);
    const { world, ended } = operator.begin(operator.words('apply', '--yes'));
    fleet.engine('web-1').afterEach = ({ path }) => {
      if (path === '/containers/create') world.interrupt();
    };

    const { exitCode, stdout } = await ended;

    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/web-1\/mail {2}applied/);
    expect(stdout).toMatch(/web-1\/web {2}deferred: interrupted before it was begun/);
    expect(stdout).toMatch(/web-4\/web {2}deferred: interrupted/);
    expect(stdout).toMatch(/1 applied, 4 deferred\. {2}exit 130/);
    expect(standing(fleet.engine('web-1'))).toEqual([
      'mail running 8025',
      expect.stringContaining('mail.enforce-bak-'),
      'web running 80',
    ]);
    expect(HOSTS.slice(1).flatMap((host) => writesTo(fleet.engine(host)))).toEqual([]);
  });

  test('that was interrupted goes on with the next apply', async () => {
    const { world, ended } = operator.begin(operator.words('apply', '--yes'));
    fleet.engine('web-1').afterEach = ({ path }) => {
      if (path === '/containers/create') world.interrupt();
    };
    await ended;

    const { exitCode, stdout } = await operator.enforce('apply', '--yes');

    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/Run \w+: 3 applied\. {2}exit 0/)]);
    expect(HOSTS.map((host) => standing(fleet.engine(host))[0])).toEqual(HOSTS.map(() => 'web running 8080'));
  });

  test('that is interrupted between two batches waits no longer', async () => {
    const clock = fakeClock();
    let waited = 0;
    const { world, ended } = operator.begin(operator.words('apply', '--yes'), {
      clock: {
        ...clock,
        delay(milliseconds) {
          if (milliseconds === 1000 && ++waited === 3) world.interrupt();
          return clock.delay(milliseconds);
        },
      },
    });

    const { exitCode } = await ended;

    expect([exitCode, waited]).toEqual([130, 3]);
  });

  test('interrupted while it only reads does nothing', async () => {
    const { world, ended } = operator.begin(operator.words('apply', '--yes'));
    world.interrupt();

    const { exitCode } = await ended;

    expect(exitCode).toBe(130);
    expect(HOSTS.flatMap((host) => writesTo(fleet.engine(host)))).toEqual([]);
  });

  test('leaves a host to itself on which a container got stuck, and ends with 6 and what to run', async () => {
    serve(fleet.engine('web-1'), 'mail', 25);
    fleet.engine('web-1').fault = ({ path }) => (path.endsWith('/stop') ? 'cut-before' : undefined);

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '-l', 'web-1');

    expect(exitCode).toBe(6);
    expect(stdout).toMatch(/web-1\/mail {2}stuck: /);
    expect(stdout).toMatch(/recover with: enforce apply --container 'mail'/);
    expect(stdout).toMatch(/web-1\/web {2}deferred: another container of this host is stuck/);
    expect(standing(fleet.engine('web-1'))).toContain('web running 80');
  });
});
