import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { ContainerSpec, Operation } from '../../src/model/plan.ts';
import { idOf, inspectOf } from '../support/containers.ts';
import { failureOf } from '../support/failure-of.ts';
import type { Asked, HttpEngine } from '../support/http-engine.ts';
import { answering, answeringAll, httpEngine } from '../support/http-engine.ts';

const ID = idOf('shop');

let http: HttpEngine | undefined;

afterEach(async () => {
  await http?.close();
  http = undefined;
});

describe('an operation', () => {
  const start: Operation = { kind: 'start', id: ID };

  test.each<readonly [string, number, Operation]>([
    ['that is done', 204, start],
    ['that was done before', 304, start],
    ['that created something', 201, { kind: 'create', name: 'shop', spec: { Image: 'nginx', HostConfig: {} } }],
    ['that removes what is gone', 404, { kind: 'remove', id: ID }],
  ])('%s is done (%d)', async (_sentence, status, operation) => {
    const { engine } = await connect(answeringAll(status, ''));

    await expect(engine.run(operation)).resolves.toBeUndefined();
  });

  test.each<readonly [number, Operation, string]>([
    [404, start, `start ${ID.slice(0, 12)}`],
    [409, { kind: 'remove', id: ID }, `remove ${ID.slice(0, 12)}`],
    [409, { kind: 'create', name: 'shop', spec: { Image: 'nginx', HostConfig: {} } }, 'create shop'],
    [500, { kind: 'connect', id: ID, network: 'front', endpoint: {} }, `connect ${ID.slice(0, 12)}`],
    [301, start, `start ${ID.slice(0, 12)}`],
  ])('that the engine answers with %d is refused: %j', async (status, operation, what) => {
    const { engine } = await connect(answeringAll(status, '{"message":"no"}'));

    const failure = await failureOf(() => engine.run(operation));

    expect(failure.message).toBe(`the engine refused ${what}: no (HTTP ${status})`);
    expect(failure.code).toBe('engine-refused');
  });

  test('that removes what is being removed is not refused: how it ends is open', async () => {
    const said = JSON.stringify({ message: `removal of container ${ID} is already in progress` });
    const { engine } = await connect(answeringAll(409, said));

    const failure = await failureOf(() => engine.run({ kind: 'remove', id: ID }));

    expect(failure).toMatchObject({
      code: 'engine',
      message: `the engine still works on remove ${ID.slice(0, 12)}`,
    });
  });

  test('on what is no full id is refused before anything is sent', async () => {
    const { engine, asked } = await connect(answering({}));

    const failure = await failureOf(() => engine.run({ kind: 'stop', id: 'shop', timeoutSeconds: 10 }));

    expect(failure.message).toBe('"shop" is not a container id');
    expect(asked.map(({ url }) => url)).toEqual(['/_ping']);
  });

  test('that creates gives back every digit and every unknown field of an inspect, and no secret to the URL', async () => {
    const inspect = inspectOf('shop', { Config: { Env: ['TOKEN=canary-7f3a'] } });
    const text = JSON.stringify(inspect).replace(
      '"NetworkMode"',
      '"Limit":9223372036854775807,"__proto__":{"a":1},"NetworkMode"',
    );
    const { engine, asked } = await connect((request, response) => {
      if (request.method === 'POST') response.writeHead(201).end('{}');
      else answering({ [`/containers/${ID}/json`]: text })(request, response);
    });

    const read = (await engine.inspect(ID)) as unknown as {
      readonly Config: JsonObject;
      readonly HostConfig: JsonObject;
    };
    await engine.run({
      kind: 'create',
      name: 'shop',
      spec: { ...read.Config, HostConfig: read.HostConfig } as ContainerSpec,
    });

    const created = asked.at(-1);
    expect(created?.body).toContain('"Limit":9223372036854775807,"__proto__":{"a":1},"NetworkMode"');
    expect(created?.body).toContain('TOKEN=canary-7f3a');
    expect(created?.url).toBe('/v1.41/containers/create?name=shop');
  });
});

async function connect(answer: (asked: Asked, response: ServerResponse) => unknown) {
  http = await httpEngine((asked, response) => void answer(asked, response));
  return { engine: await connectEngine(http.connection), asked: http.asked };
}
