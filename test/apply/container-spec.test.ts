import { describe, expect, test } from '@jest/globals';
import { writeJson } from '../../src/engine/json-text.ts';
import { idOf, inspectOf } from '../support/containers.ts';
import { recorded } from '../support/recorded.ts';
import { engineOfApi, MARKED, specOf } from '../support/spec-of.ts';

const VOLUME = idOf('an anonymous volume');
describe('the image and what it runs', () => {
  test('go by the image’s name while the name stands for it, else by its id', () => {
    const web = inspectOf('web', { Config: { Image: 'nginx:1.25' }, Image: 'sha256:one' });

    expect(specOf(web).Image).toBe('nginx:1.25');
    expect(specOf(web, { namedImageId: 'sha256:two' }).Image).toBe('sha256:one');
    expect(specOf(web, { namedImageId: null }).Image).toBe('sha256:one');
  });

  test('an entrypoint that was cleared is cleared again, or the image’s would come back', () => {
    const image = { id: 'sha256:one', tags: [], config: { Entrypoint: ['/bin/sh', '-c'] } };
    const cleared = recorded('bare');

    expect(cleared.Config.Entrypoint).toBeNull();
    expect(specOf(cleared, { image })).toMatchObject({ Entrypoint: [''], Cmd: ['sleep', '9999'] });
    expect(specOf(cleared)).toMatchObject({ Entrypoint: null });
    expect(specOf(recorded('shop'), { image })).toMatchObject({ Entrypoint: ['/bin/sh', '-c'] });
  });

  test('an entrypoint of no words stays a list of no words', () => {
    const image = { id: 'sha256:one', tags: [], config: { Entrypoint: ['/bin/sh', '-c'] } };

    expect(specOf(inspectOf('web', { Config: { Entrypoint: [] } }), { image })).toMatchObject({ Entrypoint: [] });
  });

  test('everything else of the container’s own is sent as it is', () => {
    const { Config } = recorded('shop');

    expect(specOf(recorded('shop'))).toMatchObject({
      ...Config,
      Labels: { ...Config.Labels, ...MARKED },
      User: '33:33',
      StopSignal: 'SIGQUIT',
      StopTimeout: 3,
      Env: expect.arrayContaining(['MODE=production', 'A']),
      Healthcheck: { Test: ['CMD', '/bin/true'], Interval: 2_000_000_000, Retries: 2 },
    });
  });
});

describe('the host name', () => {
  test('is kept although the engine made it of the id, as data may be kept under it', () => {
    expect(specOf(recorded('web'))['Hostname']).toBe(recorded('web').Id.slice(0, 12));
  });

  test.each([
    ['of another container, with all that is the other’s,', recorded('lodger'), 'container:5447df2d3c67'],
    ['of the host', recorded('host'), 'host'],
    ['of the host, by its name space alone,', recorded('uts'), 'default'],
  ])('%s is not asked for', (_whose, inspect, mode) => {
    const hostName = inspect.HostConfig.NetworkMode === 'host' ? inspect.Config.Hostname : 'web-1';
    const engine = { ...engineOfApi(), name: hostName ?? '' };

    const spec = specOf(inspect, { engine });

    expect(spec).not.toHaveProperty('Hostname');
    expect(spec.HostConfig['NetworkMode']).toMatch(new RegExp(`^${mode}`));
  });

  test('that was chosen on the host’s network is kept', () => {
    const web = inspectOf('web', { Config: { Hostname: 'db-1' }, HostConfig: { NetworkMode: 'host' } });

    expect(specOf(web)['Hostname']).toBe('db-1');
  });

  test('and network settings of a container in another’s network are left out, as the engine refuses them', () => {
    const own = {
      PortBindings: {},
      PublishAllPorts: true,
      Dns: [],
      DnsSearch: [],
      DnsOptions: [],
      ExtraHosts: [],
      Links: [],
    };
    const lodger = inspectOf('lodger', {
      Config: { Hostname: 'shop', ExposedPorts: { '80/tcp': {} }, MacAddress: '02:42:ac:11:00:02' },
      HostConfig: { ...own, NetworkMode: 'container:c0ffee', PidMode: 'host' },
    });

    const spec = specOf(lodger);

    for (const field of ['Hostname', 'Domainname', 'ExposedPorts', 'MacAddress', 'NetworkingConfig'])
      expect(spec).not.toHaveProperty(field);
    for (const field of Object.keys(own)) expect(spec.HostConfig).not.toHaveProperty(field);
    expect(spec.HostConfig['PidMode']).toBe('host');
  });
});

