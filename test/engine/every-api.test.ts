import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { differences } from '../../src/apply/differences.ts';
import { endpointsOf } from '../../src/apply/endpoints.ts';
import { readContainer, readFacts, readImage } from '../../src/engine/answers.ts';
import { isOlder } from '../../src/model/api-version.ts';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { configDigest } from '../../src/scan/config-digest.ts';
import { callEngine } from '../support/call-engine.ts';
import { bodyOf, SHAPES, type Shape } from '../support/engine-shapes.ts';
import { text } from '../support/memory-engine/fields.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';
import { specOf } from '../support/spec-of.ts';

/** Those in which something changed that a recreate must know; an engine is asked in all that it speaks. */
const VERSIONS = ['1.40', '1.41', '1.42', '1.43', '1.44', '1.45', '1.47', '1.48', '1.51', '1.52', '1.53', '1.54'];
const CASES = SHAPES.map((shape) => [shape.name, shape] as const);

describeReal('an engine that is made to speak an older API', () => {
  const engine = realEngine('api');
  const prefix = `${engine.prefix}shape-`;
  const made = new Set<string>();
  let image = '';
  let newest = '';
  beforeAll(async () => {
    image = await engine.busyboxImage();
    newest = await engine.docker('version', '--format', '{{.Server.APIVersion}}');
    for (const [name, subnet] of Object.entries({ front: '10.73.1.0/24', back: '10.73.2.0/24' }))
      await engine.docker('network', 'create', '--subnet', subnet, prefix + name);
  }, 60_000);
  afterAll(async () => {
    await engine.cleanUp();
    for (const volume of made) await engine.docker('volume', 'rm', '-f', volume);
  }, 60_000);

  test.each(CASES)(
    'takes its specification of %s in each, and makes the same container of it',
    async (_name, shape) => {
      // Docker 29 rounds large limits in what it answers at an API before 1.52.
      const oldest = isOlder(newest, '1.52') ? '1.40' : '1.52';
      const older = VERSIONS.filter((api) => !isOlder(api, oldest) && isOlder(api, newest));
      const spoken = [...older, newest];
      const found: Record<string, readonly string[]> = {};

      for (const api of spoken) found[api] = await madeAgain(api, shape);

      expect(found).toEqual(Object.fromEntries(spoken.map((api) => [api, []])));
    },
  );

  /** Makes a container and, from what the engine says of it, its like; where the two differ, and where it moved meanwhile. */
  async function madeAgain(api: string, shape: Shape): Promise<readonly string[]> {
    const { name, connect: later = {}, started = true } = shape;
    const facts = readFacts('docker', api, await ask(api, 'GET', '/version'), await ask(api, 'GET', '/info'));
    const lodging = name === 'lodger' ? [await create(api, 'plain', { Cmd: ['sleep', '9999'], Image: image })] : [];
    const body = { Cmd: ['sleep', '9999'], Image: image, ...bodyOf(shape, api, prefix) };
    const id = await create(api, name, body);
    for (const [network, endpoint] of Object.entries(later)) await connect(api, id, prefix + network, endpoint);
    const fresh = await look(api, id);
    if (started) for (const each of [...lodging, id]) await ask(api, 'POST', `/containers/${each}/start`);
    const old = await look(api, id);

    const imageFacts = readImage(await ask(api, 'GET', `/images/${image}/json`));
    const spec = specOf(old, { engine: facts, image: imageFacts });
    const candidate = await create(api, `${name}.new`, spec);
    const others = isOlder(api, '1.44') ? endpointsOf(old, facts).filter(({ isPrimary }) => !isPrimary) : [];
    for (const { network, endpoint } of others) await connect(api, candidate, network, endpoint);

    const found = differences(old, await look(api, candidate), facts);
    await engine.docker('rm', '-f', candidate, id, ...lodging);
    return configDigest(old) === configDigest(fresh) ? found : [...found, 'the digest'];
  }

  async function create(api: string, name: string, body: JsonObject): Promise<string> {
    const answer = await ask(api, 'POST', `/containers/create?name=${prefix}${name}`, body);
    return isJsonObject(answer) ? text(answer['Id']) : '';
  }

  async function connect(api: string, id: string, network: string, endpoint: JsonObject): Promise<void> {
    await ask(api, 'POST', `/networks/${network}/connect`, { Container: id, EndpointConfig: endpoint });
  }

  async function look(api: string, id: string): Promise<ContainerInspect> {
    const container = readContainer(await ask(api, 'GET', `/containers/${id}/json`));
    for (const { Type, Name } of container.Mounts ?? []) if (Type === 'volume' && Name !== undefined) made.add(Name);
    return container;
  }

  async function ask(api: string, method: string, path: string, body?: JsonValue): Promise<JsonValue> {
    const answer = await callEngine(engine.socketPath, method, `/v${api}${path}`, body);
    if (answer.status >= 400)
      throw new Error(`${method} ${path} at ${api}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
});
