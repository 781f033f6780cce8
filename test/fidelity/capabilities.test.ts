import { expect, test } from '@jest/globals';
import { describeReal } from '../support/real-engine.ts';
import { recreating, setting } from '../support/recreating.ts';

describeReal('the capabilities of a container that is recreated', () => {
  const at = recreating('capabilities');
  const held = async (name: string): Promise<string> =>
    (await at.docker('exec', `${at.prefix}${name}`, 'grep', 'CapBnd', '/proc/1/status')).split('\t')[1] ?? '';

  test('CapAdd: ALL beside a drop of ALL would be every capability, so what is added is named one by one', async () => {
    const before = await at.run('web', ['--cap-drop', 'ALL', '--cap-add', 'CHOWN']);

    await at.recreate(before, { keep: ['CHOWN'] });

    expect(await held('web')).toBe('0000000000000001');
  });

  test('CapAdd: one that was given on purpose is not taken away unasked', async () => {
    await at.run('web', ['--cap-add', 'SYS_PTRACE']);

    expect(await at.refusal('web')).toContain('it was given SYS_PTRACE on purpose');
  });

  test('CapDrop: dropping ALL leaves nothing, however a capability was spelled before', async () => {
    const before = await at.start('web', { HostConfig: { CapAdd: ['cap_net_admin', 'CAP_CHOWN'], CapDrop: ['kill'] } });

    await at.recreate(before);

    expect(await held('web')).toBe('0000000000000000');
  });

  test('CapDrop: a capability the engine does not know is found out before anything is stopped', async () => {
    const before = await at.run('web');

    const outcome = await at.attempt(before, { edits: [setting('HostConfig.CapAdd', ['NO_SUCH'])] });

    expect(outcome).toMatchObject({ because: expect.stringMatching(/NO_SUCH.*not touched$/s) });
    expect(await at.inspect('web')).toEqual(before);
  });
});
