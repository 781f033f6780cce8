import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import { page } from '../support/page.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';
import { workAt } from '../support/real-host.ts';
import { applyPlanned, QUICK_GATE } from '../support/real-plan.ts';
import { differsAfterChange, differsAfterStart } from '../engine/inspect-rows.ts';

const RUN = '7f3a';
const SERVE = ['sh', '-c', 'cd /tmp; echo web > index.html; exec httpd -f -p 80 -h /tmp'];

describeReal('what a container did before it was recreated on a real engine', () => {
  const engine = realEngine('activity');
  const { docker, prefix, socketPath } = engine;
  const name = `${prefix}web`;
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
  }, 60_000);
  afterEach(() => leave());

  const putBack = async (): Promise<void> => {
    const [target] = await rollBackTargets(undefined, enforce);
    const result = target && (await rollBackTarget(target, QUICK_GATE, enforce));
    expect(result?.outcome.result).toBe('rolled-back');
  };

  test('L1: paused stays paused, before, after and when it is put back', async () => {
    await docker('run', '-d', '--init', '--name', name, '-p', '951:80', image, ...SERVE);
    await docker('pause', name);
    const before = await engine.inspect(name);

    const outcome = await applyPlanned(socketPath, name, enforce);
    const after = await engine.inspect(name);

    expect(outcome.result).toBe('applied');
    expect(after.State).toMatchObject({ Status: 'paused', Paused: true });
    expect(differsAfterChange(before, after)).toEqual([]);
    await docker('unpause', name);
    expect(await page('http://127.0.0.1:8951/')).toBe('web');

    await putBack();

    expect((await engine.inspect(name)).State).toMatchObject({ Status: 'paused' });
    expect((await engine.inspect(name)).Id).toBe(before.Id);
  }, 60_000);

  test.each<[string, readonly string[], string]>([
    ['L1: exited stays exited', ['run', '-d'], 'exited'],
    ['L1: created stays created', ['create'], 'created'],
  ])(
    '%s, and neither is started',
    async (_which, words, status) => {
      await docker(...words, '--name', name, '-v', `${prefix}data:/data`, '-p', '952:80', image, 'true');
      if (status === 'exited') await docker('wait', name);
      const before = await engine.inspect(name);

      const outcome = await applyPlanned(socketPath, name, enforce);
      const after = await engine.inspect(name);

      expect(outcome).toMatchObject({ result: 'applied', downtimeMilliseconds: 0 });
      expect(after.State).toMatchObject({ Status: 'created', Running: false, StartedAt: '0001-01-01T00:00:00Z' });
      expect(after.HostConfig.PortBindings).toEqual({ '80/tcp': [{ HostIp: '', HostPort: '8952' }] });

      await putBack();

      expect(differsAfterStart(before, await engine.inspect(name))).toEqual([]);
      expect((await engine.inspect(name)).State.Status).toBe(status);
    },
    60_000,
  );

  test('L3: one that is stopped and that its policy would start at boot is left alone', async () => {
    await docker('run', '-d', '--init', '--name', name, '--restart', 'always', '-p', '953:80', image);
    await docker('stop', name);

    await expect(applyPlanned(socketPath, name, enforce)).rejects.toThrow(/restart policy always would start it/);
  }, 60_000);

  test('is interrupted for no time where the new one answers before the old one stops', async () => {
    await docker('run', '-d', '--init', '--name', name, '--restart', 'always', '-p', '954:80', image, ...SERVE);
    const before = await engine.inspect(name);

    const outcome = await applyPlanned(socketPath, name, enforce, { order: 'start-first' });
    const after = await engine.inspect(name);

    expect(outcome).toMatchObject({ result: 'applied', downtimeMilliseconds: 0, answers: [8954] });
    expect(differsAfterChange(before, after)).toEqual([]);
    const stopped = Date.parse((await engine.inspect(`${name}.enforce-bak-${RUN}`)).State['FinishedAt' as never]);
    expect(Date.parse(after.State.StartedAt ?? '')).toBeLessThan(stopped);

    await putBack();

    expect(differsAfterStart(before, await engine.inspect(name))).toEqual([]);
    expect(await page('http://127.0.0.1:954/')).toBe('web');
  }, 60_000);
});

describeReal('a container of which only the specification is kept, on a real engine', () => {
  const engine = realEngine('specification');
  const { docker, prefix, socketPath } = engine;
  const name = `${prefix}web`;
  let enforce: HostTools;
  let leave: () => Promise<void>;

  beforeAll(async () => {
    const image = await engine.busyboxImage();
    ({ tools: enforce, close: leave } = await workAt(socketPath, RUN));
    const labels = ['-l', 'com.docker.compose.project=shop', '-l', 'com.docker.compose.service=web'];
    const serve = 'cd /tmp; echo web > index.html; exec httpd -f -p 80 -h /tmp';
    const options = ['-p', '961:80', '-v', '/anonymous', '-v', `${prefix}data:/data`, '--restart', 'unless-stopped'];
    await docker('run', '-d', '--init', '--name', name, ...labels, ...options, image, 'sh', '-c', serve);
    for (const folder of ['anonymous', 'data']) await docker('exec', name, 'sh', '-c', `echo kept > /${folder}/note`);
  }, 120_000);
  afterAll(async () => {
    await leave();
    const volumes = (await engine.inspect(name)).Mounts?.flatMap(({ Name }) => Name ?? []) ?? [];
    await engine.cleanUp();
    for (const volume of volumes) await docker('volume', 'rm', '-f', volume);
  }, 120_000);

  test('is changed, leaves no second container of its project behind, and is put back from it', async () => {
    const before = await engine.inspect(name);

    const outcome = await applyPlanned(socketPath, name, enforce);

    expect(outcome).toMatchObject({ result: 'applied', kept: null });
    expect(await docker('ps', '-a', '--format', '{{.Names}}', '--filter', `name=${prefix}`)).toBe(name);
    expect(differsAfterChange(before, await engine.inspect(name))).toEqual([]);
    expect(await notes()).toEqual(['kept', 'kept']);

    const [target] = await rollBackTargets(RUN, enforce);
    const second = await workAt(socketPath, '8c1d');
    const back = target && (await rollBackTarget(target, QUICK_GATE, second.tools));
    const after = await engine.inspect(name);
    const more = await rollBackTargets(undefined, second.tools);
    await second.close();

    expect(back?.outcome).toMatchObject({ result: 'rolled-back', because: 'asked for' });
    expect(after.HostConfig).toMatchObject({
      PortBindings: before.HostConfig.PortBindings,
      CapDrop: before.HostConfig.CapDrop,
      CapAdd: before.HostConfig.CapAdd,
    });
    expect(differsAfterChange(before, after)).toEqual([]);
    expect(await page('http://127.0.0.1:961/')).toBe('web');
    expect(await notes()).toEqual(['kept', 'kept']);
    expect(await docker('ps', '-a', '--format', '{{.Names}}', '--filter', `name=${prefix}`)).toBe(name);
    expect(more).toEqual([]);
  }, 120_000);

  function notes(): Promise<readonly string[]> {
    return Promise.all(['anonymous', 'data'].map((folder) => docker('exec', name, 'cat', `/${folder}/note`)));
  }
});
