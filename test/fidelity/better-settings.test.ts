import { expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { describeReal } from '../support/real-engine.ts';
import { recreating, setting } from '../support/recreating.ts';

const PORT_START = 'net.ipv4.ip_unprivileged_port_start';

/** So that what takes it back goes by what the new one remembers. */
const KEEPS_NOTHING = { keeps: 'specification' } as const;

describeReal('a setting that makes a capability unnecessary', () => {
  const at = recreating('settings');
  const inside = async (...command: readonly string[]): Promise<string> =>
    (await at.docker('exec', `${at.prefix}web`, ...command)).trim();

  test('Sysctls: one more beside its own is made, and taken back with the change', async () => {
    const before = await at.run('web', ['--sysctl', `${PORT_START}=1024`, '--sysctl', 'net.ipv4.ip_forward=1']);

    const after = await at.recreate(before, {
      change: KEEPS_NOTHING,
      edits: [setting('HostConfig.Sysctls', { [PORT_START]: '0', 'net.ipv4.ip_forward': '1' }, sysctls(before))],
    });

    expect(await inside('cat', '/proc/sys/net/ipv4/ip_unprivileged_port_start')).toBe('0');
    expect(sysctls(after)).toEqual({ [PORT_START]: '0', 'net.ipv4.ip_forward': '1' });
    expect(sysctls(await at.putBack('web', '7f3a', '9e1d'))).toEqual(sysctls(before));
  });

  test('Ulimits: a limit beside its own is made, and is taken back with the change', async () => {
    const before = await at.run('web', ['--ulimit', 'nofile=512:1024']);

    const after = await at.recreate(before, {
      change: KEEPS_NOTHING,
      edits: [
        setting(
          'HostConfig.Ulimits',
          [
            { Name: 'nofile', Soft: 512, Hard: 1024 },
            { Name: 'memlock', Soft: 16384, Hard: 32768 },
          ],
          [{ Name: 'nofile', Soft: 512, Hard: 1024 }],
        ),
      ],
    });

    expect(await inside('sh', '-c', 'ulimit -l; ulimit -n')).toBe('16\n512');
    expect(after.HostConfig.Ulimits).toHaveLength(2);
    expect((await at.putBack('web', '7f3a', '9e1d')).HostConfig.Ulimits).toEqual(before.HostConfig.Ulimits);
  });

  test('a container that would become somebody else begins as them, and as before once it is taken back', async () => {
    const before = await at.run('web');

    await at.recreate(before, { keep: [], change: KEEPS_NOTHING, edits: [setting('Config.User', '1000:1000', '')] });

    expect(await inside('id', '-u')).toBe('1000');
    expect((await at.putBack('web', '7f3a', '9e1d')).Config.User).toBe('');
  });

  test('Privileged: an ordinary container takes its place, with the limits of one, and can be made privileged again', async () => {
    await at.docker('create', '--init', '--privileged', '--name', `${at.prefix}web`, at.image(), 'sleep', '9999');
    const before = await at.inspect('web');

    const after = await at.recreate(before, {
      keep: ['CHOWN'],
      change: { activity: 'stopped' },
      edits: [setting('HostConfig.Privileged', false, true)],
    });

    expect(after.HostConfig.Privileged).toBe(false);
    await at.docker('start', `${at.prefix}web`);
    expect(await inside('grep', 'CapBnd', '/proc/1/status')).toBe('CapBnd:\t0000000000000001');
    expect(await inside('sh', '-c', 'grep -c " /proc/sys proc ro" /proc/1/mounts')).toBe('1');
    await at.docker('stop', '-t', '0', `${at.prefix}web`);
    expect(shownPaths(await at.putBack('web'))).toEqual(shownPaths(before));
  });
});

function sysctls({ HostConfig }: ContainerInspect): Readonly<Record<string, string>> {
  return HostConfig.Sysctls ?? {};
}

/** What privileged is, beside capabilities, as the engine shows it. */
function shownPaths({ HostConfig }: ContainerInspect): readonly JsonValue[] {
  const host = HostConfig as unknown as JsonObject;
  return ['Privileged', 'MaskedPaths', 'ReadonlyPaths'].map((field) => host[field] ?? null);
}
