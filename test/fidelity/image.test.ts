import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/model/json.ts';
import { differsAfterChange, differsAfterStart } from '../engine/inspect-rows.ts';
import { describeReal } from '../support/real-engine.ts';
import { recreating, setting } from '../support/recreating.ts';

const LINES = ['CMD ["sleep","9999"]'];

describeReal('the image of a container that is recreated', () => {
  const at = recreating('image');

  test('I1: a tag that moved on is not followed, and a rollback finds everything as it was', async () => {
    const tag = await at.ownImage('moving:1', LINES);
    const before = await at.run('web', [], [], tag);
    await at.docker('tag', at.image(), tag);

    const after = await at.recreate(before);

    expect(after.Image).toBe(before.Image);
    expect(after.Args).toEqual(before.Args);
    expect(differsAfterStart(before, await at.putBack('web'))).toEqual([]);
  });

  test('I2: a container whose tag moved on is created by the image’s id, and the plan says so', async () => {
    const tag = await at.ownImage('moving:2', LINES);
    const before = await at.run('web', [], [], tag);
    await at.docker('tag', at.image(), tag);

    const { warnings } = await at.plan('web');
    const after = await at.recreate(before);

    expect(warnings).toContainEqual(expect.stringContaining('does not stand for its image any more'));
    expect(after.Config.Image).toBe(before.Image);
    expect(await at.docker('image', 'inspect', '-f', '{{.Id}}', tag)).not.toBe(before.Image);
  });

  test('I3: a container whose image is gone is left alone', async () => {
    const tag = await at.ownImage('gone:1', LINES);
    const before = await at.run('web', [], [], tag);
    await at.docker('stop', `${at.prefix}web`);
    await at.docker('image', 'rm', '-f', before.Image);
    await at.docker('start', `${at.prefix}web`);

    expect(await at.refusal('web')).toBe(
      `its image ${before.Image.slice(0, 19)} is gone from the engine, so it could not be created again`,
    );
  });

  test('I4: the image cannot be taken away under the new container, so the old one can come back', async () => {
    const tag = await at.ownImage('held:1', LINES);
    const before = await at.run('web', [], [], tag);
    await at.recreate(before);

    await expect(at.docker('image', 'rm', '-f', before.Image)).rejects.toThrow(/cannot be forced/);
    expect(differsAfterStart(before, await at.putBack('web'))).toEqual([]);
  });
});

