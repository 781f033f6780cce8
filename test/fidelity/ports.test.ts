import { expect, test } from '@jest/globals';
import type { PortBindings } from '../../src/model/snapshot.ts';
import { differsAfterStart } from '../engine/inspect-rows.ts';
import { page } from '../support/page.ts';
import { describeReal } from '../support/real-engine.ts';
import { recreating } from '../support/recreating.ts';

describeReal('the ports of a container that is recreated', () => {
  const at = recreating('ports');
  const serve = (port: number): readonly string[] => [
    'sh',
    '-c',
    `echo here > /tmp/index.html; exec httpd -f -p ${port} -h /tmp`,
  ];
  const hostPorts = (bindings: PortBindings | null | undefined, key: string): readonly string[] =>
    (bindings?.[key] ?? []).map(({ HostPort = '' }) => HostPort);

  test('P1: a port is bound as it was said, and not once more for every address it had', async () => {
    const before = await at.run('web', ['-p', '951:80'], serve(80));

    const after = await at.recreate(before);

    expect(after.HostConfig.PortBindings).toEqual({ '80/tcp': [{ HostIp: '', HostPort: '8951' }] });
    expect(await page('http://127.0.0.1:8951/')).toBe('here');
    await at.putBack('web');
    expect(await page('http://127.0.0.1:951/')).toBe('here');
  });

  test('P2: a binding that published nothing, as its port is not exposed, publishes nothing afterwards', async () => {
    const before = await at.start('web', { HostConfig: { PortBindings: { '99/tcp': [{ HostPort: '8952' }] } } });

    const after = await at.recreate(before);

    expect(hostPorts(after.NetworkSettings.Ports, '99/tcp')).toEqual(hostPorts(before.NetworkSettings.Ports, '99/tcp'));
    expect(hostPorts(before.NetworkSettings.Ports, '99/tcp')).toEqual(at.isOlderThan('1.52') ? [] : ['8952']);
  });

  test('P3: a port that the engine chooses is chosen again, and is no finding', async () => {
    const before = await at.run('web', ['-p', '80', '-p', '127.0.0.1:0:81'], serve(80));

    const after = await at.recreate(before);

    expect(after.HostConfig.PortBindings).toEqual(before.HostConfig.PortBindings);
    expect(Number(hostPorts(after.NetworkSettings.Ports, '80/tcp')[0])).toBeGreaterThan(1023);
    expect(await at.portChanges('web')).toEqual([]);
  });

  test('P4: a range moves as a whole, and its first free port is taken as before', async () => {
    await at.run('web', ['-p', '953-955:80'], serve(80));

    const { action, after } = await at.plan('web');

    expect(action).toBe('recreate');
    expect(JSON.stringify(after)).toMatch(/8953/);
  });

  test.each<[string, null | readonly []]>([
    ['empty', []],
    ['absent', null],
  ])('P5: a list of bindings that is %s publishes what it published before', async (_how, none) => {
    const before = await at.start('web', { HostConfig: { PortBindings: { '80/tcp': none as null } } });

    const after = await at.recreate(before);

    expect(hostPorts(after.NetworkSettings.Ports, '80/tcp')).toHaveLength(
      hostPorts(before.NetworkSettings.Ports, '80/tcp').length,
    );
  });

  test('P6: all exposed ports are published again, to ports the engine chooses', async () => {
    const before = await at.run('web', ['-P'], serve(80));

    const after = await at.recreate(before);

    expect(after.HostConfig.PublishAllPorts).toBe(true);
    expect(Number(hostPorts(after.NetworkSettings.Ports, '80/tcp')[0])).toBeGreaterThan(1023);
  });

  test('P7: every address of a port moves with it to the same new number', async () => {
    const before = await at.run('web', ['-p', '127.0.0.1:957:80', '-p', '127.0.0.2:957:80'], serve(80));

    const after = await at.recreate(before);

    expect(after.HostConfig.PortBindings).toEqual({
      '80/tcp': [
        { HostIp: '127.0.0.1', HostPort: '8957' },
        { HostIp: '127.0.0.2', HostPort: '8957' },
      ],
    });
    expect([await page('http://127.0.0.1:8957/'), await page('http://127.0.0.2:8957/')]).toEqual(['here', 'here']);
  });

  test('P8: tcp and udp of one number both move, each for itself', async () => {
    const before = await at.run('web', ['-p', '958:53/udp', '-p', '958:53/tcp'], serve(53));

    const after = await at.recreate(before);

    expect(hostPorts(after.NetworkSettings.Ports, '53/udp')[0]).toBe('8958');
    expect(hostPorts(after.NetworkSettings.Ports, '53/tcp')[0]).toBe('8958');
  });

  test('P9: bindings on the host’s network, which the engine ignores, are kept and are no finding', async () => {
    const before = await at.start('web', {
      HostConfig: { NetworkMode: 'host', PortBindings: { '80/tcp': [{ HostPort: '959' }] } },
    });

    const planned = await at.plan('web');
    const after = await at.recreate(before);

    expect(JSON.stringify(planned['because'])).not.toContain('privileged-host-port');
    expect(hostPorts(after.NetworkSettings.Ports, '80/tcp')).toEqual([]);
  });

  test('P10: exposed ports of a container in another’s network are left to the other, as the engine demands', async () => {
    await at.run('anchor', ['-p', '8960:80'], serve(80));
    const before = await at.run('lodger', ['--network', `container:${at.prefix}anchor`]);

    const after = await at.recreate(before);

    expect(after.HostConfig.NetworkMode).toBe(before.HostConfig.NetworkMode);
    expect(await page('http://127.0.0.1:8960/')).toBe('here');
  });

  test('P11: a new port that was taken meanwhile is no loss: the old container is put back', async () => {
    const before = await at.run('web', ['-p', '961:80'], serve(80));
    await at.run('thief', ['-p', '8961:80']);

    const outcome = await at.attempt(before);

    expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringMatching(/allocated|in use/) });
    expect(differsAfterStart(before, await at.inspect('web'))).toEqual([]);
    expect(await page('http://127.0.0.1:961/')).toBe('here');
  });

  test('P12: a port that a stopped container would ask for is taken', async () => {
    await at.run('web', ['-p', '962:80'], serve(80));
    await at.run('sleeper', ['-p', '8962:80']);
    await at.docker('stop', `${at.prefix}sleeper`);

    expect(await at.refusal('web')).toContain(`${at.prefix}sleeper`);
  });

  test('P13: who used the old port can be told the new one', async () => {
    await at.run('web', ['-p', '963:80'], serve(80));

    expect(await at.portChanges('web')).toMatchObject([{ proto: 'tcp', from: 963, to: 8963 }]);
  });
});
