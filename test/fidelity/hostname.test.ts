import { hostname } from 'node:os';
import { expect, test } from '@jest/globals';
import { differsAfterChange, differsAfterStart } from '../engine/inspect-rows.ts';
import { describeReal } from '../support/real-engine.ts';
import { recreating } from '../support/recreating.ts';

describeReal('the host name of a container that is recreated', () => {
  const at = recreating('hostname');

  test('H1: stays although it was made of the id, so data filed under it is found again', async () => {
    const script = 'mkdir -p /data/$(hostname); sleep 9999';
    const before = await at.run('queue', ['-v', '/data'], ['sh', '-c', script]);

    const after = await at.recreate(before);

    expect(after.Config.Hostname).toBe(before.Id.slice(0, 12));
    expect(await at.docker('exec', `${at.prefix}queue`, 'ls', '/data')).toContain(before.Id.slice(0, 12));
    expect(differsAfterStart(before, await at.putBack('queue'))).toEqual([]);
  });

  test.each([
    ['mounts the engine’s socket', ['-v', '/var/run/docker.sock:/var/run/docker.sock']],
    ['is told where an engine is', ['-e', 'DOCKER_HOST=tcp://proxy:2375']],
  ])('H1: becomes the new id’s where the program %s and looks for itself by it', async (_how, options) => {
    const before = await at.run('agent', options);

    const after = await at.recreate(before);

    expect(after.Config.Hostname).toBe(after.Id.slice(0, 12));
    expect(differsAfterChange(before, after).filter((row) => !row.includes('Config.Hostname'))).toEqual([]);
  });

  test('H1: stays where somebody chose it', async () => {
    const options = ['--hostname', 'agent-1', '--domainname', 'example.com', '-e', 'DOCKER_HOST=tcp://proxy:2375'];
    const before = await at.run('agent', options);

    const after = await at.recreate(before);

    expect(after.Config).toMatchObject({ Hostname: 'agent-1', Domainname: 'example.com' });
  });

  test('H2: of another container, whose network it shares, is that one’s still', async () => {
    await at.run('anchor', ['--hostname', 'anchor-1']);
    const before = await at.run('lodger', ['--network', `container:${at.prefix}anchor`]);

    await at.recreate(before);

    expect(await at.docker('exec', `${at.prefix}lodger`, 'hostname')).toBe('anchor-1');
  });

  test('H3: of the host, by its UTS namespace, is the host’s still', async () => {
    const before = await at.run('clock', ['--uts', 'host']);

    await at.recreate(before);

    expect(await at.docker('exec', `${at.prefix}clock`, 'hostname')).toBe(hostname());
  });

  test.each([
    ['that nobody chose is the host’s still', [], hostname()],
    ['that somebody chose stays', ['--hostname', 'edge-1'], 'edge-1'],
  ])('H4: in the host’s network, %s', async (_which, options, expected) => {
    const before = await at.run('edge', ['--network', 'host', ...options]);

    const after = await at.recreate(before);

    expect(after.Config.Hostname).toBe(before.Config.Hostname);
    expect(await at.docker('exec', `${at.prefix}edge`, 'hostname')).toBe(expected);
  });

  test('H5: as long as the kernel takes stays to the last letter', async () => {
    const longest = 'a'.repeat(63);
    const before = await at.run('web', ['--hostname', longest]);

    const after = await at.recreate(before);

    expect(after.Config.Hostname).toBe(longest);
  });
});
