import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { page } from '../support/page.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';
import { workAt } from '../support/real-host.ts';
import { applyPlanned, QUICK_GATE } from '../support/real-plan.ts';
import { differsAfterStart } from '../engine/inspect-rows.ts';

const RUN = '7f3a';

/** How a container holds on to another, in words of `docker run`, and what tells that it still does. */
const WAYS: readonly (readonly [row: string, options: (leader: string, id: string) => readonly string[]])[] = [
  ['network_mode', (leader) => ['--network', `container:${leader}`]],
  ['pid', (leader) => ['--pid', `container:${leader}`]],
  ['ipc', (leader) => ['--ipc', `container:${leader}`]],
  ['volumes_from', (_leader, id) => ['--volumes-from', id]],
  ['N14: link', (leader) => ['--link', `${leader}:shop`]],
];

describeReal('containers that hold on to one that is recreated on a real engine', () => {
  const engine = realEngine('dependants');
  const { docker, prefix, socketPath } = engine;
  const leader = `${prefix}leader`;
  const holder = `${prefix}holder`;
  let image = '';
  let enforce: HostTools;
  let leave: () => Promise<void>;

  beforeAll(async () => {
    image = await engine.busyboxImage();
  }, 120_000);
  afterAll(() => engine.cleanUp(), 120_000);
  beforeEach(async () => {
    await engine.cleanUp();
    ({ tools: enforce, close: leave } = await workAt(socketPath, RUN));
    const serve = 'cd /tmp; echo leader > index.html; exec httpd -f -p 80 -h /tmp';
    const options = ['--restart', 'always', '--ipc', 'shareable', '-v', '/shared', '-p', '941:80', '-p', '942:81'];
    await docker('run', '-d', '--init', '--name', leader, ...options, image, 'sh', '-c', serve);
  }, 60_000);
  afterEach(() => leave());

  const hold = async (name: string, options: readonly string[], command = 'exec sleep 9999'): Promise<void> => {
    await docker('run', '-d', '--name', name, '--stop-timeout', '1', ...options, image, 'sh', '-c', command);
  };
  const look = (...names: readonly string[]): Promise<readonly ContainerInspect[]> =>
    Promise.all(names.map((name) => engine.inspect(name)));
  const putBack = async (): Promise<void> => {
    const targets = await rollBackTargets(RUN, enforce);
    expect(targets.map(({ container }) => container)).toEqual([leader]);
    for (const target of targets)
      expect((await rollBackTarget(target, QUICK_GATE, enforce)).outcome.result).toBe('rolled-back');
  };

  test.each(WAYS)(
    'by %s follow it, and go back with it',
    async (through, options) => {
      await hold(holder, options(leader, (await engine.inspect(leader)).Id));
      const [oldLeader, oldHolder] = await look(leader, holder);

      const outcome = await applyPlanned(socketPath, leader, enforce);
      const [newLeader, newHolder] = await look(leader, holder);

      expect(outcome).toMatchObject({ result: 'applied', answers: [8941] });
      expect(newHolder).toMatchObject({ State: { Running: true } });
      expect(newHolder?.Id).not.toBe(oldHolder?.Id);
      expect(JSON.stringify(newHolder?.HostConfig)).not.toContain(oldLeader?.Id);
      expect(referencesIn(newHolder)).toEqual(
        referencesIn(oldHolder).map((text) => text.replace(oldLeader?.Id ?? '', newLeader?.Id ?? '')),
      );
      expect(await page('http://127.0.0.1:8941/')).toBe('leader');
      expect(await stillHolds(through)).toBe(true);

      await putBack();

      const after = await look(leader, holder);
      expect(after.flatMap((inspect, at) => differsAfterStart([oldLeader, oldHolder][at] ?? inspect, inspect))).toEqual(
        [],
      );
      expect(await stillHolds(through)).toBe(true);
      expect(await docker('ps', '-aq', '--filter', `name=${prefix}.*enforce`)).toBe('');
    },
    90_000,
  );

  test('in a chain of three, one of them stopped, come along each in its turn', async () => {
    await hold(`${prefix}b`, ['--network', `container:${leader}`]);
    await hold(`${prefix}a`, ['--pid', `container:${prefix}b`]);
    await docker('create', '--name', `${prefix}c`, '--network', `container:${leader}`, image, 'true');
    const before = await look(`${prefix}a`, `${prefix}b`, `${prefix}c`);

    const outcome = await applyPlanned(socketPath, leader, enforce);

    expect(outcome.result).toBe('applied');
    const after = await look(`${prefix}a`, `${prefix}b`, `${prefix}c`);
    expect(after.map(({ State }) => State.Status)).toEqual(['running', 'running', 'created']);
    expect(after[0]?.HostConfig.PidMode).toBe(`container:${after[1]?.Id ?? ''}`);

    await putBack();

    expect((await look(`${prefix}a`, `${prefix}b`, `${prefix}c`)).map(({ Id }) => Id)).toEqual(
      before.map(({ Id }) => Id),
    );
    expect((await look(`${prefix}a`, `${prefix}b`)).map(({ State }) => State.Running)).toEqual([true, true]);
  }, 90_000);

  test('and listen on a port that it publishes are waited for, and it is not blamed for their silence', async () => {
    await hold(
      holder,
      ['--network', `container:${leader}`],
      'cd /tmp; echo holder > index.html; exec httpd -f -p 81 -h /tmp',
    );
    await docker('exec', holder, 'sh', '-c', 'until wget -q -O /dev/null http://127.0.0.1:81/; do :; done');

    const outcome = await applyPlanned(socketPath, leader, enforce);

    expect(outcome).toMatchObject({ result: 'applied', answers: [8941, 8942] });
    expect(await page('http://127.0.0.1:8942/')).toBe('holder');
  }, 90_000);

  test('take all of it back when one of them does not come up', async () => {
    // The second container of its kind does not run: the first has left a note in the volume, and one in its own layer.
    const first = '[ ! -e /shared/met ] || [ -e /tmp/mine ] || exit 7; touch /shared/met /tmp/mine; exec sleep 9999';
    await hold(holder, ['--network', `container:${leader}`, '--volumes-from', leader], first);
    const before = await look(leader, holder);
    await docker('exec', leader, 'touch', '/shared/kept');

    const outcome = await applyPlanned(socketPath, leader, enforce);

    expect(outcome).toMatchObject({
      because: expect.stringMatching(/holder, which holds on to it: the new container exited with code 7/),
    });
    expect((await look(leader, holder)).map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
    expect(await page('http://127.0.0.1:941/')).toBe('leader');
    expect(await docker('exec', leader, 'ls', '/shared')).toContain('kept');
    expect(await docker('ps', '-aq', '--filter', `name=${prefix}.*enforce`)).toBe('');
  }, 90_000);

  async function stillHolds(through: string): Promise<boolean> {
    switch (through) {
      case 'network_mode':
        return (await docker('exec', holder, 'wget', '-qO-', 'http://127.0.0.1:80/')) === 'leader';
      case 'pid':
        return (await docker('exec', holder, 'ps')).includes('httpd');
      case 'ipc':
        return (await docker('exec', holder, 'readlink', '/proc/self/ns/ipc')) === (await ipcOf(leader));
      case 'volumes_from':
        await docker('exec', leader, 'sh', '-c', 'echo seen > /shared/note');
        return (await docker('exec', holder, 'cat', '/shared/note')) === 'seen';
      default:
        return (await docker('exec', holder, 'wget', '-qO-', 'http://shop:80/')) === 'leader';
    }
  }

  function ipcOf(name: string): Promise<string> {
    return docker('exec', name, 'readlink', '/proc/self/ns/ipc');
  }
});

/** What a container refers to, as the engine says it. */
function referencesIn(inspect: ContainerInspect | undefined): readonly string[] {
  const { NetworkMode = '', PidMode = '', IpcMode = '', VolumesFrom, Links } = inspect?.HostConfig ?? {};
  return [NetworkMode, PidMode, IpcMode, ...(VolumesFrom ?? []), ...(Links ?? [])];
}
