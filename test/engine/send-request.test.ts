import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { EngineRequest } from '../../src/engine/send-request.ts';
import { requestSender } from '../../src/engine/send-request.ts';
import { failureOf } from '../support/failure-of.ts';
import { folderOf } from '../support/folder-of.ts';
import type { Asked, HttpEngine } from '../support/http-engine.ts';
import { httpEngine } from '../support/http-engine.ts';

const REQUEST: EngineRequest = { method: 'GET', path: '/info', deadlineMilliseconds: 20_000, maximumBytes: 4096 };
const WRITE: EngineRequest = { ...REQUEST, method: 'POST', path: '/containers/create', body: {} };
const SECRET = 'canary-7f3a';

let engine: HttpEngine | undefined;
const environment = { ...process.env };

afterEach(async () => {
  process.env = { ...environment };
  await engine?.close();
  engine = undefined;
});

describe('the environment does not send a request to another engine', () => {
  const certificates = folderOf({
    'ca.pem': fixture('ca.pem'),
    'cert.pem': fixture('client-cert.pem'),
    'key.pem': fixture('client-key.pem'),
  });

  test.each<Readonly<Record<string, string>>>([
    { DOCKER_HOST: 'tcp://127.0.0.1:9' },
    { DOCKER_HOST: 'tcp://127.0.0.1:2376', DOCKER_TLS_VERIFY: '1' },
    { DOCKER_HOST: 'tcp://127.0.0.1:9', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates },
    { DOCKER_HOST: 'ssh://root@127.0.0.1:9', SSH_AUTH_SOCK: '/nowhere/agent' },
    { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    { DOCKER_HOST: 'npipe:////./pipe/docker_engine' },
    { DOCKER_HOST: '127.0.0.1:9', DOCKER_PATH_PREFIX: '/elsewhere', DOCKER_CLIENT_TIMEOUT: '1' },
    { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' },
  ])('with %j', async (variables) => {
    const here = await start((_asked, response) => response.end('here'));
    Object.assign(process.env, variables);
    const sender = requestSender(here.connection);

    const answers = [await sender(REQUEST), await sender(WRITE)];

    expect(answers.map(({ body }) => body.toString())).toEqual(['here', 'here']);
    expect(here.asked).toMatchObject([
      { url: '/info', headers: { host: 'localhost' } },
      { url: '/containers/create', headers: { host: 'localhost' } },
    ]);
  });

  test.each<Readonly<Record<string, string>>>([
    { DOCKER_HOST: 'tcp://127.0.0.1:2376', DOCKER_CERT_PATH: '/nowhere' },
    { DOCKER_HOST: 'tcp://[' },
  ])('and what the library cannot read of it is told: %j', async (variables) => {
    const here = await start((_asked, response) => response.end('here'));
    Object.assign(process.env, variables);

    const failure = await failureOf(() => requestSender(here.connection)(WRITE));

    expect(failure).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^DOCKER_HOST or DOCKER_CERT_PATH cannot be used: /),
      hint: 'unset them: enforce goes by its inventory',
    });
  });
});

describe('a request', () => {
  test('has its whole query, and nothing else, in its line', async () => {
    const { asked } = await send({ ...REQUEST, path: '/containers/json', query: { all: '1', name: 'a b&c=d' } });

    expect(asked).toMatchObject([{ method: 'GET', url: '/containers/json?all=1&name=a+b%26c%3Dd' }]);
  });

  test('without a query has none in its line', async () => {
    const { asked } = await send(REQUEST);

    expect(asked).toMatchObject([{ url: '/info' }]);
  });

  test('carries what it sends in its body only, as JSON', async () => {
    const body = { Env: [`TOKEN=${SECRET}`], HostConfig: { Memory: 1n }, Unset: undefined };
    const { asked } = await send({
      ...REQUEST,
      method: 'POST',
      path: '/containers/create',
      query: { name: 'shop' },
      body,
    });

    expect(asked).toMatchObject([
      {
        method: 'POST',
        url: '/containers/create?name=shop',
        body: `{"Env":["TOKEN=${SECRET}"],"HostConfig":{"Memory":1}}`,
        headers: { 'content-type': 'application/json' },
      },
    ]);
    expect(JSON.stringify(asked[0]?.headers)).not.toContain(SECRET);
  });

  test('that sends nothing has an empty body', async () => {
    const { asked } = await send({ ...REQUEST, method: 'POST', path: '/containers/x/start' });

    expect(asked).toMatchObject([{ body: '' }]);
  });

  test.each([200, 204, 301, 304, 404, 409, 500])('gets status %d back as it came', async (status) => {
    const { answer } = await send(REQUEST, (_asked, response) => {
      response.writeHead(status, { 'X-Engine': 'web' });
      response.end();
    });

    expect(answer).toMatchObject({ status, headers: { 'x-engine': 'web' } });
  });

  test('waits for its turn when there are more than channels', async () => {
    const here = await start(({ url }, response) => response.end(url));
    const sender = requestSender(here.connection);

    const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => sender({ ...REQUEST, path: `/${at}` })));

    expect(answers.map(({ body }) => body.toString())).toEqual(Array.from({ length: 40 }, (_, at) => `/${at}`));
  });
});

