import { isOlder } from '../model/api-version.ts';
import type { JsonObject } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import { EnforceError } from '../model/errors.ts';
import type { Operation } from '../model/plan.ts';
import type { ContainerInspect, EngineFacts, FileChange } from '../model/snapshot.ts';
import type { Connection } from '../transport/connection.ts';
import { isFolderStat, readContainer, readFacts, readFileChanges, readImage, readSummaries } from './answers.ts';
import type { Engine } from './engine.ts';
import { parseJson } from './json-text.ts';
import { readLog } from './log-stream.ts';
import { operationRequest } from './operation-request.ts';
import { pathName } from './path-name.ts';
import type { EngineAnswer, EngineRequest, SendRequest } from './send-request.ts';
import { requestSender } from './send-request.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const READ = { deadlineMilliseconds: 30_000, maximumBytes: 4 * MIB };
const LONG_LIST = { maximumBytes: 32 * MIB };
/** Oldest API with everything enforce reads: docker 1.12. */
const OLDEST_API = '1.24';

/** The engine at the far end of a connection. The API version is the highest the engine itself speaks. */
export async function connectEngine(connection: Connection): Promise<Engine> {
  const send = requestSender(connection);
  const ping = await send({ method: 'GET', path: '/_ping', deadlineMilliseconds: 20_000, maximumBytes: 4 * KIB });
  const apiVersion = apiVersionOf(ping);
  return dockerEngine(send, apiVersion, ping.headers['libpod-api-version'] === undefined ? 'docker' : 'podman');
}

function apiVersionOf({ status, headers }: EngineAnswer): string {
  const announced = headers['api-version'];
  const apiVersion = typeof announced === 'string' && /^\d+\.\d+$/.test(announced) ? announced : undefined;
  if (apiVersion === undefined) {
    throw new EnforceError('engine', `what answers is not a Docker engine (status ${status}, no Api-Version)`, {
      hint: 'see that the address is that of a Docker engine and not of another HTTP service',
    });
  }
  if (isOlder(apiVersion, OLDEST_API)) {
    throw new EnforceError(
      'engine-too-old',
      `the engine speaks API ${apiVersion}; enforce needs ${OLDEST_API} (Docker 1.12) or newer`,
      {
        hint: 'upgrade Docker on this host, or leave the host out with --limit',
      },
    );
  }
  return apiVersion;
}

function dockerEngine(send: SendRequest, apiVersion: string, kind: EngineFacts['kind']): Engine {
  const versioned: SendRequest = (request) => send({ ...request, path: `/v${apiVersion}${request.path}` });
  const get = async (path: string, bounds: Partial<EngineRequest> = {}): Promise<EngineAnswer | undefined> => {
    const answer = await versioned({ ...READ, ...bounds, method: 'GET', path });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refusal(`GET ${path}`, answer);
    return answer;
  };
  const getOne: GetOne = async (kind, name, more = '', bounds = {}) => {
    const part = pathName(name);
    return part === undefined ? undefined : get(`/${kind}/${part}${more}`, bounds);
  };

  return {
    async facts() {
      const [version, info] = await Promise.all([get('/version'), get('/info')]);
      return readFacts(kind, apiVersion, json(version), json(info));
    },
    async list() {
      return readSummaries(json(await get('/containers/json', { query: { all: '1' }, ...LONG_LIST })));
    },
    async inspect(id) {
      const answer = await getOne('containers', id, '/json');
      return answer && whoWasAsked(id, readContainer(json(answer)));
    },
    async image(reference) {
      const answer = await getOne('images', reference, '/json');
      return answer && readImage(json(answer));
    },
    async network(reference) {
      const answer = await getOne('networks', reference);
      return answer && object(json(answer));
    },
    async hasVolume(name) {
      return (await getOne('volumes', name)) !== undefined;
    },
    async changes(id): Promise<readonly FileChange[] | undefined> {
      const answer = await getOne('containers', id, '/changes', { ...LONG_LIST, deadlineMilliseconds: 120_000 });
      return answer && readFileChanges(json(answer));
    },
    async isFolder(id, path) {
      const { headers } = await versioned({
        ...READ,
        method: 'HEAD',
        path: `/containers/${encodeURIComponent(id)}/archive`,
        query: { path },
      });
      return isFolderStat(headers['x-docker-container-path-stat']);
    },
    async logs(id, lines) {
      const answer = await versioned({
        ...READ,
        // The engine counts lines, and one may be long.
        ...LONG_LIST,
        method: 'GET',
        path: `/containers/${encodeURIComponent(id)}/logs`,
        query: { stdout: '1', stderr: '1', tail: String(lines) },
      });
      return answer.status === 200 ? readLog(answer.body).slice(-256 * KIB) : '';
    },
    async run(operation) {
      const { request, fine } = operationRequest(operation);
      const answer = await versioned({ ...READ, ...request });
      if (isDone(answer.status) || fine.includes(answer.status)) return;
      if (isUnderWay(answer)) throw new EnforceError('engine', `the engine still works on ${describe(operation)}`);
      throw refusal(describe(operation), answer);
    },
  };
}

/** What an engine has under a name; undefined when it has nothing, or when nothing can be called so. */
type GetOne = (
  kind: 'containers' | 'images' | 'networks' | 'volumes',
  name: string,
  more?: string,
  bounds?: Partial<EngineRequest>,
) => Promise<EngineAnswer | undefined>;

/** On a connection that has got out of step an answer is another question's; nothing may be decided on it. */
function whoWasAsked(id: string, container: ContainerInspect): ContainerInspect {
  if (container.Id === id || !/^[0-9a-f]{64}$/.test(id)) return container;
  throw new EnforceError('unreachable', `asked for container ${id.slice(0, 12)}, the engine told of another`, {
    hint: 'a proxy may sit between and mix up its answers',
  });
}

/** 304 says that it was so already. A redirection is no answer: nothing was done where it was asked. */
function isDone(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304;
}

/** The engine does already what it is asked for: no refusal, but how it ends is still to be seen (recreate.md L14). */
function isUnderWay({ status, body }: EngineAnswer): boolean {
  return status === 409 && /^removal of container \S+ is already in progress$/.test(messageOf(body));
}

function describe(operation: Operation): string {
  return operation.kind === 'create' ? `create ${operation.name}` : `${operation.kind} ${operation.id.slice(0, 12)}`;
}

function refusal(what: string, { status, body }: EngineAnswer): EnforceError {
  return new EnforceError('engine-refused', `the engine refused ${what}: ${messageOf(body)} (HTTP ${status})`);
}

function messageOf(body: Buffer): string {
  const text = body
    .subarray(0, 4 * KIB)
    .toString('utf8')
    .trim();
  try {
    const parsed = parseJson(text);
    if (isJsonObject(parsed) && typeof parsed['message'] === 'string') return parsed['message'].trim();
  } catch {
    return text === '' ? 'no reason given' : text;
  }
  return text;
}

function json(answer: EngineAnswer | undefined): unknown {
  const text = answer?.body.toString('utf8') ?? 'null';
  try {
    return parseJson(text);
  } catch (error) {
    throw new EnforceError('engine', 'the engine answered something that is not JSON', {
      hint: 'a proxy or another program may sit between; look at the address',
      cause: error,
    });
  }
}

function object(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new EnforceError('engine', 'the engine answered something other than an object');
  return value;
}
