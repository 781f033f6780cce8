import { describe, expect, test } from '@jest/globals';
import { readContainer, readFacts, readFileChanges, readImage, readSummaries } from '../../src/engine/answers.ts';
import { idOf, inspectOf } from '../support/containers.ts';
import { failureOf } from '../support/failure-of.ts';

const ID = idOf('shop');
const SHORT = ID.slice(0, 12);

describe('what an engine says of itself', () => {
  test('may lack what old engines do not tell', () => {
    expect(readFacts('docker', '1.24', {}, { SecurityOptions: null })).toEqual({
      kind: 'docker',
      version: '',
      apiVersion: '1.24',
      id: '',
      name: '',
      operatingSystem: '',
      kernelVersion: '',
      securityOptions: [],
    });
  });

  test.each([
    ['the version', null, {}],
    ['the info', {}, 'OK'],
  ])('must be an object: %s', async (what, version, info) => {
    const failure = await failureOf(() => readFacts('docker', '1.41', version, info));

    expect(failure.message).toBe(`the engine's answer is not as its API says: ${what} is not an object`);
  });
});

describe('a list of containers', () => {
  test('gives names without their slash, labels and networks', () => {
    const more = { Labels: { tier: 'front' }, State: 'running', HostConfig: { NetworkMode: 'host' } };

    const row = { Id: ID, Names: ['/shop', '/app/shop'], ...more };

    expect(readSummaries([row])).toEqual([
      { id: ID, names: ['shop', 'app/shop'], labels: { tier: 'front' }, state: 'running', networkMode: 'host', row },
    ]);
  });

  test('may lack names, labels and states, or have odd ones', () => {
    const odd = JSON.parse(
      `[{"Id":"${ID}"},{"Id":"${ID}","Names":[7,"/a"],"Labels":{"__proto__":"x","n":7}}]`,
    ) as unknown;

    const [bare, strange] = readSummaries(odd);

    expect(bare).toEqual({ id: ID, names: [], labels: {}, state: '', networkMode: '', row: { Id: ID } });
    expect(strange?.names).toEqual(['a']);
    expect(Object.entries(strange?.labels ?? {})).toEqual([
      ['__proto__', 'x'],
      ['n', ''],
    ]);
  });

  test.each<readonly [string, unknown]>([
    ['the container list is not a list', {}],
    ['the container list is not a list', null],
    ['a container of the list is not an object', [null]],
    ['a container of the list has no proper id', [{ Id: '../../info' }]],
    ['a container of the list has no proper id', [{ Id: ID.toUpperCase() }]],
  ])('is refused because %s', async (because, value) => {
    const failure = await failureOf(() => readSummaries(value));

    expect(failure.message).toBe(`the engine's answer is not as its API says: ${because}`);
  });
});

