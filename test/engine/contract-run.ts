import { describe, expect, test } from '@jest/globals';
import { isOlder } from '../../src/model/api-version.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Workbench } from './workbench.ts';

/** Starting: ports, and starts that fail. */
export function describeRunning(at: () => Workbench): void {
  describe('starting', () => {
    test('publishes on every address, v4 and v6', async () => {
      const { create, spec, start, look } = at();
      const id = await create('shop', spec({ ExposedPorts: { '81/tcp': {} } }, published('18601')));

      await start(id);
      const { NetworkSettings, State } = await look(id);

      expect(State).toMatchObject({ Status: 'running', Running: true, Error: '' });
      expect(State.Pid).toBeGreaterThan(0);
      expect(NetworkSettings.Ports).toEqual({
        '80/tcp': [
          { HostIp: '0.0.0.0', HostPort: '18601' },
          { HostIp: '::', HostPort: '18601' },
        ],
        '81/tcp': null,
      });
    });

    test('takes a port out of a range, and one of its own where none was asked for', async () => {
      const { create, spec, start, look } = at();
      const bindings = {
        '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '18610-18619' }],
        '81/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }],
      };
      const id = await create('shop', spec({ ExposedPorts: { '81/tcp': {} } }, { PortBindings: bindings }));

      await start(id);
      const ports = (await look(id)).NetworkSettings.Ports;

      expect(ports?.['80/tcp']?.[0]?.HostPort).toMatch(/^1861\d$/);
      expect(Number(ports?.['81/tcp']?.[0]?.HostPort)).toBeGreaterThan(30_000);
    });

    test('gives udp and tcp the same number, as they are different ports', async () => {
      const { create, spec, start, look } = at();
      const row = [{ HostIp: '127.0.0.1', HostPort: '18601' }];
      const host = { PortBindings: { '80/tcp': row, '53/udp': row } };
      const id = await create('shop', spec({ ExposedPorts: { '53/udp': {} } }, host));

      await start(id);

      expect((await look(id)).NetworkSettings.Ports).toEqual({ '53/udp': row, '80/tcp': row });
    });

    test('is fine when it already runs, and when it already stands still', async () => {
      const { create, spec, start, stop, look } = at();
      const id = await create('shop', spec());
      await start(id);
      const { StartedAt } = (await look(id)).State;

      await start(id);
      const again = await look(id);
      await stop(id);
      await stop(id);

      expect(again.State.StartedAt).toBe(StartedAt);
      expect((await look(id)).State.Status).toBe('exited');
    });

    test('fails on a port another container has, leaves the new one created, and takes it when it is free', async () => {
      const { create, spec, start, stop, look } = at();
      const old = await create('shop', spec({}, published('18601')));
      await start(old);
      const candidate = await create('web', spec({}, published('18601')));

      await expect(start(candidate)).rejects.toThrow(
        /driver failed programming external connectivity.*18601.*port is already allocated \(HTTP 500\)/,
      );
      const failed = (await look(candidate)).State;
      await stop(old);
      await start(candidate);

      expect(failed).toMatchObject({ Status: 'created', Running: false, ExitCode: 128 });
      expect(failed.Error).toContain('port is already allocated');
      expect((await look(candidate)).State).toMatchObject({ Status: 'running', Error: '', ExitCode: 0 });
    });

    test('fails on a command that is not there', async () => {
      const { create, spec, start, look } = at();
      const id = await create('shop', spec({ Cmd: ['/bin/nothing'] }, { Init: false }));

      await expect(start(id)).rejects.toThrow(/exec: "\/bin\/nothing": stat \/bin\/nothing: no such file.*HTTP 400/);

      expect((await look(id)).State).toMatchObject({ Status: 'created', ExitCode: 127 });
    });

    test('fails on a network that is not there, which creating does not notice', async () => {
      const { create, spec, start, named } = at();
      const id = await create('shop', spec({}, { NetworkMode: named('nowhere') }));

      await expect(start(id)).rejects.toThrow(`network ${named('nowhere')} not found (HTTP 404)`);
    });

    test("fails in another container's network while that one does not run", async () => {
      const { create, spec, start, call, image } = at();
      const shop = await create('shop', spec());
      const host = { NetworkMode: `container:${shop}` };
      const id = await create('web', { Image: image, Cmd: ['sleep', '60'], HostConfig: host });

      const starting = start(id);

      await expect(starting).rejects.toThrow(/cannot join network (namespace )?of a non running container/);
      expect((await call('GET', `/containers/${id}/top`)).status).toBe(409);
    });

    test('leaves a container that ended where it ended', async () => {
      const { create, spec, start, lookUntil } = at();
      const id = await create('shop', spec({ Cmd: ['/bin/false'] }));

      await start(id);
      const ended = await lookUntil(id, ({ State }) => !State.Running);

      expect(ended.State).toMatchObject({ Status: 'exited', ExitCode: 1 });
      expect(ended.NetworkSettings.Ports).toEqual({});
    });

    test('starts one that ends again and again, counting; before Docker 27 it may not be renamed meanwhile', async () => {
      const { create, spec, start, stop, lookUntil, engine, named } = at();
      const id = await create('shop', spec({ Cmd: ['/bin/false'] }, { RestartPolicy: { Name: 'always' } }));

      await start(id);
      const looping = await lookUntil(id, ({ State, RestartCount }) => State.Restarting === true && RestartCount !== 0);
      const renamed = await engine.run({ kind: 'rename', id, name: named('web') }).then(() => 'renamed', String);
      await stop(id);
      const still = await lookUntil(id, ({ State }) => State.Status === 'exited');

      expect(looping.State).toMatchObject({ Status: 'restarting', Running: true, ExitCode: 1 });
      const { version } = await engine.facts();
      // Between two of its lives an older engine looks for a sandbox that it has given up.
      const refused = isOlder(version, '27.0') ? /^renamed$|sandbox [0-9a-f]{64} not found \(HTTP 404\)/ : /^renamed$/;
      expect(renamed).toMatch(refused);
      expect(still.Name).toBe(`/${named(renamed === 'renamed' ? 'web' : 'shop')}`);
      expect(still.State).toMatchObject({ Running: false, Restarting: false });
    });

    test('gives up after the number of retries', async () => {
      const { create, spec, start, lookUntil } = at();
      const policy = { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } };
      const id = await create('shop', spec({ Cmd: ['/bin/false'] }, policy));

      await start(id);
      const ended = await lookUntil(id, ({ State }) => State.Status === 'exited');

      expect(ended.RestartCount).toBe(2);
    });

    test('knows after a while that a container with a health test is well', async () => {
      const { create, spec, start, look, lookUntil } = at();
      const id = await create('shop', spec({ Healthcheck: { Test: ['CMD', '/bin/true'], Interval: 1_000_000_000 } }));

      await start(id);
      const fresh = await look(id);
      const later = await lookUntil(id, ({ State }) => State.Health?.Status !== 'starting');

      expect(fresh.State.Health?.Status).toBe('starting');
      expect(later.State.Health?.Status).toBe('healthy');
    });
  });
}

function published(port: string): JsonObject {
  return { PortBindings: { '80/tcp': [{ HostPort: port }] } };
}