describe('volumes and binds', () => {
  test('that the container names are sent as they are, and no volume is filled anew', () => {
    const Binds = ['data:/data', 'log:/log:ro,z', '/srv/a:/a:ro,rslave', 'odd:/odd/:nocopy'];
    const Mounts = [
      { Type: 'volume', Name: 'data', Destination: '/data', Mode: 'z', RW: true },
      { Type: 'volume', Name: 'log', Destination: '/log', RW: false },
      { Type: 'bind', Source: '/srv/a', Destination: '/a', RW: false },
      { Type: 'volume', Name: 'odd', Destination: '/odd', RW: true },
    ];

    expect(specOf(inspectOf('web', { HostConfig: { Binds }, Mounts })).HostConfig['Binds']).toEqual([
      'data:/data:z,nocopy',
      'log:/log:ro,z,nocopy',
      '/srv/a:/a:ro,rslave',
      'odd:/odd/:nocopy',
    ]);
  });

  test('without a name are pinned, not filled anew, and as writable as they were', () => {
    const Mounts = [
      { Type: 'volume', Name: VOLUME, Destination: '/data', RW: true },
      { Type: 'volume', Name: idOf('other'), Destination: '/read', RW: false },
      { Type: 'tmpfs', Destination: '/tmp', RW: true },
    ];
    const web = inspectOf('web', { Config: { Volumes: { '/data/': {} } }, HostConfig: { Binds: null }, Mounts });

    const spec = specOf(web);

    expect(spec.HostConfig['Binds']).toEqual([`${VOLUME}:/data:nocopy`, `${idOf('other')}:/read:nocopy,ro`]);
    expect(spec['Volumes']).toEqual({ '/data/': {} });
  });

  test('asked for as mounts without a source get the source they were given', () => {
    const [asked] = recorded('shop').HostConfig.Mounts ?? [];
    const cache = recorded('shop').Mounts?.find(({ Destination }) => Destination === '/cache')?.Name;

    const mounts = specOf(recorded('shop')).HostConfig['Mounts'];

    expect(asked).toEqual({ Type: 'volume', Target: '/cache' });
    expect(mounts).toEqual([
      { Type: 'volume', Target: '/cache', Source: cache, VolumeOptions: { NoCopy: true } },
      { Type: 'bind', Source: '/etc', Target: '/host-etc', ReadOnly: true },
    ]);
  });

  test('keep the options they were asked for with', () => {
    const VolumeOptions = { Labels: { tier: '1' }, DriverConfig: { Name: 'local' } };
    const Mounts = [{ Type: 'volume', Name: VOLUME, Destination: '/cache', RW: true }];
    const asked = [{ Type: 'volume', Target: '/cache/', VolumeOptions }];

    const spec = specOf(inspectOf('web', { HostConfig: { Mounts: asked }, Mounts }));

    expect(spec.HostConfig['Mounts']).toEqual([
      { ...asked[0], Source: VOLUME, VolumeOptions: { ...VolumeOptions, NoCopy: true } },
    ]);
    expect(spec.HostConfig).not.toHaveProperty('Binds');
  });

  test('bound without a source are bound once', () => {
    const [solo, data] = ['/solo', '/data'].map(
      (place) => recorded('bare').Mounts?.find(({ Destination }) => Destination === place)?.Name ?? '',
    );

    expect(recorded('bare').HostConfig.Binds).toEqual(['/solo']);
    expect(specOf(recorded('bare')).HostConfig['Binds']).toEqual(
      expect.arrayContaining([`${solo}:/solo:nocopy`, `${data}:/data:nocopy`]),
    );
    expect(specOf(recorded('bare')).HostConfig['Binds']).toHaveLength(2);
  });
});

describe('settings of the host', () => {
  test('are sent as they are, those nobody has heard of too', () => {
    const { HostConfig } = recorded('linked');
    const odd = { ...HostConfig, Annotations: { a: 'b' }, FromTheFuture: { deep: [1, null] } };

    const spec = specOf({ ...recorded('linked'), HostConfig: odd });

    expect(spec.HostConfig).toEqual(odd);
  });

  test('keep every digit of a number', () => {
    expect(writeJson(specOf(recorded('shop')))).toContain(
      '{"Name":"locks","Hard":9223372036854775807,"Soft":9223372036854775807}',
    );
  });

  test('keep “none” apart from “the default”', () => {
    expect(specOf(recorded('bare')).HostConfig).toMatchObject({ MaskedPaths: [], ReadonlyPaths: [] });
    const HostConfig = { ...recorded('bare').HostConfig, MaskedPaths: null } as object;
    expect(specOf({ ...recorded('bare'), HostConfig }).HostConfig['MaskedPaths']).toBeNull();
  });

  test.each([
    ['on-failure', 5, 5],
    ['always', 3, 0],
    ['no', 1, 0],
  ])('take restart policy %s with retries %i as %i', (Name, MaximumRetryCount, sent) => {
    const web = inspectOf('web', { HostConfig: { RestartPolicy: { Name, MaximumRetryCount } } });

    expect(specOf(web).HostConfig['RestartPolicy']).toEqual({ Name, MaximumRetryCount: sent });
  });

  test('leave out the list of capabilities that engine 19.03 alone has', () => {
    const HostConfig = { Capabilities: ['CAP_CHOWN'] } as object;

    expect(specOf(inspectOf('web', { HostConfig })).HostConfig).not.toHaveProperty('Capabilities');
  });
});

describe('edits', () => {
  test('replace the setting they name, and nothing but that', () => {
    const PortBindings = { '80/tcp': [{ HostIp: '', HostPort: '8907' }] };
    const edits = [
      { path: 'HostConfig.PortBindings', before: null, after: PortBindings },
      { path: 'HostConfig.CapDrop', before: null, after: ['ALL'] },
      { path: 'Config.User', before: '', after: '33' },
    ];
    const plain = specOf(recorded('web'));

    const spec = specOf(recorded('web'), { edits });

    expect(spec).toEqual({ ...plain, User: '33', HostConfig: { ...plain.HostConfig, PortBindings, CapDrop: ['ALL'] } });
    expect(plain.HostConfig['PortBindings']).toEqual({ '80/tcp': [{ HostIp: '', HostPort: '907' }] });
  });
});