describe('an answer that does not come to its end', () => {
  test('because the connection is cut within a body of known length, fails', async () => {
    const failure = await failing((_asked, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      cutAfter(response, '{"ID":');
    });

    expect(failure).toMatchObject({ code: 'engine', hint: 'did the engine stop or restart?' });
  });

  test('because the connection is cut within a body in chunks, fails', async () => {
    const failure = await failing((_asked, response) => cutAfter(response, '{"ID":'));

    expect(failure).toMatchObject({ code: 'engine', message: expect.stringContaining('broke off') });
  });

  test('because the connection is cut before it begins, fails', async () => {
    const failure = await failing((_asked, response) => response.destroy());

    expect(failure).toMatchObject({ code: 'engine', message: expect.stringContaining('broke off') });
  });

  test.each<readonly [string, (response: ServerResponse) => void]>([
    ['before it begins', () => undefined],
    ['after its head', (response) => response.writeHead(200).flushHeaders()],
    ['in the middle', (response) => response.write('{"ID":')],
  ])('because it stalls %s, fails at the deadline', async (_where, stall) => {
    const failure = await failing((_asked, response) => stall(response), { ...REQUEST, deadlineMilliseconds: 50 });

    expect(failure).toMatchObject({
      code: 'timed-out',
      message: 'no complete answer to GET /info within 0.05 s',
      hint: 'the engine may hang; see whether `docker ps` answers on the host',
    });
  });

  test('gives its channel back at the deadline', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const failure = await failing(
      (_asked, response) => {
        closed = once(response, 'close');
        response.write('{');
      },
      { ...REQUEST, deadlineMilliseconds: 50 },
    );

    await expect(closed).resolves.toBeDefined();
    expect(failure.code).toBe('timed-out');
  });

  test('because it never ends, is refused, and no more of it is taken', async () => {
    let sent = 0;
    let stopped: Promise<unknown> = Promise.resolve();
    const failure = await failing((_asked, response) => {
      stopped = once(response, 'close');
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.on('drain', pour);
      pour();
    });
    await stopped;

    expect(failure).toMatchObject({ code: 'engine', message: "the engine's answer is longer than 4096 bytes" });
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  test('because it says that it is too long, is refused', async () => {
    const failure = await failing((_asked, response) => response.end('x'.repeat(4097)));

    expect(failure).toMatchObject({ code: 'engine', message: "the engine's answer is longer than 4096 bytes" });
  });
});

test('an answer just as long as it may be is taken', async () => {
  const { answer } = await send(REQUEST, (_asked, response) => response.end('x'.repeat(4096)));

  expect(answer.body).toHaveLength(4096);
});

test('what answers in another language is told', async () => {
  const failure = await failing((_asked, response) => {
    response.socket?.end('220 mail.example.com ESMTP\r\n');
  });

  expect(failure).toMatchObject({ code: 'engine', message: expect.stringContaining('does not speak HTTP') });
});

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, '../fixtures/tls', name), 'utf8');
}

type Answerer = (asked: Asked, response: ServerResponse) => unknown;

async function start(answer: Answerer): Promise<HttpEngine> {
  engine = await httpEngine((asked, response) => void answer(asked, response));
  return engine;
}

async function send(request: EngineRequest, answer: Answerer = (_asked, response) => response.end('{}')) {
  const { connection, asked } = await start(answer);
  return { answer: await requestSender(connection)(request), asked };
}

async function failing(answer: Answerer, request = REQUEST) {
  const { connection } = await start(answer);
  return failureOf(() => requestSender(connection)(request));
}

function cutAfter(response: ServerResponse, text: string): void {
  response.write(text, () => response.destroy());
}
