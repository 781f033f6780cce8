import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { startProgram, type Program } from '../support/program.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';
import { sourceFiles } from '../support/source-file.ts';

// A process of its own compiles the sources first, which takes a busy machine a while.
jest.setTimeout(30_000);

test('help loads commander and nothing else that is not its own: every command brings its world with it', () => {
  const byPath = new Map(sourceFiles('src').map((file) => [file.path, file]));
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { from, isPackage, kind } of byPath.get(path)?.imports ?? []) {
      if (kind !== 'load') continue;
      if (isPackage) packages.add(from);
      else visit(from);
    }
  };

  visit('src/cli/main.ts');

  expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual(['commander']);
  expect(seen.size).toBeLessThan(12);
});

describe('enforce as a process', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    operator = operatorOf(fleet);
    serve(fleet.engine('web-1'), 'mail', 25);
    serve(fleet.engine('web-1'), 'web', 80);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('ends with the exit code of its command', async () => {
    const { exitCode, stdout, stderr } = await start('scan').ended;

    expect([exitCode, stderr]).toEqual([2, '']);
    expect(stdout).toContain('4 findings in 2 containers on 1 host.');
  });

  test('is not redirected by DOCKER_HOST in its environment, nor by certificates it should use', async () => {
    const environment = { DOCKER_HOST: 'unix:///nowhere/docker.sock', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/no' };

    const { exitCode, stdout } = await startWith(environment, ['scan']).ended;

    expect([exitCode, stdout]).toEqual([2, expect.stringContaining('4 findings')]);
  });

  test.each([
    ['an answer piped in', 'y\ny\ny\n'],
    ['nothing to read', ''],
  ])('takes %s for no consent', async (_what, typed) => {
    const program = start('apply');
    program.child.stdin.end(typed);

    const { exitCode, stderr } = await program.ended;

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('--yes')]);
    expect(writesTo(fleet.engine('web-1'))).toEqual([]);
  });

  test('whose reader goes away in the middle of a change finishes every change all the same', async () => {
    const program = start('apply', '--yes');
    await program.untilPrinted('create the new container');
    program.child.stdout.destroy();
    program.child.stderr.destroy();

    const { exitCode } = await program.ended;

    expect(exitCode).toBe(0);
    expect(standing(fleet.engine('web-1'))).toEqual(expect.arrayContaining(['mail running 8025', 'web running 8080']));
  });

  test('whose first line is all somebody wants does not fall over', async () => {
    const program = start('plan');
    program.child.stdout.destroy();

    const { exitCode, stderr } = await program.ended;

    expect([exitCode, stderr]).toEqual([0, '']);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'that gets %s finishes the container in hand, begins no other and ends with 130',
    async (signal) => {
      const program = start('apply', '--yes');
      await program.untilPrinted('create the new container');
      program.child.kill(signal);

      const { exitCode, stdout, stderr } = await program.ended;

      expect(exitCode).toBe(130);
      expect(stderr).toContain('interrupted: the container in hand is finished or undone');
      expect(stdout).toMatch(/web-1\/web {2}deferred: interrupted/);
      expect(standing(fleet.engine('web-1'))).toEqual([
        'mail running 8025',
        expect.stringContaining('mail.enforce-bak-'),
        'web running 80',
      ]);
    },
  );

  test('that is killed leaves what the next one finishes', async () => {
    const program = start('apply', '--yes', '--container', 'mail');
    await program.untilPrinted('start the new container');
    program.child.kill('SIGKILL');
    await program.ended;
    const colleague = operatorOf(fleet);

    const { exitCode } = await colleague.enforce('apply', '--yes', '--container', 'mail');
    colleague.leave();

    expect([exitCode, standing(fleet.engine('web-1'))[0]]).toEqual([0, 'mail running 8025']);
  });

  test('whose journal can take no more changes nothing more, ends with 6, and the next one puts it right', async () => {
    const engine = fleet.engine('web-1');
    engine.afterEach = ({ path }) => {
      if (path === '/containers/create') engine.store.foreignListeners.add('tcp/0.0.0.0:8025');
    };
    const words = ['apply', '--yes', '--rule', 'privileged-host-port', '--container', 'mail'];

    const { exitCode, stdout, stderr } = await startWith({}, words, { largestFile: 8 }).ended;
    const { exitCode: next } = await operator.enforce('apply', '--yes', '--container', 'recorder');

    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/^error: the journal cannot be written: .*\nhint: .*run enforce apply again/m);
    expect(stdout).not.toContain('web-1/mail  skipped');
    expect(next).toBe(3);
    expect(standing(engine)).toEqual(['mail running 25', 'web running 80']);
  });

  function start(...words: readonly string[]): Program {
    return startWith({}, words);
  }

  function startWith(
    environment: Readonly<Record<string, string>>,
    [command = '', ...words]: readonly string[],
    limits: { readonly largestFile?: number } = {},
  ): Program {
    return startProgram(operator.words(command, ...words), {
      folder: operator.folder,
      environment: { HOME: fleet.homeFolder, ENFORCE_STATE_DIR: join(operator.folder, 'state'), ...environment },
      ...limits,
    });
  }
});
