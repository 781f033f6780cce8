import { describe, expect, test } from '@jest/globals';
import { endpointsOf } from '../../src/apply/endpoints.ts';
import type { ContainerInspect, EndpointSettings } from '../../src/model/snapshot.ts';
import type { Deviations } from '../support/containers.ts';
import { idOf, inspectOf } from '../support/containers.ts';
import { recorded } from '../support/recorded.ts';
import { engineOfApi, specOf } from '../support/spec-of.ts';

const SHORT_ID = idOf('web').slice(0, 12);

/** A container on one network of the user's, with what is said of that place. */
function webOn(endpoint: EndpointSettings, deviations: Deviations = {}): ContainerInspect {
  return inspectOf('web', {
    HostConfig: { NetworkMode: 'front' },
    NetworkSettings: { Networks: { front: endpoint } },
    ...deviations,
  });
}

function aliasesOf(aliases: readonly string[], apiVersion: string, hostname = SHORT_ID): unknown {
  const web = webOn({ Aliases: aliases }, { Config: { Hostname: hostname } });
  return endpointsOf(web, engineOfApi(apiVersion))[0]?.endpoint['Aliases'];
}

describe('where a container is joined again', () => {
  test('is what a person chose, and nothing the engine filled in', () => {
    const endpoints = endpointsOf(recorded('shop'), engineOfApi());

    expect(endpoints).toEqual([
      { network: 'enforce-apply-back', isPrimary: false, endpoint: { Aliases: ['billing', 'till'], DriverOpts: {} } },
      {
        network: 'enforce-apply-front',
        isPrimary: true,
        endpoint: { Aliases: ['store-front'], IPAMConfig: { IPv4Address: '172.29.77.9' } },
      },
    ]);
  });

  test('carries static addresses of both families, links, driver options and the gateway’s priority', () => {
    const chosen = {
      IPAMConfig: { IPv4Address: '172.29.0.9', IPv6Address: 'fd00::9', LinkLocalIPs: ['169.254.34.68'] },
      Links: ['db:mydb'],
      DriverOpts: { 'com.docker.network.endpoint.ifname': 'lan0' },
      GwPriority: 7,
    };
    const operational = {
      NetworkID: idOf('front'),
      EndpointID: idOf('endpoint'),
      IPAddress: '172.29.0.9',
      MacAddress: '02:42:ac:1d:00:09',
      Gateway: '172.29.0.1',
      DNSNames: ['web'],
    };

    const [front] = endpointsOf(webOn({ ...chosen, ...operational }), engineOfApi('1.48'));

    expect(front?.endpoint).toEqual(chosen);
  });

  test('on the engine’s own bridge has neither aliases nor a fixed address, as the engine refuses them there', () => {
    const bridge = { Aliases: ['shop'], IPAMConfig: { IPv4Address: '172.17.0.9' }, DriverOpts: { a: 'b' } };
    const web = inspectOf('web', { NetworkSettings: { Networks: { bridge } } });

    expect(endpointsOf(web, engineOfApi())).toEqual([
      { network: 'bridge', isPrimary: true, endpoint: { DriverOpts: { a: 'b' } } },
    ]);
  });

  test.each(['host', 'none', 'container:c0ffee'])('is nowhere with network mode %s', (NetworkMode) => {
    const web = webOn({}, { HostConfig: { NetworkMode } });

    expect(endpointsOf(web, engineOfApi())).toEqual([]);
    expect(specOf(web)).not.toHaveProperty('NetworkingConfig');
  });
});

describe('aliases', () => {
  test.each([
    ['the short id', ['shop', SHORT_ID], '1.41', ['shop']],
    ['the short id that an old engine left behind', ['shop', SHORT_ID], '1.45', ['shop']],
    ['nothing else of a new engine', ['shop', 'c0ffee'.repeat(2)], '1.45', ['shop', 'c0ffee'.repeat(2)]],
  ])('are sent without %s', (_what, aliases, apiVersion, sent) => {
    expect(aliasesOf(aliases, apiVersion)).toEqual(sent);
  });

  test('are sent without an earlier id that is kept as the host name, where the engine adds it by itself', () => {
    const earlier = idOf('web before').slice(0, 12);

    expect(aliasesOf(['shop', earlier, SHORT_ID], '1.41', earlier)).toEqual(['shop']);
    expect(aliasesOf(['shop', 'db-1'], '1.41', 'db-1')).toEqual(['shop', 'db-1']);
    expect(aliasesOf([SHORT_ID], '1.41')).toBeUndefined();
  });
});

describe('the networks of a create call', () => {
  const [back, front] = endpointsOf(recorded('shop'), engineOfApi()).map(({ endpoint }) => endpoint);

  test('up to API 1.43 are the one its mode names, by name or by id', () => {
    const spec = specOf(recorded('shop'), { engine: engineOfApi('1.43') });

    expect(recorded('shop').HostConfig.NetworkMode).toMatch(/^[0-9a-f]{64}$/);
    expect(spec['NetworkingConfig']).toEqual({ EndpointsConfig: { 'enforce-apply-front': front } });
  });

  test('are all of them from API 1.44 on', () => {
    const spec = specOf(recorded('shop'), { engine: engineOfApi('1.44') });

    expect(spec['NetworkingConfig']).toEqual({
      EndpointsConfig: { 'enforce-apply-back': back, 'enforce-apply-front': front },
    });
  });

  test('are exactly those it is in when it has left the one its mode names', () => {
    const web = webOn({ Aliases: ['shop'] }, { HostConfig: { NetworkMode: 'bridge' } });

    expect(specOf(web)['NetworkingConfig']).toEqual({ EndpointsConfig: { front: { Aliases: ['shop'] } } });
  });
});

describe('a hardware address that was chosen', () => {
  test('is the container’s own up to API 1.43, as it was typed', () => {
    const spec = specOf(recorded('bare'), { engine: engineOfApi('1.43') });

    expect(spec['MacAddress']).toBe('02:AA:BB:CC:DD:EE');
    expect(JSON.stringify(spec['NetworkingConfig'])).not.toContain('MacAddress');
  });

  test('is the endpoint’s alone from API 1.44 on, as it was typed', () => {
    const spec = specOf(recorded('bare'), { engine: engineOfApi('1.44') });

    expect(spec).not.toHaveProperty('MacAddress');
    expect(spec['NetworkingConfig']).toEqual({ EndpointsConfig: { bridge: { MacAddress: '02:AA:BB:CC:DD:EE' } } });
  });

  test('that nobody chose is never pinned', () => {
    const web = webOn({ MacAddress: '02:42:ac:1d:00:09' });

    expect(JSON.stringify(specOf(web, { engine: engineOfApi('1.48') }))).not.toContain('02:42');
  });
});
