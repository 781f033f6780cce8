import { expect, test } from '@jest/globals';
import type { ContainerInspect, MountPoint } from '../../src/model/snapshot.ts';
import { differsAfterChange, differsAfterStart } from '../engine/inspect-rows.ts';
import { describeReal } from '../support/real-engine.ts';
import { recreating } from '../support/recreating.ts';

const NOTE = 'written before the change';

describeReal('the volumes of a container that is recreated', () => {
  const at = recreating('volumes');
  const write = (name: string, path: string): Promise<string> =>
    at.docker('exec', `${at.prefix}${name}`, 'sh', '-c', `echo '${NOTE}' > ${path}`);
  const read = (name: string, path: string): Promise<string> => at.docker('exec', `${at.prefix}${name}`, 'cat', path);
  const mounted = ({ Mounts }: ContainerInspect, place: string): MountPoint | undefined =>
    Mounts?.find(({ Destination }) => Destination === place);
  const volumes = (): Promise<string> => at.docker('volume', 'ls', '-q');

  test('V1: what was mounted in each of the four ways is mounted again', async () => {
    const tag = await at.ownImage('volumes:1', ['VOLUME /image', 'CMD ["sleep","9999"]']);
    const named = ['-v', `${at.prefix}data:/named`, '--mount', `type=volume,src=${at.prefix}more,dst=/asked`];
    const before = await at.run('web', [...named, '-v', `${at.folder()}:/bound`, '--tmpfs', '/scratch'], [], tag);

    const after = await at.recreate(before);

    expect(after.Mounts?.map(({ Destination }) => Destination).toSorted()).toEqual([
      '/asked',
      '/bound',
      '/image',
      '/named',
    ]);
    expect(differsAfterChange(before, after)).toEqual([]);
    expect(await at.docker('exec', `${at.prefix}web`, 'mount')).toMatch(/tmpfs on \/scratch/);
  });

  test.each([
    ['-v /anon', ['-v', '/anon'], '/anon'],
    ['-v /anon/', ['-v', '/anon/'], '/anon'],
    ['the image', [], '/image'],
  ])('V2: an anonymous volume of %s is mounted again, and after a rollback too', async (_whose, options, place) => {
    const tag = await at.ownImage('volumes:2', ['VOLUME /image', 'CMD ["sleep","9999"]']);
    const before = await at.run('web', options, [], tag);
    await write('web', `${place}/note`);

    const after = await at.recreate(before);

    expect(mounted(after, place)?.Name).toBe(mounted(before, place)?.Name);
    expect(after.HostConfig.Binds).toContain(`${mounted(before, place)?.Name ?? ''}:${place}:nocopy`);
    expect(await read('web', `${place}/note`)).toBe(NOTE);
    expect(mounted(await at.putBack('web'), place)?.Name).toBe(mounted(before, place)?.Name);
    expect(await read('web', `${place}/note`)).toBe(NOTE);
  });

  test('V3: an anonymous volume that was asked for as a mount is mounted again, with its options', async () => {
    const before = await at.run('web', ['--mount', 'type=volume,dst=/cache,volume-label=com.example.tier=1']);
    await write('web', '/cache/note');

    const after = await at.recreate(before);

    expect(mounted(after, '/cache')?.Name).toBe(mounted(before, '/cache')?.Name);
    expect(after.HostConfig.Mounts).toMatchObject([
      { Source: mounted(before, '/cache')?.Name, VolumeOptions: { NoCopy: true, Labels: { 'com.example.tier': '1' } } },
    ]);
    expect(await read('web', '/cache/note')).toBe(NOTE);
  });

  test.each([
    ['a volume with a name', ['-v', 'NAME:/data']],
    ['a volume with a name, asked for as a mount', ['--mount', 'type=volume,src=NAME,dst=/data']],
    ['an anonymous volume', ['-v', '/data']],
    ['an anonymous volume, asked for as a mount', ['--mount', 'type=volume,dst=/data']],
  ])('V4: %s that was emptied is not filled from the image again', async (_which, options) => {
    await at.run(
      'web',
      options.map((word) => word.replace('NAME', `${at.prefix}data`)),
    );
    await at.docker('exec', `${at.prefix}web`, 'rm', '/data/seed');

    await at.recreate(await at.inspect('web'));

    expect(await at.docker('exec', `${at.prefix}web`, 'ls', '-A', '/data')).toBe('');
    await at.putBack('web');
    expect(await at.docker('exec', `${at.prefix}web`, 'ls', '-A', '/data')).toBe('');
  });

  test('V5: an anonymous volume that was mounted again outlives the new container, even docker rm -v', async () => {
    const before = await at.run('web', ['-v', '/anon']);
    await at.recreate(before);

    await at.docker('rm', '-f', '-v', `${at.prefix}web`);

    expect(await volumes()).toContain(mounted(before, '/anon')?.Name);
  });

  test('V6: a volume that another container has as well is there after the change, the rollback, and for the other', async () => {
    const before = await at.run('web', ['--mount', 'type=volume,dst=/cache']);
    await write('web', '/cache/note');
    await at.run('reader', ['--volumes-from', `${at.prefix}web`]);

    await at.recreate(before);
    await at.putBack('web');

    expect(await volumes()).toContain(mounted(before, '/cache')?.Name);
    expect(await read('reader', '/cache/note')).toBe(NOTE);
    await at.docker('restart', `${at.prefix}reader`);
    expect(await read('reader', '/cache/note')).toBe(NOTE);
  });

  test.each([
    ['by name', (name: string) => name, ''],
    ['by id, only to read', (_name: string, id: string) => id, ':ro'],
  ])('V7: volumes from another container, said %s, are mounted again as they were', async (_how, say, mode) => {
    const store = await at.run('store', [
      '-v',
      '/anon',
      '-v',
      `${at.prefix}data:/named`,
      '-v',
      `${at.folder()}:/bound`,
    ]);
    await write('store', '/anon/note');
    const reference = `${say(`${at.prefix}store`, store.Id)}${mode}`;
    const before = await at.run('web', ['--volumes-from', reference]);

    const after = await at.recreate(before);

    expect(after.HostConfig.VolumesFrom).toEqual([reference]);
    expect(differsAfterChange(before, after)).toEqual([]);
    expect(mounted(after, '/anon')).toMatchObject({ Name: mounted(store, '/anon')?.Name, RW: mode === '' });
    expect(await read('web', '/anon/note')).toBe(NOTE);
  });

  test('V7: volumes from a container that is gone cannot be asked for again, so it is left alone', async () => {
    const store = await at.run('store', ['-v', `${at.prefix}data:/named`]);
    await at.run('web', ['--volumes-from', store.Id]);
    await at.docker('rm', '-f', `${at.prefix}store`);

    expect(await at.refusal('web')).toContain(
      `HostConfig.VolumesFrom[0]: there is no container ${store.Id.slice(0, 12)} any more`,
    );
  });

  test('V10: what a volume was made with stays with it', async () => {
    const name = `${at.prefix}data`;
    await at.docker(
      'volume',
      'create',
      '--label',
      'com.example.tier=1',
      '-o',
      'type=tmpfs',
      '-o',
      'device=tmpfs',
      name,
    );
    const described = (): Promise<string> =>
      at.docker('volume', 'inspect', '-f', '{{.Driver}} {{json .Labels}} {{json .Options}}', name);
    const made = await described();
    const before = await at.run('web', ['-v', `${name}:/data`]);

    await at.recreate(before);

    expect(made).toContain('"device":"tmpfs"');
    expect(await described()).toBe(made);
  });

  test('V17: a volume that another running container has as well is shared again', async () => {
    const before = await at.run('web', ['-v', `${at.prefix}data:/data`]);
    await at.run('backup', ['-v', `${at.prefix}data:/from:ro`]);

    await at.recreate(before);
    await write('web', '/data/note');

    expect(await read('backup', '/from/note')).toBe(NOTE);
  });

  test.each([
    ['V18: a create that fails takes no volume away', (left: string, there: string) => left.includes(there)],
    ['V19: a create that fails leaves no volume behind', (left: string, there: string) => there.includes(left)],
  ])('%s', async (_sentence, holds) => {
    const before = await at.run('web', ['-v', '/anon', '--mount', 'type=volume,dst=/cache', '-v', `${at.prefix}d:/d`]);
    const there = await volumes();

    const outcome = await at.attempt(before, { keep: ['NO_SUCH_CAPABILITY'] });

    expect(outcome).toMatchObject({ because: expect.stringMatching(/the old container was not touched$/) });
    expect(holds(await volumes(), there)).toBe(true);
    expect(differsAfterStart(before, await at.inspect('web'))).toEqual([]);
  });
});
