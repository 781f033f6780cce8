import { describe, expect, test } from '@jest/globals';
import type { Workbench } from './workbench.ts';

/** Stopping, renaming, updating and removing; what a container wrote. */
export function describeLiving(at: () => Workbench): void {
  describe('stopping', () => {
    test('gives ports and addresses back and keeps what the container is', async () => {
      const { create, spec, start, stop, look } = at();
      const bindings = { '80/tcp': [{ HostIp: '', HostPort: '18601' }] };
      const id = await create('shop', spec({ Volumes: { '/data': {} } }, { PortBindings: bindings }));
      await start(id);
      const before = await look(id);

      await stop(id);
      const after = await look(id);

      expect(after.State).toMatchObject({ Status: 'exited', Running: false, Pid: 0 });
      expect(after.NetworkSettings.Ports).toEqual({});
      expect(after.NetworkSettings.Networks?.['bridge']?.IPAddress).toBe('');
      expect(after.HostConfig).toEqual(before.HostConfig);
      expect(after.Config).toEqual(before.Config);
      expect(after.Mounts).toEqual(before.Mounts);
    });

    test('takes an --rm container and its own volumes away', async () => {
      const { create, spec, start, stop, look, lookUntil, engine, call } = at();
      const id = await create('shop', spec({ Volumes: { '/data': {} } }, { AutoRemove: true }));
      const volume = (await look(id)).Mounts?.[0]?.Name ?? '';
      await start(id);
      const update = await call('POST', `/containers/${id}/update`, { RestartPolicy: { Name: 'always' } });

      await stop(id);

      await expect(lookUntil(id, () => false)).rejects.toThrow('there is no container');
      expect(await engine.hasVolume(volume)).toBe(false);
      expect(update.status).toBe(409);
    });
  });

  describe('renaming', () => {
    test('moves the name at once, of one that runs too', async () => {
      const { create, spec, start, look, engine, named } = at();
      const id = await create('shop', spec());
      await start(id);

      await engine.run({ kind: 'rename', id, name: named('shop.enforce-old-7f3a') });
      const successor = await create('shop', spec());

      expect((await look(id)).Name).toBe(`/${named('shop.enforce-old-7f3a')}`);
      expect((await look(id)).State.Running).toBe(true);
      expect(successor).not.toBe(id);
    });

    test('refuses a name that is taken, its own name, and one that is none', async () => {
      const { create, spec, engine, named, call } = at();
      const shop = await create('shop', spec());
      const web = await create('web', spec());
      const rename = (name: string): Promise<void> => engine.run({ kind: 'rename', id: web, name });

      await expect(rename(named('shop'))).rejects.toThrow(
        `Error when allocating new name: Conflict. The container name "/${named('shop')}" is already in use by container "${shop}"`,
      );
      await expect(rename(named('shop'))).rejects.toThrow('HTTP 409');
      await expect(rename(named('web'))).rejects.toThrow(/same name as its current name \(HTTP 400\)/);
      await expect(rename('sh op')).rejects.toThrow(/Invalid container name.*\(HTTP 400\)/);
      expect((await call('POST', `/containers/${named('nobody')}/rename?name=x1`)).status).toBe(404);
    });
  });

  describe('updating', () => {
    test('changes the restart policy alone, whatever else is asked for', async () => {
      const { create, spec, look, engine, call } = at();
      const id = await create('shop', spec({}, { RestartPolicy: { Name: 'always' } }));
      const before = await look(id);

      const ignored = await call('POST', `/containers/${id}/update`, { CapDrop: ['ALL'], Privileged: true });
      await engine.run({ kind: 'set-restart-policy', id, policy: { Name: 'no', MaximumRetryCount: 0 } });
      const after = await look(id);

      expect(ignored.status).toBe(200);
      expect(after.HostConfig).toEqual({
        ...before.HostConfig,
        RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      });
    });

    test('refuses retries for a policy that has none', async () => {
      const { create, spec, engine } = at();
      const id = await create('shop', spec());
      const policy = { Name: 'no', MaximumRetryCount: 3 };

      await expect(engine.run({ kind: 'set-restart-policy', id, policy })).rejects.toThrow(/retry count.*HTTP 400/);
    });
  });

  describe('removing', () => {
    test('refuses while it runs, and is fine when it is gone', async () => {
      const { create, spec, start, stop, engine } = at();
      const id = await create('shop', spec());
      await start(id);

      await expect(engine.run({ kind: 'remove', id })).rejects.toThrow(
        // Before Docker 25, and since.
        /(cannot remove a running container|container is running: stop the container before removing).*\(HTTP 409\)/,
      );
      await stop(id);
      await engine.run({ kind: 'remove', id });
      await engine.run({ kind: 'remove', id });

      expect(await engine.inspect(id)).toBeUndefined();
    });

    test("leaves the container's own volumes behind", async () => {
      const { create, spec, look, engine, call } = at();
      const id = await create('shop', spec({ Volumes: { '/data': {} } }));
      const volume = (await look(id)).Mounts?.[0]?.Name ?? '';

      await engine.run({ kind: 'remove', id });

      expect(await engine.hasVolume(volume)).toBe(true);
      expect((await call('DELETE', `/volumes/${volume}`)).status).toBe(204);
    });

    test('lets two containers have one volume', async () => {
      const { create, spec, look, engine, named } = at();
      const host = { Binds: [`${named('stock')}:/data`] };
      const old = await create('shop', spec({}, host));
      const candidate = await create('web', spec({}, host));

      await engine.run({ kind: 'remove', id: old });

      expect((await look(candidate)).Mounts?.[0]?.Name).toBe(named('stock'));
      expect(await engine.hasVolume(named('stock'))).toBe(true);
    });
  });

  describe('the writable layer and the log', () => {
    test('has no change in a container that has not run, and the init program in one that has', async () => {
      const { create, spec, start, engine } = at();
      const id = await create('shop', spec());
      const before = await engine.changes(id);

      await start(id);

      expect(before).toEqual([]);
      expect(await engine.changes(id)).toEqual([
        { path: '/sbin', kind: 'added' },
        { path: '/sbin/docker-init', kind: 'added' },
      ]);
    });

    test('keeps what the program wrote', async () => {
      const { create, spec, start, lookUntil, engine } = at();
      const id = await create('shop', spec({ Cmd: ['/bin/cat', '/nothing'] }, { Init: false }));
      await start(id);
      await lookUntil(id, ({ State }) => !State.Running);

      expect(await engine.logs(id, 5)).toBe("cat: can't open '/nothing': No such file or directory\n");
    });
  });

  describe('pausing', () => {
    test('keeps a container from being started or removed', async () => {
      const { create, spec, start, look, engine, call } = at();
      const id = await create('shop', spec());
      await start(id);

      await call('POST', `/containers/${id}/pause`);

      expect((await look(id)).State).toMatchObject({ Status: 'paused', Running: true, Paused: true });
      await expect(start(id)).rejects.toThrow(/cannot start a paused container.*HTTP 409/);
      await expect(engine.run({ kind: 'remove', id })).rejects.toThrow(
        // Before Docker 25, and since.
        /(Unpause and then stop|container is paused and must be unpaused first).*HTTP 409/,
      );
    });
  });
}
