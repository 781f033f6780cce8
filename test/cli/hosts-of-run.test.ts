import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing } from '../support/shop-fleet.ts';

const HOSTS = ['web-1', 'web-2', 'web-3', 'web-4'];

describe('--limit to the hosts of an earlier run', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  let run: string;
  beforeEach(async () => {
    fleet = await shopFleet(HOSTS);
    operator = operatorOf(fleet);
    serve(fleet.engine('web-1'), 'web', 80);
    serve(fleet.engine('web-2'), 'recorder', 554);
    serve(fleet.engine('web-3'), 'web', 80);
    const port = fleet.hosts.get('web-3')?.port ?? 0;
    const away = readFileSync(fleet.inventoryFile, 'utf8').replace(`127.0.0.1:${port}`, '127.0.0.1:1');
    await operator.run([...['apply', '--yes', '-i'], operator.write('away.yml', away), ...playbook()]);
    run =
      operator
        .journals()
        .flat()
        .flatMap((entry) => (entry.event === 'run-started' ? [entry.run] : []))[0] ?? '';
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test.each<[string, readonly string[]]>([
    [':failed', ['web-2']],
    [':unreachable', ['web-3']],
    [':left', ['web-2', 'web-3']],
    ['', ['web-1', 'web-2', 'web-3']],
  ])('with @RUN%s means the hosts it says, by name of the run and as @last', async (kind, expected) => {
    const named = await operator.enforce('hosts', '-l', `@${run}${kind}`, '--json');
    const latest = await operator.enforce('hosts', '-l', `@last${kind}`, '--json');

    expect([hostsIn(named.stdout), hostsIn(latest.stdout)]).toEqual([expected, expected]);
  });

  test('stands among other hosts of a pattern', async () => {
    const { stdout } = await operator.enforce('hosts', '-l', `web-4,@${run}:failed`, '--json');

    expect(hostsIn(stdout)).toEqual(['web-2', 'web-4']);
  });

  test('lets apply change only those', async () => {
    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '-l', '@last:unreachable');

    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('1 applied')]);
    expect(standing(fleet.engine('web-3'))).toContain('web running 8080');
  });

  test.each([
    ['@261101050000xyz:failed', /there is no run 261101050000xyz in .*state/],
    ['@261101050000xyz', /there is no run 261101050000xyz in /],
    ['@nothing:failed', /there is no run nothing in /],
    ['@last:faild', /@RUN:faild is not known; expected failed, unreachable, left or nothing \(did you mean failed\?\)/],
    ['@retry', /retry: no such file/],
  ])('%s, which names none, is an error before anything is connected', async (pattern, message) => {
    const before = fleet.hosts.get('web-1')?.connections();

    const { exitCode, stderr } = await operator.enforce('apply', '--yes', '-l', pattern);

    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(fleet.hosts.get('web-1')?.connections()).toBe(before);
  });

  test('never means every host where a run has none of the kind', async () => {
    await operator.enforce('apply', '--yes', '-l', 'web-3');

    const { exitCode, stderr } = await operator.enforce('apply', '--yes', '-l', '@last:failed');

    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/run \w+ has no host that is failed/)]);
  });

  test('without any run so far is an error', async () => {
    const colleague = operatorOf(fleet);

    const { exitCode, stderr } = await colleague.enforce('plan', '-l', '@last');
    colleague.leave();

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('no apply was recorded in')]);
  });

  function playbook(): readonly string[] {
    return ['-p', join(operator.folder, 'playbook.yml')];
  }
});

function hostsIn(stdout: string): readonly string[] {
  const { hosts } = JSON.parse(stdout) as { readonly hosts: readonly { readonly host: string }[] };
  return hosts.map(({ host }) => host);
}
