import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJson } from '../src/engine/json-text.ts';
import type { JsonObject, JsonValue } from '../src/model/json.ts';
import { isJsonObject } from '../src/model/json.ts';
import { callEngine } from './support/call-engine.ts';
import { busyboxImage, dockerAt } from './support/docker.ts';
import { bodyOf, SHAPES, type Shape } from './support/engine-shapes.ts';
import { text } from './support/memory-engine/fields.ts';

/** Usage: `node --import ./test/support/typescript-loader.mjs test/record-engine.ts SOCKET API FOLDER`. */
const [socketPath = '', api = '', folder = ''] = process.argv.slice(2);
const PREFIX = 'enforce-recorded-';

await main();

/** Makes every shape through one version of the API, writes down what that version answers, and removes it all. */
async function main(): Promise<void> {
  const docker = dockerAt(socketPath);
  const image = await busyboxImage(docker, 'enforce-test/recorded:1', [
    'ENTRYPOINT ["/bin/busybox"]',
    'CMD ["sleep","9999"]',
    'ENV COLOUR=red',
    'VOLUME /data',
    'LABEL com.example.image=recorded',
  ]);
  await removeAll();
  await mkdir(join(folder, 'containers'), { recursive: true });
  const info = object(await ask('GET', '/info'));
  try {
    for (const [name, subnet] of [
      ['front', '10.73.1.0/24'],
      ['back', '10.73.2.0/24'],
    ])
      await ask('POST', '/networks/create', {
        Name: `${PREFIX}${name ?? ''}`,
        Driver: 'bridge',
        IPAM: { Config: [{ Subnet: subnet ?? '' }] },
      });
    await write('version', await ask('GET', '/version'), info);
    await write('info', withoutMachine(info), info);
    await write('image', await ask('GET', `/images/${image}/json`), info);
    for (const shape of SHAPES) await record(shape, image, info);
    await write('list', await ask('GET', '/containers/json?all=1'), info);
    await write('network', await ask('GET', `/networks/${PREFIX}front`), info);
  } finally {
    await removeAll();
    await docker('image', 'rm', image);
  }
  execFileSync('npx', ['biome', 'format', '--write', folder], { stdio: 'ignore' });
}

async function record(shape: Shape, image: string, info: JsonObject): Promise<void> {
  const { name, connect = {}, started = true } = shape;
  const body = { Image: image, ...bodyOf(shape, api, PREFIX) };
  const made = object(await ask('POST', `/containers/create?name=${PREFIX}${name}`, body));
  const id = text(made['Id']);
  for (const [network, endpoint] of Object.entries(connect))
    await ask('POST', `/networks/${PREFIX}${network}/connect`, { Container: id, EndpointConfig: endpoint });
  if (started) await ask('POST', `/containers/${id}/start`);
  await write(`containers/${name}`, await ask('GET', `/containers/${id}/json`), info);
  if (name !== 'joined') return;
  await ask('POST', `/containers/${id}/stop`);
  await write('containers/joined-stopped', await ask('GET', `/containers/${id}/json`), info);
}

async function ask(method: string, path: string, body?: JsonValue): Promise<JsonValue> {
  const answer = await callEngine(socketPath, method, `/v${api}${path}`, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${writeJson(answer.body)}`);
  return answer.body;
}

async function removeAll(): Promise<void> {
  const docker = dockerAt(socketPath);
  for (const [list, remove] of [
    [
      ['ps', '-aq', '--filter', `name=${PREFIX}`],
      ['rm', '-f', '-v'],
    ],
    [
      ['volume', 'ls', '-q', '--filter', `name=${PREFIX}`],
      ['volume', 'rm', '-f'],
    ],
    [
      ['network', 'ls', '-q', '--filter', `name=${PREFIX}`],
      ['network', 'rm'],
    ],
  ] as const) {
    const names = (await docker(...list)).split('\n').filter((line) => line !== '');
    if (names.length > 0) await docker(...remove, ...names);
  }
}

/** The machine that recorded says nothing about the engine: its folders, names and size are everyone's. */
async function write(name: string, answer: JsonValue, info: JsonObject): Promise<void> {
  const anonymous = writeJson(answer)
    .replaceAll(text(info['DockerRootDir']), '/var/lib/docker')
    .replaceAll(/"[^"]*\/containerd\.sock"/g, '"/run/containerd/containerd.sock"')
    .replaceAll(/"[^"]*\/netns\//g, '"/var/run/docker/netns/')
    .replaceAll(`"${text(info['Name'])}"`, '"web-1"');
  await writeFile(join(folder, `${name}.json`), `${anonymous}\n`);
}

function withoutMachine(info: JsonObject): JsonObject {
  const said: JsonObject = {
    ID: 'W3B1:ENGN',
    Name: 'web-1',
    KernelVersion: '6.1.0-25-amd64',
    NCPU: 2,
    MemTotal: 4_000_000_000,
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Labels: [],
  };
  return { ...info, ...said };
}

function object(value: JsonValue): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Error('the engine answered something other than an object');
}
