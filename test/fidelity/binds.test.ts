import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { differsAfterChange } from '../engine/inspect-rows.ts';
import { describeReal } from '../support/real-engine.ts';
import { recreating } from '../support/recreating.ts';

describeReal('what a recreated container has of its host', () => {
  const at = recreating('binds');
  const folder = async (name: string): Promise<string> => {
    const path = join(at.folder(), name);
    await mkdir(path, { recursive: true });
    return path;
  };

  test('V8: a container with the volumes of one that has a tmpfs mount is left alone', async () => {
    await at.run('store', ['--mount', 'type=tmpfs,dst=/fast', '-v', `${at.prefix}data:/data`]);
    const { status } = await at.call('POST', `/containers/create?name=${at.prefix}probe`, {
      Image: at.image(),
      HostConfig: { VolumesFrom: [`${at.prefix}store`] },
    });
    await at.docker('rename', `${at.prefix}store`, `${at.prefix}former`);
    await at.run('store', ['-v', `${at.prefix}data:/data`]);
    await at.run('web', ['--volumes-from', `${at.prefix}store`]);
    await at.docker('rm', '-f', `${at.prefix}store`);
    await at.docker('rename', `${at.prefix}former`, `${at.prefix}store`);

    expect(await at.refusal('web')).toContain(
      `HostConfig.VolumesFrom[0]: ${at.prefix}store has a tmpfs mount at /fast`,
    );
    expect(status).not.toBe(201);
  });

  test.each([
    ['HostConfig.Binds', (path: string) => ['-v', `${path}:/bound`], 'an empty folder would take its place'],
    ['HostConfig.Mounts[0]', (path: string) => ['--mount', `type=bind,src=${path},dst=/bound`], 'nothing could be'],
  ])(
    'V11: a bind of %s whose source is gone leaves the container alone, and is not made anew by the look',
    async (field, options, because) => {
      const path = await folder('going');
      await at.run('web', options(path));
      await at.docker('exec', `${at.prefix}web`, 'mkdir', '/spool');
      await rm(path, { recursive: true });

      expect(await at.refusal('web')).toContain(
        `${field}: ${path}, mounted at /bound, is not on the host any more: ${because}`,
      );
      expect(existsSync(path)).toBe(false);
    },
  );

  test('V11: a device that is gone leaves the container alone, as it could not be started again', async () => {
    const path = join(at.folder(), 'device');
    await at.docker('run', '--rm', '-v', `${at.folder()}:/at`, at.image(), 'mknod', '/at/device', 'c', '1', '3');
    await at.run('web', ['--device', `${path}:/dev/odd`]);
    await rm(path);

    expect(await at.refusal('web')).toContain(`HostConfig.Devices[0].PathOnHost: ${path} is not on the host any more`);
  });

  test('V11: a hostile name of a bind is a name, and the container is changed', async () => {
    const path = await folder(`it's $(touch ${at.folder()}/done) \`x\``);
    const before = await at.run('web', ['--mount', `type=bind,src=${path},dst=/bound`]);

    const { action } = await at.plan('web');
    await at.recreate(before);

    expect(action).toBe('recreate');
    expect(existsSync(join(at.folder(), 'done'))).toBe(false);
  });

  test('V12: binds keep their words, and what they mean', async () => {
    const path = await folder('bound');
    await writeFile(join(path, 'note'), 'here');
    const binds = [`${path}:/a:ro,rprivate`, `${path}:/b`, `${path}/note:/etc/note:rw`];
    const before = await at.run(
      'web',
      binds.flatMap((bind) => ['-v', bind]),
    );

    const after = await at.recreate(before);

    expect(after.HostConfig.Binds?.toSorted()).toEqual(binds.toSorted());
    expect(differsAfterChange(before, after)).toEqual([]);
    expect(await at.docker('exec', `${at.prefix}web`, 'cat', '/etc/note')).toBe('here');
    await expect(at.docker('exec', `${at.prefix}web`, 'touch', '/a/x')).rejects.toThrow(/Read-only/);
  });

  test.each(['z', 'Z'])('V13: the label of a bind, %s, is asked for again', async (mode) => {
    const path = await folder('labelled');
    const before = await at.run('web', ['-v', `${path}:/a:${mode}`]);

    const after = await at.recreate(before);

    expect(after.HostConfig.Binds).toEqual([`${path}:/a:${mode}`]);
    expect(await at.putBack('web')).toMatchObject({ HostConfig: { Binds: [`${path}:/a:${mode}`] } });
  });

  test('V14: how deep a read-only bind goes stays, and is asked for in the engine’s own API version', async () => {
    const path = await folder('deep');
    const options = { Propagation: 'rprivate', NonRecursive: true };
    const before = await at.start('web', {
      HostConfig: { Mounts: [{ Type: 'bind', Source: path, Target: '/a', ReadOnly: true, BindOptions: options }] },
    });

    const after = await at.recreate(before);

    expect(after.HostConfig.Mounts).toEqual(before.HostConfig.Mounts);
    expect(after.HostConfig.Mounts).toMatchObject([{ BindOptions: options }]);
  });

  test('V15: a part of a volume stays that part, where engines from 26 on mount one', async () => {
    if (at.isOlderThan('1.45')) {
      const { status } = await at.call('POST', `/containers/create?name=${at.prefix}probe`, {
        Image: at.image(),
        HostConfig: { Mounts: [{ Type: 'image', Source: at.image(), Target: '/a' }] },
      });
      expect(status).toBe(400);
      return;
    }
    await at.run('maker', ['-v', `${at.prefix}data:/data`], ['sh', '-c', 'mkdir -p /data/part; sleep 9999']);
    const before = await at.start('web', {
      HostConfig: {
        Mounts: [
          {
            Type: 'volume',
            Source: `${at.prefix}data`,
            Target: '/a',
            VolumeOptions: { NoCopy: true, Subpath: 'part' },
          },
        ],
      },
    });
    await at.docker('exec', `${at.prefix}web`, 'touch', '/a/note');

    const after = await at.recreate(before);

    expect(after.HostConfig.Mounts).toEqual(before.HostConfig.Mounts);
    expect(await at.docker('exec', `${at.prefix}maker`, 'ls', '/data/part')).toBe('note');
  });

  test('V16: that a tmpfs is emptied is told', async () => {
    await at.run('web', ['--tmpfs', '/scratch', '--mount', 'type=tmpfs,dst=/fast']);

    const { action, warnings } = await at.plan('web');

    expect(action).toBe('recreate');
    expect(warnings).toContainEqual(expect.stringContaining('what is in its tmpfs (/scratch, /fast) is lost'));
  });
});
