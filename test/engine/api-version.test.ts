import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { isOlder } from '../../src/model/api-version.ts';
import type { Operation } from '../../src/model/plan.ts';
import { idOf, inspectOf } from '../support/containers.ts';
import { failureOf } from '../support/failure-of.ts';
import type { Asked, HttpEngine } from '../support/http-engine.ts';
import { answering, httpEngine } from '../support/http-engine.ts';

const ID = idOf('shop');
const SHOP = inspectOf('shop');
const MAC = '02:aa:bb:cc:dd:ee';
/** The newest API that tells the hardware address a container was given. */
const TELLS_MAC = /^\/v1\.51\/containers\/[0-9a-f]{64}\/json$/;

let http: HttpEngine | undefined;

afterEach(async () => {
  await http?.close();
  http = undefined;
});

describe('the version of the API', () => {
  test.each(['1.24', '1.41', '1.42', '1.43', '1.44', '1.45', '1.47', '1.51'])(
    'is the highest the engine announces, in every request: %s',
    async (apiVersion) => {
      const { engine, asked } = await connect(engineOf(apiVersion));

      await everyVerb(engine);

      const [first, ...others] = asked.map(({ url }) => url);
      expect(first).toBe('/_ping');
      expect(others).toHaveLength(18);
      expect(others.filter((url) => !url.startsWith(`/v${apiVersion}/`))).toEqual([]);
    },
  );

  test.each(['1.52', '1.53', '1.56'])(
    'is the highest the engine announces, except to ask for what only an older one tells: %s',
    async (apiVersion) => {
      const { engine, asked } = await connect(engineOf(apiVersion));

      await everyVerb(engine);

      const others = asked.slice(1).filter(({ url }) => !url.startsWith(`/v${apiVersion}/`));
      expect(others.map(({ method }) => method)).toEqual(['GET']);
      expect(others[0]?.url).toMatch(TELLS_MAC);
    },
  );

  test('may be far above the lowest the engine still takes', async () => {
    const { engine } = await connect(engineOf('1.52', '1.44'));

    await everyVerb(engine);

    expect((await engine.facts()).apiVersion).toBe('1.52');
  });

  test('that is too old for enforce ends it before anything else is asked', async () => {
    const failure = await failureOf(() => connect(engineOf('1.23', '1.12')));

    expect(failure).toMatchObject({
      code: 'engine-too-old',
      message: 'the engine speaks API 1.23; enforce needs 1.24 (Docker 1.12) or newer',
    });
    expect(http?.asked.map(({ url }) => url)).toEqual(['/_ping']);
  });
});

describe('a hardware address that a person chose', () => {
  test.each(['1.44', '1.51', '1.52', '1.56'])('is told at API %s', async (apiVersion) => {
    const { engine } = await connect(engineOf(apiVersion));

    expect((await engine.inspect(ID))?.Config.MacAddress).toBe(MAC);
  });

  test('is not made up where nobody chose one', async () => {
    const { engine } = await connect(answering({ [`/containers/${ID}/json`]: SHOP }, '1.52'));

    expect(await engine.inspect(ID)).toEqual(SHOP);
  });

  test('remains unknown where the engine was told to take no older API', async () => {
    const { engine } = await connect(engineOf('1.53', '1.52'));

    expect(await engine.inspect(ID)).toEqual(SHOP);
  });
});

async function everyVerb(engine: Engine): Promise<void> {
  await engine.facts();
  await engine.list();
  await engine.inspect(ID);
  await engine.image('nginx:1.25');
  await engine.network('front');
  await engine.hasVolume('stock');
  await engine.changes(ID);
  await engine.isFolder(ID, '/data');
  await engine.logs(ID, 5);
  for (const operation of OPERATIONS) await engine.run(operation);
}

const OPERATIONS: readonly Operation[] = [
  { kind: 'create', name: 'shop.enforce-new-7f3a', spec: { Image: 'nginx:1.25', HostConfig: {} } },
  { kind: 'connect', id: ID, network: 'front', endpoint: {} },
  { kind: 'start', id: ID },
  { kind: 'stop', id: ID, timeoutSeconds: 10 },
  { kind: 'restart', id: ID, timeoutSeconds: 10 },
  { kind: 'rename', id: ID, name: 'shop' },
  { kind: 'set-restart-policy', id: ID, policy: { Name: 'no', MaximumRetryCount: 0 } },
  { kind: 'remove', id: ID },
];

/** An engine that speaks the versions between two, and tells the chosen hardware address up to 1.51. */
function engineOf(newest: string, oldest = '1.24') {
  return (asked: Asked, response: ServerResponse): void => {
    const [, version = newest] = /^\/v([\d.]+)\//.exec(asked.url) ?? [];
    if (isOlder(version, oldest) || isOlder(newest, version)) {
      const message = `client version ${version} is not between ${oldest} and ${newest}`;
      response.writeHead(400).end(JSON.stringify({ message }));
      return;
    }
    const shop = isOlder('1.51', version) ? SHOP : { ...SHOP, Config: { ...SHOP.Config, MacAddress: MAC } };
    const created = { Id: ID, Warnings: [] };
    const values = {
      '/version': {},
      '/info': {},
      '/containers/json': [],
      [`/containers/${ID}/json`]: shop,
      [`/containers/${ID}/changes`]: null,
      [`/containers/${ID}/logs`]: '',
      [`/containers/${ID}/start`]: {},
      [`/containers/${ID}/stop`]: {},
      [`/containers/${ID}/restart`]: {},
      [`/containers/${ID}/rename`]: {},
      [`/containers/${ID}/update`]: {},
      '/containers/create': created,
      '/networks/front': {},
      '/networks/front/connect': {},
      '/volumes/stock': {},
      '/images/nginx%3A1.25/json': { Id: 'sha256:1a' },
    };
    answering(values, newest)(asked, response);
  };
}

async function connect(answer: (asked: Asked, response: ServerResponse) => void) {
  http = await httpEngine(answer);
  return { engine: await connectEngine(http.connection), asked: http.asked };
}
