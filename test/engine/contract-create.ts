import { describe, expect, test } from '@jest/globals';
import { isOlder } from '../../src/model/api-version.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Workbench } from './workbench.ts';

/** What a created container is, and what cannot be created. */
export function describeCreating(at: () => Workbench): void {
  describe('creating', () => {
    test('makes a container that has never run', async () => {
      const { create, spec, look, named } = at();

      const shop = await look(await create('shop', spec()));

      expect(shop.Name).toBe(`/${named('shop')}`);
      expect(shop.State).toMatchObject({ Status: 'created', Running: false, Pid: 0, ExitCode: 0, Error: '' });
      expect(shop.State.StartedAt).toBe('0001-01-01T00:00:00Z');
      expect(shop.RestartCount).toBe(0);
    });

    test('fills in from the image what was not said, and the rest by itself', async () => {
      const { create, spec, look, image, engine } = at();

      const id = await create('shop', spec({ Env: ['COLOUR=red'], Labels: { team: 'sales' } }));
      const shop = await look(id);
      const { version } = await engine.facts();

      expect(shop.Image).toBe((await engine.image(image))?.id);
      expect(shop.Config).toMatchObject({
        Image: image,
        Hostname: id.slice(0, 12),
        User: '',
        Env: ['COLOUR=red', 'PATH=/bin'],
        Cmd: ['httpd', '-f', '-p', '80', '-h', '/www'],
        Entrypoint: null,
        ExposedPorts: { '80/tcp': {} },
        Labels: { team: 'sales' },
      });
      expect(shop).toMatchObject({ Path: 'httpd', Args: ['-f', '-p', '80', '-h', '/www'] });
      expect(shop.HostConfig).toMatchObject({
        IpcMode: 'private',
        PortBindings: isOlder(version, '29.0') ? null : {},
        CapAdd: null,
        CapDrop: null,
        Privileged: false,
        AutoRemove: false,
        // Docker 25 is the first to write down its default.
        RestartPolicy: { Name: isOlder(version, '25.0') ? '' : 'no', MaximumRetryCount: 0 },
        LogConfig: { Type: 'json-file', Config: {} },
        ShmSize: 67_108_864,
        Init: true,
      });
    });

    test('keeps what was said to the letter: capabilities, bindings, the restart policy', async () => {
      const { create, spec, look } = at();
      const host: JsonObject = {
        CapAdd: ['net_admin', 'CAP_SYS_TIME'],
        CapDrop: ['all'],
        PortBindings: { '80/tcp': [{ HostPort: '18601-18605' }, { HostIp: '127.0.0.1', HostPort: '18606' }] },
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
        ReadonlyPaths: [],
      };

      const shop = await look(await create('shop', spec({}, host)));

      expect(shop.HostConfig).toMatchObject({
        ...host,
        PortBindings: {
          '80/tcp': [
            { HostIp: '', HostPort: '18601-18605' },
            { HostIp: '127.0.0.1', HostPort: '18606' },
          ],
        },
      });
    });

    test('keeps every digit of a limit', async () => {
      const { create, spec, look } = at();
      const most = 9_223_372_036_854_775_807n;

      const shop = await look(
        await create('shop', spec({}, { Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: most }] })),
      );

      expect((shop.HostConfig as { Ulimits?: unknown }).Ulimits).toEqual([{ Name: 'nofile', Soft: 1024, Hard: most }]);
    });

    test('doubles the memory limit for swap, when swap was not said', async () => {
      const { create, spec, look } = at();

      const shop = await look(await create('shop', spec({}, { Memory: 33_554_432 })));

      expect(shop.HostConfig).toMatchObject({ Memory: 33_554_432, MemorySwap: 67_108_864 });
    });

    test('runs an empty entrypoint as none, and drops the image command for any other', async () => {
      const { create, spec, look } = at();

      const none = await look(await create('shop', spec({ Entrypoint: [''], Cmd: ['sleep', '60'] })));
      const other = await look(await create('web', spec({ Entrypoint: ['/bin/true'] })));

      expect(none).toMatchObject({ Path: 'sleep', Args: ['60'], Config: { Entrypoint: null } });
      expect(other).toMatchObject({ Path: '/bin/true', Args: [], Config: { Cmd: null } });
    });

    test('mounts named volumes, volumes of its own making and folders of the host', async () => {
      const { create, spec, look, engine, named } = at();
      const host = { Binds: [`${named('stock')}:/stock`, '/tmp:/host:ro'] };

      const shop = await look(await create('shop', spec({ Volumes: { '/data': {} } }, host)));

      const byPlace = new Map(shop.Mounts?.map((mount) => [mount.Destination, mount]));
      expect([...byPlace.keys()].sort()).toEqual(['/data', '/host', '/stock']);
      expect(byPlace.get('/stock')).toMatchObject({ Type: 'volume', Name: named('stock'), RW: true });
      expect(byPlace.get('/host')).toMatchObject({ Type: 'bind', Source: '/tmp', RW: false });
      expect(byPlace.get('/data')?.Name).toMatch(/^[0-9a-f]{64}$/);
      expect(await engine.hasVolume(named('stock'))).toBe(true);
    });

    test('takes a volume by name in place of one of its own making', async () => {
      const { create, spec, look, named } = at();
      const host = { Binds: [`${named('stock')}:/data:nocopy`] };

      const shop = await look(await create('shop', spec({ Volumes: { '/data': {} } }, host)));

      expect(shop.Mounts?.map(({ Name, Destination }) => [Name, Destination])).toEqual([[named('stock'), '/data']]);
    });

    test('refuses a second container of a name, and says whose it is', async () => {
      const { create, spec, named } = at();
      const id = await create('shop', spec());

      await expect(create('shop', spec())).rejects.toThrow(
        `The container name "/${named('shop')}" is already in use by container "${id}"`,
      );
      await expect(create('shop', spec())).rejects.toThrow('HTTP 409');
    });

    test('refuses an image it does not have', async () => {
      const { create, spec } = at();

      await expect(create('shop', { ...spec(), Image: 'nobody/nothing:1' })).rejects.toThrow(
        /No such image: nobody\/nothing:1 \(HTTP 404\)/,
      );
    });

    test.each([
      ['an unknown capability', {}, { CapAdd: ['FLY'] }, 'unknown capability'],
      ['a name no container may have', { name: 'sh op' }, {}, 'Invalid container name'],
      [
        'a restart policy together with --rm',
        {},
        { AutoRemove: true, RestartPolicy: { Name: 'always' } },
        'AutoRemove',
      ],
      [
        'a number of retries without on-failure',
        {},
        { RestartPolicy: { Name: 'always', MaximumRetryCount: 2 } },
        'retry count',
      ],
      ['a port that is none', {}, { PortBindings: { '80/tcp': [{ HostPort: 'web' }] } }, 'invalid port specification'],
      ['two mounts on one place', {}, { Binds: ['/tmp:/data', '/var:/data'] }, 'Duplicate mount point: /data'],
    ])('refuses %s', async (_what, more: { name?: string }, host: JsonObject, why) => {
      const { create, spec } = at();

      const creating = create(more.name ?? 'shop', spec({}, host));

      await expect(creating).rejects.toThrow(why);
      await expect(create(more.name ?? 'shop', spec({}, host))).rejects.toThrow('HTTP 400');
    });

    test("refuses a host name or ports for a container that lives in another one's network", async () => {
      const { create, spec } = at();
      const mode = { NetworkMode: `container:${await create('shop', spec())}` };
      const bindings = { PortBindings: { '80/tcp': [{ HostPort: '18601' }] } };

      await expect(create('web', spec({ Hostname: 'web' }, mode))).rejects.toThrow('hostname and the network mode');
      await expect(create('web', spec({}, { ...mode, ...bindings }))).rejects.toThrow('port publishing');
      await expect(create('web', spec({ ExposedPorts: { '80/tcp': {} } }, mode))).rejects.toThrow('port exposing');
    });
  });
}
