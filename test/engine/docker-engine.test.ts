import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { idOf, inspectOf } from '../support/containers.ts';
import { failureOf } from '../support/failure-of.ts';
import type { Asked, HttpEngine } from '../support/http-engine.ts';
import { answering, answeringAll, httpEngine } from '../support/http-engine.ts';

const ID = idOf('shop');
const VERSION = { Version: '20.10.24', Components: [{ Name: 'Engine' }] };
const INFO = { ID: 'W3B1:ENGN', Name: 'web-1', SecurityOptions: ['name=seccomp'] };

let http: HttpEngine | undefined;

afterEach(async () => {
  await http?.close();
  http = undefined;
});

describe('what answers is', () => {
  test('an engine, asked in the API version it speaks itself', async () => {
    const { engine, asked } = await connect(answering({ '/version': VERSION, '/info': INFO }, '1.51'));

    expect(await engine.facts()).toMatchObject({
      kind: 'docker',
      version: '20.10.24',
      apiVersion: '1.51',
      id: 'W3B1:ENGN',
    });
    expect(asked.map(({ url }) => url).sort()).toEqual(['/_ping', '/v1.51/info', '/v1.51/version']);
  });

  test('Podman, by a header of its own', async () => {
    const { engine } = await connect((asked, response) => {
      response.setHeader('Libpod-Api-Version', '5.4.2');
      answering({ '/version': VERSION, '/info': INFO })(asked, response);
    });

    expect((await engine.facts()).kind).toBe('podman');
  });

  test('Podman, by a component of its own', async () => {
    const version = { Version: '5.4.2', Components: [{ Name: 'Podman Engine' }] };
    const { engine } = await connect(answering({ '/version': version, '/info': INFO }));

    expect((await engine.facts()).kind).toBe('podman');
  });

  test.each(['1.23', '1.9', '0.30'])('too old an engine at API %s', async (apiVersion) => {
    const failure = await failureOf(() => connect(answering({}, apiVersion)));

    expect(failure).toMatchObject({
      code: 'engine-too-old',
      message: `the engine speaks API ${apiVersion}; enforce needs 1.24 (Docker 1.12) or newer`,
      hint: 'upgrade Docker on this host, or leave the host out with --limit',
    });
  });

  test.each(['1.24', '1.100', '2.0'])('new enough an engine at API %s', async (apiVersion) => {
    await expect(connect(answering({}, apiVersion))).resolves.toBeDefined();
  });

  test.each(['', 'latest', '1.41/../..', '1'])('no engine when it announces version %j', async (apiVersion) => {
    const failure = await failureOf(() => connect(answering({}, apiVersion)));

    expect(failure).toMatchObject({
      code: 'engine',
      message: 'what answers is not a Docker engine (status 200, no Api-Version)',
    });
  });

  test('no engine when it is another web server', async () => {
    const failure = await failureOf(() => connect((_asked, response) => response.writeHead(404).end('Not found')));

    expect(failure.message).toBe('what answers is not a Docker engine (status 404, no Api-Version)');
  });
});

describe('what an engine does not have', () => {
  test('is undefined, and no failure', async () => {
    const { engine } = await connect(answering({}));

    const found = [engine.inspect(ID), engine.image('nginx'), engine.network('front'), engine.changes(ID)];

    expect(await Promise.all(found)).toEqual([undefined, undefined, undefined, undefined]);
    expect(await engine.hasVolume('data')).toBe(false);
    expect(await engine.logs(ID, 10)).toBe('');
  });

  test.each(['', '..', '.', 'a/../b', '/nginx', 'nginx/', '../containers/json'])(
    'is whatever is called %j, which leads somewhere else and so is not asked for',
    async (name) => {
      const { engine, asked } = await connect(answering({}));

      const found = [engine.inspect(name), engine.image(name), engine.network(name), engine.changes(name)];

      expect(await Promise.all(found)).toEqual([undefined, undefined, undefined, undefined]);
      expect(await engine.hasVolume(name)).toBe(false);
      expect(asked.map(({ url }) => url)).toEqual(['/_ping']);
    },
  );
});

