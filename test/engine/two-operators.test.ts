import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { startProgram, type Program } from '../support/program.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';

const PLAYBOOK = `rules: { linux-capabilities: {} }
health: { healthy_for: 1s, deadline: 20s, restart_trial: never }
`;

jest.setTimeout(240_000);

describeReal('two operators on a real engine', () => {
  const engine = realEngine('operators');
  const { docker, prefix, socketPath } = engine;
  const [shop, mail] = [`${prefix}shop`, `${prefix}mail`];
  let folder: string;
  let first: Program;

  beforeAll(async () => {
    await engine.busyboxImage();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'enforce-operators-'));
    writeFileSync(join(folder, 'playbook.yml'), PLAYBOOK);
    const image = await engine.busyboxImage();
    for (const name of [shop, mail]) await docker('run', '-d', '--init', '--name', name, image, 'sleep', '9999');
    first = enforce('apply', '--yes', '--container', shop);
    // Stopped in the middle of a change, it holds the lock for as long as the test wants.
    await first.untilPrinted('rename the new container');
    first.child.kill('SIGSTOP');
  });
  afterEach(async () => {
    first.child.kill('SIGKILL');
    await first.ended;
    await engine.cleanUp();
    await docker('rm', '-f', 'enforce.lock').catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => engine.cleanUp());

  test('see in status who is at work on the host, and since when', async () => {
    const { stdout } = await enforce('status').ended;

    expect(stdout).toMatch(/^locked +.* lock [0-9a-f]{12} +run \w{15} +\S+@\S+ +for \d+ s +ends by itself in \d+ s/m);
  });

  test('are not at work at once: the second ends with 5, is told who is, and has changed nothing', async () => {
    const before = (await engine.inspect(mail)).Id;

    const { exitCode, stdout, stderr } = await enforce('apply', '--yes', '--container', mail).ended;

    expect(exitCode).toBe(5);
    expect(stderr).toMatch(
      /run \w{15} of \S+@\S+ is changing this host; its lock ends by itself in \d+ s at the latest/,
    );
    expect(stdout).toMatch(/deferred: run \w{15} of .* is changing this host/);
    expect((await engine.inspect(mail)).Id).toBe(before);
  });

  test('wait for each other with --lock-timeout, say so, and both end well', async () => {
    const before = (await engine.inspect(mail)).Id;
    const second = enforce('apply', '--yes', '--container', mail, '--lock-timeout', '120');
    await second.untilPrinted('waiting for run');
    const whileWaiting = (await engine.inspect(mail)).Id;

    first.child.kill('SIGCONT');
    const ended = await Promise.all([first.ended, second.ended]);

    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(whileWaiting).toBe(before);
    expect(ended[1].stderr).toMatch(/: waiting for run \w{15} of \S+@\S+, which has had this host for \d+ s$/m);
    for (const name of [shop, mail])
      expect(await engine.inspect(name)).toMatchObject({ State: { Running: true }, HostConfig: { CapDrop: ['ALL'] } });
    expect(await docker('ps', '-aq', '--filter', 'name=enforce.lock')).toBe('');
  });

  test('need not know of each other: what a killed one left, the next ends, once its last call has no effect any more', async () => {
    first.child.kill('SIGKILL');
    await first.ended;

    const { exitCode, stderr } = await enforce('apply', '--yes', '--container', mail).ended;

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/run \w{15} died: waiting until its last call can have no effect any more/);
    expect((await engine.inspect(shop)).HostConfig.CapDrop).toEqual(['ALL']);
    expect((await engine.inspect(mail)).HostConfig.CapDrop).toEqual(['ALL']);
  });

  function enforce(command: string, ...words: readonly string[]): Program {
    const rules = command === 'apply' ? ['-p', 'playbook.yml'] : [];
    return startProgram([command, '-i', `unix://${socketPath}`, ...rules, ...words], {
      folder,
      environment: { HOME: folder, ENFORCE_STATE_DIR: join(folder, 'state'), NO_COLOR: '1' },
    });
  }
});