describe('an inspect', () => {
  test('is carried as it came, unknown fields included', () => {
    const inspect = { ...inspectOf('shop'), Storage: { Flavour: 9_223_372_036_854_775_807n } };

    expect(readContainer(inspect)).toBe(inspect);
  });

  test('names a volume by its folder where the engine left the name out', () => {
    const name = idOf('volume');
    const volume = { Type: 'volume', Source: `/var/lib/docker/volumes/${name}/_data`, Destination: '/data' };
    const bind = { ...volume, Type: 'bind', Destination: '/bound' };
    const named = { ...volume, Name: 'stock', Destination: '/stock' };

    const { Mounts } = readContainer(inspectOf('shop', { Mounts: [volume, bind, named] }));

    expect(Mounts).toEqual([{ ...volume, Name: name }, bind, named]);
  });

  test('may have null or nothing for every list and table that may be empty', () => {
    const { Id, Name, Image, State } = inspectOf('shop');
    const nothing = { CapAdd: null, Binds: null, PortBindings: null, Sysctls: null };

    const bare = { Id, Name, Image, State, Config: { Image: 'nginx', Env: null, Labels: null }, HostConfig: nothing };

    expect(
      readContainer({ ...bare, NetworkSettings: { Ports: { '80/tcp': null }, Networks: null }, Mounts: null }),
    ).toBeDefined();
  });

  test.each<readonly [string, object]>([
    ['State of container SHORT is not an object', { State: undefined }],
    ['Config of container SHORT is not an object', { Config: [] }],
    ['HostConfig of container SHORT is not an object', { HostConfig: 'host' }],
    ['NetworkSettings of container SHORT is not an object', { NetworkSettings: null }],
    ['Name of container SHORT is not a text', { Name: 7 }],
    ['Image of container SHORT is not a text', { Image: null }],
    ['State.Running of container SHORT is neither true nor false', { State: { Running: 'yes' } }],
    ['Config.Image of container SHORT is not a text', config({ Image: undefined })],
    ['Config.User of container SHORT is not a text', config({ User: 0 })],
    ['Config.Env of container SHORT is not a list', config({ Env: 'A=1' })],
    ['Config.Cmd of container SHORT is not a list', config({ Cmd: 'nginx' })],
    ['Config.Entrypoint of container SHORT is not a list of texts', config({ Entrypoint: [['sh']] })],
    ['Config.Labels of container SHORT is not an object', config({ Labels: ['a'] })],
    ['a value of Config.Labels of container SHORT is not a text', config({ Labels: { a: 1 } })],
    ['HostConfig.NetworkMode of container SHORT is not a text', host({ NetworkMode: {} })],
    ['HostConfig.CapAdd of container SHORT is not a list of texts', host({ CapAdd: [null] })],
    ['HostConfig.CapDrop of container SHORT is not a list', host({ CapDrop: 'ALL' })],
    ['HostConfig.VolumesFrom of container SHORT is not a list', host({ VolumesFrom: {} })],
    ['HostConfig.Links of container SHORT is not a list of texts', host({ Links: [7] })],
    ['a value of HostConfig.Sysctls of container SHORT is not a text', host({ Sysctls: { 'net.x': 1 } })],
    ['HostConfig.PortBindings of container SHORT is not an object', host({ PortBindings: [] })],
    ['a port of HostConfig.PortBindings of container SHORT is not a list', host({ PortBindings: { '80/tcp': '80' } })],
    [
      'a binding of HostConfig.PortBindings of container SHORT is not an object',
      host({ PortBindings: { '80/tcp': [80] } }),
    ],
    [
      'HostPort of HostConfig.PortBindings of container SHORT is not a text',
      host({ PortBindings: { '80/tcp': [{ HostPort: 80 }] } }),
    ],
    [
      'a port of NetworkSettings.Ports of container SHORT is not a list',
      { NetworkSettings: { Ports: { '80/tcp': {} } } },
    ],
    ['a network of container SHORT is not an object', { NetworkSettings: { Networks: { front: null } } }],
    ['Mounts of container SHORT is not a list', { Mounts: {} }],
    ['a row of Mounts of container SHORT is not an object', { Mounts: ['/data'] }],
    ['the destination of a mount of container SHORT is not a text', { Mounts: [{ Type: 'bind' }] }],
  ])('is refused because %s', async (because, wrong) => {
    const failure = await failureOf(() => readContainer({ ...inspectOf('shop'), ...wrong }));

    expect(failure).toMatchObject({
      code: 'engine',
      message: `the engine's answer is not as its API says: ${because.replace('SHORT', SHORT)}`,
      hint: 'the engine may be faulty, or something other than an engine answers',
    });
  });

  test.each([undefined, null, '', 'shop', `${ID}0`])('is refused with the id %j', async (Id) => {
    const failure = await failureOf(() => readContainer({ ...inspectOf('shop'), Id }));

    expect(failure.message).toContain('the container has no proper id');
  });
});

describe('an image', () => {
  test('is reduced to what plans are made from', () => {
    expect(readImage({ Id: 'sha256:1a', RepoTags: ['nginx:1.25', 7], Config: { Cmd: null }, Size: 1 })).toEqual({
      id: 'sha256:1a',
      tags: ['nginx:1.25'],
      config: { Cmd: null },
    });
  });

  test('may lack tags and configuration', () => {
    expect(readImage({ Id: 'sha256:1a', RepoTags: null })).toEqual({ id: 'sha256:1a', tags: [], config: {} });
  });

  test.each([{}, [], null])('is refused when it is %j', async (value) => {
    await expect(failureOf(() => readImage(value))).resolves.toMatchObject({ code: 'engine' });
  });
});

describe('changed files', () => {
  test('are none for null, and have their kind in words', () => {
    const rows = [0, 1, 2].map((Kind) => ({ Path: '/a', Kind }));

    expect(readFileChanges(null)).toEqual([]);
    expect(readFileChanges(rows).map(({ kind }) => kind)).toEqual(['modified', 'added', 'deleted']);
  });

  test.each([{}, [null], [{ Path: '/a', Kind: 3 }], [{ Path: '/a' }], [{ Kind: 1 }], [{ Path: '/a', Kind: null }]])(
    'are refused when they are %j',
    async (value) => {
      await expect(failureOf(() => readFileChanges(value))).resolves.toMatchObject({ code: 'engine' });
    },
  );
});

function config(wrong: object): object {
  return { Config: { ...inspectOf('shop').Config, ...wrong } };
}

function host(wrong: object): object {
  return { HostConfig: { ...inspectOf('shop').HostConfig, ...wrong } };
}
