import { expect, test } from '@jest/globals';
import type { ContainerInspect, EndpointSettings } from '../../src/model/snapshot.ts';
import { differsAfterChange, differsAfterStart } from '../engine/inspect-rows.ts';
import { describeReal } from '../support/real-engine.ts';
import { recreating } from '../support/recreating.ts';

describeReal('the networks of a container that is recreated', () => {
  const at = recreating('networks');
  const network = async (name: string, ...options: readonly string[]): Promise<string> => {
    await at.docker('network', 'create', ...options, `${at.prefix}${name}`);
    return `${at.prefix}${name}`;
  };
  const names = ({ NetworkSettings }: ContainerInspect): readonly string[] =>
    Object.keys(NetworkSettings.Networks ?? {}).toSorted();
  const endpoint = ({ NetworkSettings }: ContainerInspect, name: string): EndpointSettings =>
    NetworkSettings.Networks?.[name] ?? {};
  const withAddress = (front: string, MacAddress: string): Promise<ContainerInspect> =>
    at.start('web', {
      ...(at.isOlderThan('1.44') ? { MacAddress } : {}),
      NetworkingConfig: { EndpointsConfig: { [front]: at.isOlderThan('1.44') ? {} : { MacAddress } } },
      HostConfig: { NetworkMode: front },
    });

  test('N1: nothing that the engine gave out itself is pinned', async () => {
    const front = await network('front');
    const before = await at.run('web', ['--network', front]);

    const after = await at.recreate(before);

    expect(endpoint(after, front).IPAMConfig ?? {}).toEqual({});
    expect(after.Config.MacAddress ?? '').toBe('');
    expect(endpoint(after, front).NetworkID).toBe(endpoint(before, front).NetworkID);
    expect(differsAfterStart(before, await at.putBack('web'))).toEqual([]);
  });

  test('N2: all of them are joined, and the one it was made on is still the first', async () => {
    const [front, back, audit] = [await network('front'), await network('back'), await network('audit')];
    const before = await at.run('web', ['--network', front]);
    for (const later of [back, audit]) await at.docker('network', 'connect', later, `${at.prefix}web`);

    const after = await at.recreate(await at.inspect('web'));

    expect(after.HostConfig.NetworkMode).toBe(before.HostConfig.NetworkMode);
    expect(names(after)).toEqual([audit, back, front]);
    expect(differsAfterChange(await at.inspect('web.enforce-bak-7f3a'), after)).not.toContainEqual(
      expect.stringContaining('NetworkMode'),
    );
  });

  test('N3: after two changes the aliases are those that were chosen, and no id of an earlier container', async () => {
    const front = await network('front');
    const first = await at.run('web', ['--network', front, '--network-alias', 'shop', '--network-alias', 'till']);

    const second = await at.recreate(first, { run: '0001' });
    const third = await at.recreate(second, { run: '0002' });

    const aliases = endpoint(third, front).Aliases ?? [];
    expect(
      aliases.filter((alias) => !third.Id.startsWith(alias) && alias !== third.Config.Hostname).toSorted(),
    ).toEqual(['shop', 'till']);
    expect(aliases).not.toContain(second.Id.slice(0, 12));
  });

  test('N4: on the engine’s own bridge it starts, with neither aliases nor a fixed address', async () => {
    const before = await at.run('web', ['-p', '941:80']);

    const after = await at.recreate(before);

    expect(names(after)).toEqual(['bridge']);
    expect(endpoint(after, 'bridge').Aliases ?? []).toEqual([]);
  });

  test('N5: its fixed addresses of both families are its own again, and after a rollback too', async () => {
    const front = await network('front', '--ipv6', '--subnet', '172.29.88.0/24', '--subnet', 'fd00:88::/64');
    const before = await at.run('web', ['--network', front, '--ip', '172.29.88.9', '--ip6', 'fd00:88::9']);

    const after = await at.recreate(before);

    const fixed = { IPAddress: '172.29.88.9', GlobalIPv6Address: 'fd00:88::9' };
    expect(endpoint(after, front)).toMatchObject(fixed);
    expect(endpoint(after, front).IPAMConfig).toEqual(endpoint(before, front).IPAMConfig);
    expect(endpoint(await at.putBack('web'), front)).toMatchObject(fixed);
  });

  test('N6: a MAC address that was chosen stays', async () => {
    const front = await network('front');
    const before = await withAddress(front, '02:aa:bb:cc:dd:01');

    const after = await at.recreate(before);

    expect(endpoint(after, front).MacAddress).toBe('02:aa:bb:cc:dd:01');
    expect(endpoint(await at.putBack('web'), front).MacAddress).toBe('02:aa:bb:cc:dd:01');
  });

  test('N6: a MAC address chosen on a second network stays, where engines 25 to 27 have one', async () => {
    const [front, back] = [await network('front'), await network('back')];
    const chosen = '02:aa:bb:cc:dd:02';
    const both = { [front]: {}, ...(at.isOlderThan('1.44') ? {} : { [back]: { MacAddress: chosen } }) };
    const before = await at.start('web', {
      NetworkingConfig: { EndpointsConfig: both },
      HostConfig: { NetworkMode: front },
    });

    const after = await at.recreate(before);

    const takesOne = !at.isOlderThan('1.44') && at.isOlderThan('1.48');
    expect(names(after)).toEqual(names(before));
    expect(endpoint(after, back).MacAddress === chosen).toBe(takesOne);
  });

  test('N7: a MAC address typed in capitals is taken', async () => {
    const front = await network('front');
    const before = await withAddress(front, '02:AA:BB:CC:DD:0F');

    const after = await at.recreate(before);

    expect(endpoint(after, front).MacAddress?.toLowerCase()).toBe('02:aa:bb:cc:dd:0f');
  });

  test('N8: one that left the network it was made on is not joined to that again', async () => {
    const front = await network('front');
    await at.run('web');
    await at.docker('network', 'connect', front, `${at.prefix}web`);
    await at.docker('network', 'disconnect', 'bridge', `${at.prefix}web`);
    const before = await at.inspect('web');

    const after = await at.recreate(before);

    expect(names(after)).toEqual([front]);
    expect(after.HostConfig.NetworkMode).toBe(before.HostConfig.NetworkMode);
    expect(names(await at.putBack('web'))).toEqual([front]);
  });

  test('N9: a network that was named by its id is the same network', async () => {
    const front = await network('front');
    const id = await at.docker('network', 'inspect', '-f', '{{.Id}}', front);
    const before = await at.run('web', ['--network', id, '--network-alias', 'shop']);

    const after = await at.recreate(before);

    expect(after.HostConfig.NetworkMode).toBe(before.HostConfig.NetworkMode);
    expect(endpoint(after, front)).toMatchObject({ NetworkID: id, Aliases: expect.arrayContaining(['shop']) });
  });

  test('N10: a container on no network is left alone, as the engine would put it on one', async () => {
    await at.run('web');
    await at.docker('network', 'disconnect', 'bridge', `${at.prefix}web`);

    expect(await at.refusal('web')).toContain('NetworkSettings.Networks: it was disconnected from every network');
  });

  test('N11: which network leads outward stays, as engines from 28 on let one say', async () => {
    const [front, back] = [await network('front'), await network('back')];
    const priority = at.isOlderThan('1.48') ? {} : { GwPriority: 7 };
    await at.start('web', {
      NetworkingConfig: { EndpointsConfig: { [front]: priority } },
      HostConfig: { NetworkMode: front },
    });
    await at.docker('network', 'connect', back, `${at.prefix}web`);

    const after = await at.recreate(await at.inspect('web'));

    expect(endpoint(after, front).GwPriority ?? 0).toBe(at.isOlderThan('1.48') ? 0 : 7);
    expect(endpoint(after, back).GwPriority ?? 0).toBe(0);
  });

  test('N12: options of its place in a network stay', async () => {
    const front = await network('front');
    const DriverOpts = { 'com.example.note': 'kept' };
    const before = await at.start('web', {
      NetworkingConfig: { EndpointsConfig: { [front]: { DriverOpts } } },
      HostConfig: { NetworkMode: front },
    });

    const after = await at.recreate(before);

    expect(endpoint(after, front).DriverOpts).toEqual(DriverOpts);
  });
});
