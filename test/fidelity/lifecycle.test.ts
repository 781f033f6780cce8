import { expect, test } from '@jest/globals';
import { differsAfterStart } from '../engine/inspect-rows.ts';
import { describeReal } from '../support/real-engine.ts';
import { recreating, setting } from '../support/recreating.ts';

const KEPT = 'web.enforce-bak-7f3a';

describeReal('the life of a container that is recreated', () => {
  const at = recreating('lifecycle');
  const policy = async (name: string): Promise<unknown> => (await at.inspect(name)).HostConfig.RestartPolicy;

  test.each(['always', 'unless-stopped', 'on-failure:5'])(
    'L2: one with --restart %s does not come back beside the new one at a reboot, and has its policy again after a rollback',
    async (restart) => {
      const before = await at.run('web', ['--restart', restart]);

      const after = await at.recreate(before);

      expect(after.HostConfig.RestartPolicy).toEqual(before.HostConfig.RestartPolicy);
      expect(await policy(KEPT)).toMatchObject({ Name: 'no' });
      expect((await at.putBack('web')).HostConfig.RestartPolicy).toEqual(before.HostConfig.RestartPolicy);
    },
  );

  test('L5: one whose new process cannot be started is put back', async () => {
    const before = await at.run('web');

    const outcome = await at.attempt(before, { edits: [setting('Config.Cmd', ['/no/such/program'])] });

    expect(outcome).toMatchObject({ result: 'rolled-back' });
    expect(differsAfterStart(before, await at.inspect('web'))).toEqual([]);
  });

  test('L6: one whose new process ends and is started again and again is put back', async () => {
    const command = 'touch /tmp/x; chown 33 /tmp/x || exit 1; exec sleep 9999';
    const before = await at.run('web', ['--restart', 'always'], ['sh', '-c', command]);

    const outcome = await at.attempt(before);

    expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringContaining('does not stay up') });
    expect(differsAfterStart(before, await at.inspect('web'))).toEqual([]);
  });

  test('L8: it is stopped by its own signal and given its own time', async () => {
    const script = 'trap "echo asked; exit 0" USR1; while :; do sleep 0.1; done';
    const before = await at.run('web', ['--stop-signal', 'USR1', '--stop-timeout', '30'], ['sh', '-c', script]);

    await at.recreate(before);

    expect(await at.docker('logs', `${at.prefix}${KEPT}`)).toContain('asked');
    expect((await at.inspect(KEPT)).State.ExitCode).toBe(0);
  });

  test('L11: one that was started with --rm is left alone, as stopping would delete it', async () => {
    await at.run('web', ['--rm']);

    expect(await at.refusal('web')).toContain('it was started with --rm');
  });

  test('L15: once the kept one was pruned it is made again as it was, from what the new one remembers', async () => {
    const before = await at.run('web', ['-v', '/anon']);
    await at.recreate(before);
    await at.docker('container', 'rm', `${at.prefix}${KEPT}`);

    await at.putBack('web', undefined, '8c1d');
    const { HostConfig, Mounts } = await at.inspect('web');

    expect([HostConfig.CapDrop, HostConfig.PortBindings]).toEqual([
      before.HostConfig.CapDrop,
      before.HostConfig.PortBindings,
    ]);
    expect(Mounts?.map(({ Name }) => Name)).toEqual(before.Mounts?.map(({ Name }) => Name));
  });

  test('L16: limits that docker update changed since are kept', async () => {
    await at.run('web', ['--memory', '64m', '--memory-swap', '64m']);
    await at.docker('update', '--memory', '96m', '--memory-swap', '96m', '--cpu-shares', '512', `${at.prefix}web`);
    const before = await at.inspect('web');

    const after = await at.recreate(before);

    expect(after.HostConfig).toMatchObject({ Memory: 100_663_296, MemorySwap: 100_663_296, CpuShares: 512 });
  });

  test('L17: the new one has the name, and the old one its own beside it', async () => {
    const before = await at.run('web');

    const after = await at.recreate(before);

    expect(after.Name).toBe(`/${at.prefix}web`);
    expect(await at.inspect(KEPT)).toMatchObject({ Id: before.Id, State: { Running: false } });
  });

  test('L10: what is already so is no failure: a rollback of one that was stopped meanwhile', async () => {
    const before = await at.run('web');
    await at.recreate(before);
    await at.docker('stop', `${at.prefix}web`);

    expect(differsAfterStart(before, await at.putBack('web'))).toEqual([]);
  });
});
