import { describe, expect, test } from '@jest/globals';
import { isOlder } from '../../src/model/api-version.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { text } from '../support/memory-engine/fields.ts';
import type { Workbench } from './workbench.ts';

/** Networks: names, addresses, and joining more than one. */
export function describeNetworks(at: () => Workbench): void {
  describe('networks', () => {
    test('gives a container without a wish the default bridge', async () => {
      const { create, spec, start, look } = at();
      const id = await create('shop', spec());
      const before = (await look(id)).NetworkSettings.Networks;

      await start(id);
      const after = (await look(id)).NetworkSettings.Networks;

      expect(Object.keys(before ?? {})).toEqual(['bridge']);
      expect(before?.['bridge']).toMatchObject({ IPAddress: '', NetworkID: '' });
      expect(after?.['bridge']?.IPAddress).toMatch(/^172\.\d+\.\d+\.\d+$/);
    });

    test('joins a second network before the start, and has an address and its aliases on both', async () => {
      const { create, spec, start, look, network, engine, named } = at();
      await network('front', '10.71.1.0/24');
      await network('back', '10.71.2.0/24');
      const wish = { Aliases: ['shop'] };
      const id = await create('shop', {
        ...spec({}, { NetworkMode: named('front') }),
        ...endpoint(named('front'), wish),
      });

      await engine.run({ kind: 'connect', id, network: named('back'), endpoint: { Aliases: ['stock'] } });
      await start(id);
      const networks = (await look(id)).NetworkSettings.Networks ?? {};

      expect(Object.keys(networks).sort()).toEqual([named('back'), named('front')]);
      expect(networks[named('front')]?.IPAddress).toMatch(/^10\.71\.1\./);
      expect(networks[named('back')]?.IPAddress).toMatch(/^10\.71\.2\./);
      const { apiVersion } = await engine.facts();
      const own = isOlder(apiVersion, '1.45') ? [id.slice(0, 12)] : [];
      expect(networks[named('front')]?.Aliases).toEqual(['shop', ...own]);
      expect(networks[named('back')]?.Aliases).toEqual(['stock', ...own]);
    });

    test('takes two networks in one create only from API 1.44 on', async () => {
      const { create, spec, network, engine, named } = at();
      await network('front');
      await network('back');
      const both = { EndpointsConfig: { [named('front')]: {}, [named('back')]: {} } };
      const { apiVersion } = await engine.facts();

      const outcome = await create('shop', {
        ...spec({}, { NetworkMode: named('front') }),
        NetworkingConfig: both,
      }).catch(String);

      expect(outcome).toMatch(isOlder(apiVersion, '1.44') ? /network endpoints.*HTTP 400/ : /^[0-9a-f]{64}$/);
    });

    test('lets two containers be created with one address, and only one of them run', async () => {
      const { create, spec, start, stop, look, network, named } = at();
      await network('front', '10.71.1.0/24');
      const wish = { IPAMConfig: { IPv4Address: '10.71.1.50' } };
      const fixed = { ...spec({}, { NetworkMode: named('front') }), ...endpoint(named('front'), wish) };
      const old = await create('shop', fixed);
      const candidate = await create('web', fixed);
      await start(old);

      await expect(start(candidate)).rejects.toThrow('Address already in use (HTTP 403)');
      await stop(old);
      await start(candidate);

      const { NetworkSettings } = await look(candidate);
      expect(NetworkSettings.Networks?.[named('front')]).toMatchObject({
        IPAddress: '10.71.1.50',
        IPAMConfig: { IPv4Address: '10.71.1.50' },
      });
    });

    test('keeps what was asked of a network while the container stands still', async () => {
      const { create, spec, start, stop, look, network, named } = at();
      await network('front', '10.71.1.0/24');
      const wish = { IPAMConfig: { IPv4Address: '10.71.1.50' }, Aliases: ['shop'] };
      const id = await create('shop', {
        ...spec({}, { NetworkMode: named('front') }),
        ...endpoint(named('front'), wish),
      });
      await start(id);

      await stop(id);

      const kept = (await look(id)).NetworkSettings.Networks?.[named('front')];
      expect(kept).toMatchObject({ IPAddress: '', IPAMConfig: { IPv4Address: '10.71.1.50' } });
      expect(kept?.Aliases).toContain('shop');
      expect(kept?.NetworkID).toMatch(/^[0-9a-f]{64}$/);
    });

    test('tells a network by name and by id, with its members', async () => {
      const { create, spec, start, network, engine, named } = at();
      await network('front');
      const id = await create('shop', spec({}, { NetworkMode: named('front') }));
      await start(id);

      const byName = await engine.network(named('front'));
      const byId = await engine.network(text(byName?.['Id']));

      expect(byName).toMatchObject({ Name: named('front'), Driver: 'bridge', Scope: 'local' });
      expect(Object.keys(byId?.['Containers'] as JsonObject)).toEqual([id]);
    });

    test('refuses to join what is not there only to a container that runs; one that does not fails later', async () => {
      const { create, spec, start, engine, named } = at();
      const running = await create('shop', spec());
      const standing = await create('web', spec());
      await start(running);
      const join = (id: string): Promise<void> =>
        engine.run({ kind: 'connect', id, network: named('nowhere'), endpoint: {} });

      await expect(join(running)).rejects.toThrow(`network ${named('nowhere')} not found (HTTP 404)`);
      await join(standing);

      await expect(start(standing)).rejects.toThrow(`network ${named('nowhere')} not found (HTTP 404)`);
    });

    test("lives in another container's network without one of its own", async () => {
      const { create, spec, start, look, image } = at();
      const shop = await create('shop', spec());
      const sidecar = {
        Image: image,
        Cmd: ['sleep', '60'],
        HostConfig: { Init: true, NetworkMode: `container:${shop}` },
      };
      await start(shop);
      const id = await create('web', sidecar);

      await start(id);

      const { NetworkSettings, State } = await look(id);
      expect(State.Running).toBe(true);
      expect(NetworkSettings.Networks).toEqual({});
      expect(NetworkSettings.Ports).toEqual({});
    });
  });
}

function endpoint(network: string, wish: JsonObject): JsonObject {
  return { NetworkingConfig: { EndpointsConfig: { [network]: wish } } };
}