describeReal('what a recreated container runs', () => {
  const at = recreating('config');

  test('I6: everything said at creation, and everything the image brought, is there once', async () => {
    const tag = await at.ownImage('full:1', [
      'ENV A=1 B=2',
      'LABEL com.example.tier=web',
      'USER 33',
      'EXPOSE 8080',
      ...LINES,
    ]);
    const options = ['-e', 'B=3', '-e', 'C=4', '-l', 'com.example.team=shop', '--workdir', '/www', '--expose', '9090'];
    const before = await at.run('web', options, [], tag);

    const after = await at.recreate(before);

    expect(differsAfterChange(before, after)).toEqual([]);
    expect(after.Config.Env?.toSorted()).toEqual(['A=1', 'B=3', 'C=4', 'PATH=/bin']);
    expect(Object.keys(after.Config.ExposedPorts ?? {}).toSorted()).toEqual(['8080/tcp', '9090/tcp']);
  });

  test('I7: a cleared entrypoint stays cleared', async () => {
    const tag = await at.ownImage('entered:1', ['ENTRYPOINT ["/bin/sh","-c"]', 'CMD ["sleep 9999"]']);
    const before = await at.run('web', ['--entrypoint', ''], ['sleep', '9999'], tag);

    const after = await at.recreate(before);

    expect(after).toMatchObject({ Path: 'sleep', Args: ['9999'] });
    expect(after.Config.Entrypoint ?? []).toEqual(before.Config.Entrypoint ?? []);
  });

  test('I8: an entrypoint like the image’s own, without a command, does not get the image’s command back', async () => {
    const tag = await at.ownImage('entered:2', ['ENTRYPOINT ["sleep","9999"]', 'CMD ["1"]']);
    const before = await at.start('web', { Image: tag, Entrypoint: ['sleep', '9999'], Cmd: null });

    const after = await at.recreate(before);

    expect(after).toMatchObject({ Path: before.Path, Args: before.Args });
    expect(after.Config.Cmd).toBeNull();
    expect(after.Config.Entrypoint).toEqual(['sleep', '9999']);
  });

  test('I9: a variable of the image that was taken away stays away', async () => {
    const tag = await at.ownImage('variables:1', ['ENV A=1 B=2', ...LINES]);
    const before = await at.start('web', { Image: tag, Env: ['A'], Cmd: null });

    await at.recreate(before);

    const printed = (await at.docker('exec', `${at.prefix}web`, 'env')).split('\n');
    expect(printed).toContain('B=2');
    expect(printed.filter((line) => line.startsWith('A='))).toEqual([]);
  });

  test('I10: what the image brings is not added a second time', async () => {
    const tag = await at.ownImage('brings:1', ['ENV A=1', 'LABEL com.example.tier=web', 'VOLUME /data', ...LINES]);
    const before = await at.run('web', [], [], tag);

    const after = await at.recreate(before);

    expect(after.Config.Env).toEqual(before.Config.Env);
    expect(Object.keys(after.Config.Labels ?? {}).filter((label) => !label.startsWith('io.enforce.'))).toEqual([
      'com.example.tier',
    ]);
    expect(after.Mounts).toHaveLength(1);
  });

  test.each<[string, JsonObject]>([
    ['switched off', { Test: ['NONE'] }],
    ['partly its own', { Interval: 2_000_000_000, Retries: 7 }],
    [
      'all its own',
      { Test: ['CMD', '/bin/true'], Interval: 1_000_000_000, Timeout: 3_000_000_000, StartPeriod: 1_000_000 },
    ],
  ])('I11: a health check that is %s stays so', async (_how, Healthcheck) => {
    const tag = await at.ownImage('health:1', ['HEALTHCHECK --interval=1s --retries=2 CMD ["/bin/true"]', ...LINES]);
    const before = await at.start('web', { Image: tag, Healthcheck });

    const after = await at.recreate(before);

    expect(after.Config.Healthcheck).toEqual(before.Config.Healthcheck);
  });

  test('I12: the shell that runs its health check stays its own', async () => {
    const before = await at.start('web', {
      Shell: ['/bin/ash', '-c'],
      Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 1_000_000_000 },
    });

    const after = await at.recreate(before);

    expect(before.Config).toMatchObject({ Shell: ['/bin/ash', '-c'] });
    expect(after.Config).toMatchObject({ Shell: ['/bin/ash', '-c'] });
  });

  test('I13: how it is asked to stop, and how long it may take, stay', async () => {
    const before = await at.run('web', ['--stop-signal', 'SIGINT', '--stop-timeout', '7']);

    const after = await at.recreate(before);

    expect(after.Config).toMatchObject({ StopSignal: 'SIGINT', StopTimeout: 7 });
  });

  test('I14: a container that somebody is attached to is left alone', async () => {
    await at.start('web', { OpenStdin: true, StdinOnce: true, AttachStdin: true });

    expect(await at.refusal('web')).toContain('somebody is attached to it');
  });

  test('I16: a container that a script finds by the id in a file is left alone', async () => {
    const file = join(at.folder(), 'web.cid');
    await at.run('web', ['--cidfile', file]);

    expect(await at.refusal('web')).toContain(file);
    expect(existsSync(file)).toBe(true);
  });

  test('I17: the name is its own, though the engine lists the name another knows it by', async () => {
    await at.run('db');
    await at.run('shop', ['--link', `${at.prefix}db:mydb`]);

    expect(await at.docker('ps', '--no-trunc', '--filter', `name=${at.prefix}db`, '--format', '{{.Names}}')).toContain(
      '/mydb',
    );
    expect((await at.plan('db'))['container']).toBe(`${at.prefix}db`);
  });

  test('I18: a limit of 64 bits keeps every digit', async () => {
    const before = await at.run('web', ['--ulimit', 'locks=9223372036854775807']);

    await at.recreate(before);

    expect(await at.docker('container', 'inspect', `${at.prefix}web`)).toContain('"Hard": 9223372036854775807');
  });

  test('I19: a setting that the engine takes without a word and forgets is not believed', async () => {
    const before = await at.run('web');

    const outcome = await at.attempt(before, { edits: [setting('HostConfig.NoSuchSetting', 'x')] });

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringMatching(/did not take what was planned for HostConfig\.NoSuchSetting.*not touched$/),
    });
    expect(await at.inspect('web')).toEqual(before);
  });
});
