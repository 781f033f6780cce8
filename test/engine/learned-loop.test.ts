import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { folderOf } from '../support/folder-of.ts';
import { operatorOf, type Ended, type Operator } from '../support/operator.ts';
import type { Reading } from '../support/read-runtime-of.ts';
import { readingAt } from '../support/read-runtime-of.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';
import { GOING_CLOCK } from '../support/real-host.ts';

jest.setTimeout(600_000);

const MINIMAL = `name: minimal
rules:
  linux-capabilities: { mode: minimal }
rollout: { max_failures: 9 }
health: { healthy_for: 1s, deadline: 20s, restart_trial: always }
`;
const START =
  "#!/bin/sh\nchroot / true || exit 1\ntouch /data/started\ntrap 'exit 0' TERM\nhttpd -f -p 80 -h /data &\nwait\n";

describeReal('what changes teach, on a real engine', () => {
  const engine = realEngine('learn');
  const { docker, prefix, socketPath } = engine;
  const image = `${prefix}image`;
  const [first, second] = [`${prefix}one`, `${prefix}two`];
  let reading: Reading;
  let operator: Operator;

  beforeAll(async () => {
    reading = await readingAt(socketPath);
    await docker('create', '--name', `${prefix}base`, await engine.busyboxImage());
    await reading.write(`${prefix}base`, '/srv/start', START, { mode: 0o755 });
    await docker('commit', '-c', 'ENTRYPOINT ["/srv/start"]', '-c', 'CMD []', `${prefix}base`, image);
    await docker('rm', `${prefix}base`);
  });
  beforeEach(() => {
    const homeFolder = folderOf({ 'hosts.yml': `all: { hosts: { here: { docker: "unix://${socketPath}" } } }\n` });
    operator = operatorOf({ inventoryFile: join(homeFolder, 'hosts.yml'), homeFolder }, MINIMAL);
  });
  afterEach(async () => {
    operator.leave();
    await engine.cleanUp();
  });
  afterAll(async () => {
    await reading.connection.close();
    await docker('image', 'rm', '-f', image);
  });

  test('is found again for the next container of the making: what was needed is not tried twice, what was not is proven', async () => {
    await run(first);
    const tries = [await enforce('apply', '--yes'), await enforce('apply', '--yes'), await enforce('apply', '--yes')];
    await run(second);

    const plan = await enforce('plan', '--detailed-exitcode');

    expect(tries.map(({ exitCode }) => exitCode)).toEqual([3, 0, 0]);
    expect(tries[0]?.stdout).toContain('minimal: tried without SYS_CHROOT; 1 to try after it');
    expect(tries[1]?.stdout).toContain('minimal: tried without KILL; 0 to try after it');
    expect((await engine.inspect(first)).HostConfig.CapAdd).toEqual(['SYS_CHROOT']);
    expect(plan.stdout).toContain('confidence proven (minimal): minimal: tried without KILL; 0 to try after it');
    expect(plan.stdout).toContain('without it, and nothing else, a container of the same making failed its gate');
    expect(plan.exitCode).toBe(2);
  });

  async function run(name: string): Promise<void> {
    const caps = ['--cap-drop', 'ALL', '--cap-add', 'KILL', '--cap-add', 'SYS_CHROOT'];
    await docker('run', '-d', '--name', name, '-v', `${name}-data:/data`, ...caps, image);
    // Its volume is as it will be from now on, once it has started.
    await docker('exec', name, 'sh', '-c', 'until [ -e /data/started ]; do :; done');
  }

  function enforce(command: string, ...more: readonly string[]): Promise<Ended> {
    const words = operator.words(command, '--container', `${prefix}*`, ...more);
    return operator.run(words, { clock: GOING_CLOCK, now: new Date() });
  }
});
