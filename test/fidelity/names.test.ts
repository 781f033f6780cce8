import { expect, test } from '@jest/globals';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { differsAfterStart } from '../engine/inspect-rows.ts';
import { describeReal } from '../support/real-engine.ts';
import { recreating } from '../support/recreating.ts';

describeReal('how a recreated container is found, and finds others', () => {
  const at = recreating('names');
  const serve = ['sh', '-c', 'echo here > /tmp/index.html; exec httpd -f -p 80 -h /tmp'];
  const networksOf = ({ NetworkSettings }: ContainerInspect): unknown => Object.keys(NetworkSettings.Networks ?? {});

  test('N13: a link on the engine’s own bridge leads where it led', async () => {
    await at.run('db', [], serve);
    const before = await at.run('shop', ['--link', `${at.prefix}db:mydb`]);

    const after = await at.recreate(before);

    expect(after.HostConfig.Links).toEqual(before.HostConfig.Links);
    expect(await at.docker('exec', `${at.prefix}shop`, 'wget', '-qO-', 'http://mydb/')).toBe('here');
    expect(differsAfterStart(before, await at.putBack('shop'))).toEqual([]);
  });

  test('N13: a container linked to one that is stopped is left alone, as it could not be started again', async () => {
    await at.run('db');
    await at.run('shop', ['--link', `${at.prefix}db:mydb`]);
    await at.docker('stop', `${at.prefix}db`);

    expect(await at.refusal('shop')).toContain(`HostConfig.Links[0]: ${at.prefix}db does not run`);
  });

  test('N15: a link on a network of one’s own leads where it led', async () => {
    await at.docker('network', 'create', `${at.prefix}front`);
    await at.run('db', ['--network', `${at.prefix}front`], serve);
    const before = await at.run('shop', ['--network', `${at.prefix}front`, '--link', `${at.prefix}db:mydb`]);

    const after = await at.recreate(before);

    const links = after.NetworkSettings.Networks?.[`${at.prefix}front`]?.Links;
    expect(links).toEqual([`${at.prefix}db:mydb`]);
    expect(await at.docker('exec', `${at.prefix}shop`, 'wget', '-qO-', 'http://mydb/')).toBe('here');
  });

  test.each(['host', 'none'])('N16: one made with --network %s is in that alone', async (mode) => {
    const before = await at.run('web', ['--network', mode]);

    const after = await at.recreate(before);

    expect(after.HostConfig.NetworkMode).toBe(mode);
    expect(networksOf(after)).toEqual([mode]);
    expect(differsAfterStart(before, await at.putBack('web'))).toEqual([]);
  });

  test('N17: an address that nobody chose stays nobody’s choice', async () => {
    await at.docker('network', 'create', '--subnet', '172.29.89.0/24', `${at.prefix}front`);
    const before = await at.run('web', ['--network', `${at.prefix}front`]);

    const after = await at.recreate(before);

    const place = after.NetworkSettings.Networks?.[`${at.prefix}front`];
    expect(place?.IPAddress).toMatch(/^172\.29\.89\./);
    expect(place?.IPAMConfig ?? {}).toEqual({});
  });

  test('N18: a container whose network’s name stands for two is left alone; engines from 25 on allow no such name', async () => {
    const create = (): Promise<{ readonly status: number }> =>
      at.call('POST', '/networks/create', { Name: `${at.prefix}front`, CheckDuplicate: false });
    await create();
    await at.run('web', ['--network', `${at.prefix}front`]);

    const { status } = await create();

    if (status === 201) {
      const ids = await at.docker('network', 'ls', '-q', '--filter', `name=${at.prefix}front`);
      const because = await at.refusal('web');
      await at.docker('rm', '-f', `${at.prefix}web`);
      await at.docker('network', 'rm', ...ids.split('\n'));
      expect(because).toContain(`NetworkSettings.Networks.${at.prefix}front.NetworkID: the name stands for no network`);
    } else {
      expect(status).toBe(409);
      expect((await at.plan('web')).action).toBe('recreate');
    }
  });

  test('N20: others in its network find the new one by its name and its aliases', async () => {
    await at.docker('network', 'create', `${at.prefix}front`);
    const before = await at.run('shop', ['--network', `${at.prefix}front`, '--network-alias', 'till'], serve);
    await at.run('peer', ['--network', `${at.prefix}front`]);
    const ask = (name: string): Promise<string> =>
      at.docker('exec', `${at.prefix}peer`, 'wget', '-qO-', `http://${name}/`);

    await at.recreate(before);

    expect([await ask(`${at.prefix}shop`), await ask('till')]).toEqual(['here', 'here']);
    await at.putBack('shop');
    expect([await ask(`${at.prefix}shop`), await ask('till')]).toEqual(['here', 'here']);
  });

  test('N21: name servers and hosts of its own stay', async () => {
    const options = ['--dns', '192.0.2.53', '--dns-search', 'example.com', '--dns-option', 'ndots:2'];
    const before = await at.run('web', [...options, '--add-host', 'relay:192.0.2.10', '--add-host', 'up:host-gateway']);

    const after = await at.recreate(before);

    expect(after.HostConfig).toMatchObject({
      Dns: ['192.0.2.53'],
      DnsSearch: ['example.com'],
      DnsOptions: ['ndots:2'],
      ExtraHosts: ['relay:192.0.2.10', 'up:host-gateway'],
    });
    expect(await at.docker('exec', `${at.prefix}web`, 'cat', '/etc/hosts')).toContain('192.0.2.10\trelay');
  });

  test('N21: those of a container whose network it shares are still that one’s', async () => {
    await at.run('anchor', ['--dns', '192.0.2.53']);
    const before = await at.run('lodger', ['--network', `container:${at.prefix}anchor`]);

    await at.recreate(before);

    expect(await at.docker('exec', `${at.prefix}lodger`, 'cat', '/etc/resolv.conf')).toContain('192.0.2.53');
  });

  test('NetworkMode: a container in the network of one that is gone is left alone, as it could not be started again', async () => {
    const anchor = await at.run('anchor');
    await at.run('lodger', ['--network', `container:${at.prefix}anchor`]);
    await at.docker('rm', '-f', `${at.prefix}anchor`);

    expect(await at.refusal('lodger')).toContain(
      `HostConfig.NetworkMode: the container ${anchor.Id.slice(0, 12)}, which it shares that with, is gone`,
    );
  });
});