describe('a name is encoded where it stands in a path', () => {
  test.each<readonly [string, (engine: Engine) => Promise<unknown>]>([
    ['/images/ghcr.io/acme/app%3A1/json', (engine) => engine.image('ghcr.io/acme/app:1')],
    ['/images/nginx%3Fx%3D1%23y%25/json', (engine) => engine.image('nginx?x=1#y%')],
    ['/networks/front%20end%3Fscope%3Dlocal', (engine) => engine.network('front end?scope=local')],
    ['/volumes/data%0D%0AHost%3A%20x', (engine) => engine.hasVolume('data\r\nHost: x')],
    ['/containers/shop%3Fsize%3D1/json', (engine) => engine.inspect('shop?size=1')],
  ])('as in %s', async (path, ask) => {
    const { engine, asked } = await connect(answering({}));

    await ask(engine);

    expect(asked.at(-1)?.url).toBe(`/v1.41${path}`);
  });
});

describe('an answer that cannot be used', () => {
  test.each<readonly [string, unknown, string]>([
    ['is not JSON', '<html>login</html>', 'the engine answered something that is not JSON'],
    ['is cut JSON', '{"Id":', 'the engine answered something that is not JSON'],
    ['is of another shape', [], "the engine's answer is not as its API says: the container is not an object"],
    [
      'is of another thing',
      { Id: 'shop' },
      "the engine's answer is not as its API says: the container has no proper id",
    ],
  ])('because it %s, is told', async (_sentence, answer, message) => {
    const { engine } = await connect(answering({ [`/containers/${ID}/json`]: answer }));

    const failure = await failureOf(() => engine.inspect(ID));

    expect(failure).toMatchObject({ code: 'engine', message });
  });

  test('because it is about another container than was asked for, is told as a broken connection', async () => {
    const { engine } = await connect(answering({ [`/containers/${ID}/json`]: inspectOf('web') }));

    const failure = await failureOf(() => engine.inspect(ID));

    expect(failure).toMatchObject({
      code: 'unreachable',
      message: `asked for container ${ID.slice(0, 12)}, the engine told of another`,
    });
  });

  test.each([
    [500, '{"message":"driver failed\\n"}', 'driver failed'],
    [403, '{"message":"authorization denied by plugin"}', 'authorization denied by plugin'],
    [502, '<html>Bad Gateway</html>', '<html>Bad Gateway</html>'],
    [503, '', 'no reason given'],
    [301, '', 'no reason given'],
    [204, '', 'no reason given'],
  ])('because its status is %d, is told with its reason', async (status, body, reason) => {
    const { engine } = await connect(answeringAll(status, body));

    const failure = await failureOf(() => engine.list());

    expect(failure.message).toBe(`the engine refused GET /containers/json: ${reason} (HTTP ${status})`);
  });
});

describe('a log', () => {
  test('is given with its last lines of both streams', async () => {
    const { engine, asked } = await connect(answeringAll(200, 'listening on 80\n'));

    expect(await engine.logs(ID, 20)).toBe('listening on 80\n');
    expect(asked.at(-1)?.url).toBe(`/v1.41/containers/${ID}/logs?stdout=1&stderr=1&tail=20`);
  });

  test('of very long lines is cut to its end', async () => {
    const { engine } = await connect(answeringAll(200, `${'x'.repeat(6 * 1024 * 1024)}the end`));

    const log = await engine.logs(ID, 400);

    expect(log).toHaveLength(256 * 1024);
    expect(log.endsWith('the end')).toBe(true);
  });

  test('that the log driver cannot read is empty', async () => {
    const { engine } = await connect(
      answeringAll(501, '{"message":"configured logging driver does not support reading"}'),
    );

    expect(await engine.logs(ID, 20)).toBe('');
  });
});

async function connect(answer: (asked: Asked, response: ServerResponse) => unknown) {
  http = await httpEngine((asked, response) => void answer(asked, response));
  return { engine: await connectEngine(http.connection), asked: http.asked };
}
