import type { JsonObject, JsonValue } from '../../../src/model/json.ts';
import type { Call, Reply, Route } from './call.ts';
import { done, json } from './call.ts';
import { createContainer, reserveName } from './create.ts';
import { object, text, texts } from './fields.ts';
import { checkedRestartPolicy } from './host-config.ts';
import { inspectContainer, listRow } from './inspect.ts';
import { commandLine, kill, lastLines, look, pause, remove, restart, start, stop } from './lifecycle.ts';
import type { LogLine } from './program.ts';
import { Refusal } from './refusal.ts';
import type { MemoryContainer, Store } from './store.ts';
import { findContainer, isUp } from './store.ts';

/** Everything under /containers. */
export const CONTAINER_ROUTES: readonly Route[] = [
  ['GET', /^\/containers\/json$/, listContainers],
  ['POST', /^\/containers\/create$/, create],
  ['GET', /^\/containers\/([^/]+)\/json$/, inspect],
  ['GET', /^\/containers\/([^/]+)\/top$/, (store, _call, id) => json(processesOf(findContainer(store, id)))],
  ['GET', /^\/containers\/([^/]+)\/logs$/, logs],
  [
    'POST',
    /^\/containers\/([^/]+)\/start$/,
    (store, call, id) => done(start(store, findContainer(store, id), call.apiVersion)),
  ],
  ['POST', /^\/containers\/([^/]+)\/stop$/, (store, _call, id) => done(stop(store, findContainer(store, id)))],
  ['POST', /^\/containers\/([^/]+)\/kill$/, (store, _call, id) => done(kill(store, findContainer(store, id)))],
  [
    'POST',
    /^\/containers\/([^/]+)\/restart$/,
    (store, call, id) => done(restart(store, findContainer(store, id), call.apiVersion)),
  ],
  ['POST', /^\/containers\/([^/]+)\/pause$/, (store, _call, id) => done(pause(findContainer(store, id), 'paused'))],
  ['POST', /^\/containers\/([^/]+)\/unpause$/, (store, _call, id) => done(pause(findContainer(store, id), 'running'))],
  ['POST', /^\/containers\/([^/]+)\/rename$/, rename],
  ['POST', /^\/containers\/([^/]+)\/update$/, update],
  ['DELETE', /^\/containers\/([^/]+)$/, removeContainer],
];

function listContainers(store: Store, { query }: Call): Reply {
  const everything = ['1', 'true', 'True'].includes(query.get('all') ?? '');
  const labels = wantedLabels(query.get('filters') ?? '{}');
  const shown = [...store.containers.values()]
    .reverse()
    .filter((container) => everything || isUp(container) || container.phase === 'restarting')
    .filter((container) => labels.every((label) => hasLabel(container, label)));
  return json(shown.map((container) => listRow(store, container)));
}

/** `{"label":["a=b"]}`, or the older `{"label":{"a=b":true}}`. */
function wantedLabels(filters: string): readonly string[] {
  const label = object(JSON.parse(filters) as JsonValue)['label'];
  return Array.isArray(label) ? texts(label) : Object.keys(object(label));
}

function hasLabel(container: MemoryContainer, wanted: string): boolean {
  const [key = '', value] = wanted.split('=');
  const label = object(container.config['Labels'])[key];
  return label !== undefined && (value === undefined || label === value);
}

function create(store: Store, { query, body, apiVersion }: Call): Reply {
  const container = createContainer(store, query.get('name') ?? '', body, apiVersion);
  const discards = container.hostConfig['NetworkMode'] === 'host' && container.hostConfig['PortBindings'] !== null;
  const Warnings = discards ? ['Published ports are discarded when using host network mode'] : [];
  return json({ Id: container.id, Warnings }, 201);
}

function inspect(store: Store, { apiVersion }: Call, id: string): Reply {
  const container = findContainer(store, id);
  look(store, container, apiVersion);
  return json(inspectContainer(store, findContainer(store, id)));
}

function processesOf(container: MemoryContainer): JsonObject {
  if (!isUp(container)) throw new Refusal(409, `Container ${container.id} is not running`);
  const row = ['root', '1000', '999', '0', '05:16', '?', '00:00:00', commandLine(container).join(' ')];
  return { Processes: [row], Titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'] };
}

function logs(store: Store, { query }: Call, id: string): Reply {
  const container = findContainer(store, id);
  const streams = ['stdout', 'stderr'].filter((stream) => ['1', 'true'].includes(query.get(stream) ?? ''));
  if (streams.length === 0) throw new Refusal(400, 'Bad parameters: you must choose at least one stream');
  const most = /^\d+$/.test(query.get('tail') ?? '') ? Number(query.get('tail')) : Number.MAX_SAFE_INTEGER;
  const lines = lastLines(container, most).filter(({ stream }) => streams.includes(stream));
  const plain = container.config['Tty'] === true;
  const bytes = Buffer.concat(lines.map((line) => (plain ? Buffer.from(`${line.text}\r\n`) : frame(line))));
  return { kind: 'bytes', status: 200, type: 'application/octet-stream', bytes };
}

/** Eight bytes before each piece: which stream, and how long. */
function frame({ stream, text }: LogLine): Buffer {
  const content = Buffer.from(`${text}\n`);
  const head = Buffer.alloc(8);
  head[0] = stream === 'stdout' ? 1 : 2;
  head.writeUInt32BE(content.length, 4);
  return Buffer.concat([head, content]);
}

function rename(store: Store, { query }: Call, id: string): Reply {
  const container = findContainer(store, id);
  const name = (query.get('name') ?? '').replace(/^\//, '');
  if (name === '') throw new Refusal(400, 'Neither old nor new names may be empty');
  if (name === container.name) throw new Refusal(400, 'Renaming a container with the same name as its current name');
  try {
    reserveName(store, name, `/${name}`);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(error.status, `Error when allocating new name: ${error.message}`);
    throw error;
  }
  // Between two lives its network sandbox is gone, and the engine looks for it (recreate.md L7).
  if (isLooping(container)) throw new Refusal(404, `sandbox ${container.id.split('').reverse().join('')} not found`);
  container.name = name;
  return done(204);
}

function isLooping({ phase, restartCount, conduct }: MemoryContainer): boolean {
  return phase === 'restarting' || (phase === 'running' && restartCount > 0 && conduct?.does === 'exit');
}

function update(store: Store, { body }: Call, id: string): Reply {
  const container = findContainer(store, id);
  if (body['RestartPolicy'] === undefined) return json({ Warnings: null });
  const policy = checkedRestartPolicy(object(body['RestartPolicy']));
  if (container.hostConfig['AutoRemove'] === true)
    throw new Refusal(
      409,
      `Cannot update container ${container.id}: Restart policy cannot be updated because AutoRemove is enabled for the container`,
    );
  if (text(policy['Name']) !== '') container.hostConfig = { ...container.hostConfig, RestartPolicy: policy };
  return json({ Warnings: null });
}

function removeContainer(store: Store, { query }: Call, id: string): Reply {
  const is = (flag: string): boolean => ['1', 'true'].includes(query.get(flag) ?? '');
  return done(remove(store, findContainer(store, id), { force: is('force'), volumes: is('v') }));
}
