import { get } from 'node:http';
import type { JsonObject } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';
import { callEngine } from '../support/call-engine.ts';
import { buildImage } from './busybox.ts';
import type { Setting } from './setting.ts';
import { NotPossible } from './setting.ts';
import { listOurs, sweep } from './sweep.ts';

const PREFIX = 'enforce-demo-';
const IMAGE = 'enforce-demo/busybox:1';
/** Ports hardly anyone uses, each with the one 8000 above it free as well. */
const LOW_PORTS = Array.from({ length: 60 }, (_, index) => 880 + index);

/** This machine's own engine, with containers that the demo makes and takes away again. */
export async function realSetting(folder: string, interrupted: AbortSignal): Promise<Setting> {
  const socketPath = engineSocket();
  const close = (): Promise<void> => sweep(socketPath, PREFIX, IMAGE);
  await requireEngine(socketPath);
  await close();
  try {
    await fill(socketPath, interrupted);
  } catch (error) {
    await close();
    throw error;
  }
  const hostWords = ['-i', `unix://${socketPath}`, '--state-dir', 'state'];
  const scope = ['--container', `${PREFIX}*`];
  return {
    folder,
    environment: process.env,
    opening: `Five containers of the demo's own run on the engine at ${socketPath}; no others are looked at or touched.`,
    hostWords,
    ruleWords: scope,
    rollbackWords: [...hostWords, '--container', `${PREFIX}web`],
    summary: () => summary(socketPath),
    next: 'Everything the demo made is removed again. Your own containers, reading only: node dist/cli/main.js plan',
    close,
  };
}

function engineSocket(): string {
  const named = process.env['DOCKER_HOST'];
  if (named === undefined || named === '') return '/var/run/docker.sock';
  if (named.startsWith('unix://')) return named.slice('unix://'.length);
  throw new NotPossible(`DOCKER_HOST is ${named}: the demo makes containers on an engine of this very machine only.`);
}

async function requireEngine(socketPath: string): Promise<void> {
  const why = await callEngine(socketPath, 'GET', '/_ping').then(
    ({ status }) => (status === 200 ? undefined : `it answers ${status}`),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (why === undefined) return;
  throw new NotPossible(
    `No engine can be used at ${socketPath} (${why}). Start one (sudo systemctl start docker), or join the docker group; without an engine: npm run demo`,
  );
}

async function fill(socketPath: string, interrupted: AbortSignal): Promise<void> {
  await buildImage(socketPath, IMAGE);
  await must(socketPath, '/networks/create', { Name: `${PREFIX}front`, Driver: 'bridge' });
  const ports = [...LOW_PORTS];
  const web = { NetworkMode: `${PREFIX}front`, Binds: [`${PREFIX}pages:/www`] };
  const aliases = { NetworkingConfig: { EndpointsConfig: { [`${PREFIX}front`]: { Aliases: ['web'] } } } };
  const containers: readonly (readonly [name: string, body: JsonObject, host: JsonObject])[] = [
    ['web', { ...aliases, Labels: { team: 'sales' }, Env: ['SHOP_KEY=do-not-show'] }, web],
    ['blog', { Healthcheck: { Test: ['CMD', '/bin/busybox', 'true'], Interval: 1_000_000_000 } }, {}],
    ['recorder', { Cmd: ['/bin/recorder'] }, {}],
    ['mail', {}, { CapDrop: ['ALL'] }],
  ];
  for (const [name, body, host] of containers) {
    if (interrupted.aborted) return;
    await runOn(socketPath, ports, `${PREFIX}${name}`, { Image: IMAGE, ...body, HostConfig: { ...COMMON, ...host } });
  }
  await must(socketPath, `/containers/create?name=${PREFIX}cache`, { Image: IMAGE, HostConfig: COMMON });
  await must(socketPath, `/containers/${PREFIX}cache/start`);
}

/** A small init takes the stop signal, so that nothing waits ten seconds for it. */
const COMMON: JsonObject = { Init: true, RestartPolicy: { Name: 'unless-stopped' } };

/** Creates and starts a container on the first of the ports that the machine has free. */
async function runOn(socketPath: string, ports: number[], name: string, body: JsonObject): Promise<void> {
  for (let port = ports.shift(); port !== undefined; port = ports.shift()) {
    const bindings = { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: `${port}` }] } };
    const host = { ...(body['HostConfig'] as JsonObject), ...bindings };
    await must(socketPath, `/containers/create?name=${name}`, { ...body, HostConfig: host });
    const { status, body: answer } = await callEngine(socketPath, 'POST', `/containers/${name}/start`);
    if (status === 204) return;
    await callEngine(socketPath, 'DELETE', `/containers/${name}?force=1&v=1`);
    const message = JSON.stringify(isJsonObject(answer) ? answer['message'] : answer);
    if (!/already in use|already allocated/.test(message))
      throw new NotPossible(`The engine does not start ${name}: ${message}`);
  }
  throw new NotPossible('No port from 880 to 939 is free on this machine.');
}

async function must(socketPath: string, path: string, body?: JsonObject): Promise<void> {
  const answer = await callEngine(socketPath, 'POST', path, body);
  if (answer.status >= 400) throw new NotPossible(`The engine refuses POST ${path}: ${JSON.stringify(answer.body)}`);
}

async function summary(socketPath: string): Promise<string> {
  const running = (await listOurs(socketPath, PREFIX)).filter(({ state }) => state === 'running');
  const answering = await Promise.all(
    running.map(async ({ ports: [port] }) => port === undefined || (await answers(port))),
  );
  const low = running.filter(({ ports }) => ports.some((port) => port < 1024)).flatMap(({ names }) => names);
  const count = answering.filter(Boolean).length;
  return `${count} of ${running.length} services run and answer; below port 1024 only ${low.sort().join(' and ')}.`;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get(`http://127.0.0.1:${port}/`, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}
