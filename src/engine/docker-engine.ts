import { isOlder } from '../model/api-version.ts';
import type { JsonObject } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import { EnforceError } from '../model/errors.ts';
import type { Operation } from '../model/plan.ts';
import type { ContainerInspect, EngineFacts, FileChange } from '../model/snapshot.ts';
import type { Connection, EngineGreeting } from '../transport/connection.ts';
import {
  isFolderStat,
  linkTargetOf,
  readContainer,
  readFacts,
  readFileChanges,
  readImage,
  readImageNames,
  readSummaries,
} from './answers.ts';
import type { Engine } from './engine.ts';
import { parseJson } from './json-text.ts';
import { readLog } from './log-stream.ts';
import { operationRequest } from './operation-request.ts';
import { pathName } from './path-name.ts';
import { isUnderWay, refusal } from './refusal.ts';
import type { EngineAnswer, EngineRequest, OpenStream, SendRequest } from './send-request.ts';
import { requestSender, streamOpener } from './send-request.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const READ = { deadlineMilliseconds: 30_000, maximumBytes: 4 * MIB };
const LONG_LIST = { maximumBytes: 32 * MIB };
/** Oldest API with everything enforce reads: docker 1.12. */
const OLDEST_API = '1.24';
/** Newest API that tells a hardware address a person chose; what speaks a newer one speaks it too. */
const LAST_API_WITH_MAC = '1.51';

/** The engine at the far end of a connection. The API version is the highest the engine itself speaks. */
export async function connectEngine(connection: Connection): Promise<Engine> {
  const send = requestSender(connection);
  const ping = connection.greeting ?? (await send(PING));
  const apiVersion = apiVersionOf(ping);
  const ways = { send, open: streamOpener(connection) };
  return dockerEngine(ways, apiVersion, ping.headers['libpod-api-version'] === undefined ? 'docker' : 'podman');
}

const PING: EngineRequest = { method: 'GET', path: '/_ping', deadlineMilliseconds: 20_000, maximumBytes: 4 * KIB };

function apiVersionOf({ status, headers }: EngineGreeting): string {
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

function dockerEngine(
  { send, open }: { readonly send: SendRequest; readonly open: OpenStream },
  apiVersion: string,
  kind: EngineFacts['kind'],
): Engine {
  const withVersion = (request: EngineRequest): EngineRequest => ({
    ...request,
    path: `/v${apiVersion}${request.path}`,
  });
  const versioned: SendRequest = (request) => send(withVersion(request));
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
  const chosenMac = async (id: string): Promise<string | undefined> => {
    const part = pathName(id);
    if (part === undefined || !isOlder(LAST_API_WITH_MAC, apiVersion)) return undefined;
    const answer = await send({ ...READ, method: 'GET', path: `/v${LAST_API_WITH_MAC}/containers/${part}/json` });
    return answer.status === 200 ? readContainer(json(answer)).Config.MacAddress : undefined;
  };

  /** The container that an operation is about, whose secrets a refusal may quote. */
  const aboutWhich = async (operation: Operation): Promise<object | undefined> => {
    if (operation.kind === 'create') return operation.spec;
    if (operation.kind === 'remove-image') return undefined;
    try {
      const answer = await getOne('containers', operation.id, '/json');
      return answer && readContainer(json(answer));
    } catch {
      return undefined;
    }
  };
  const pathStat = async (id: string, path: string): Promise<unknown> => {
    const { headers } = await versioned({ ...READ, ...archiveAt(id, path), method: 'HEAD' });
    return headers['x-docker-container-path-stat'];
  };

  return {
    async facts(extent) {
      const [version, info] = await Promise.all([get('/version'), extent === 'version' ? undefined : get('/info')]);
      return readFacts(kind, apiVersion, json(version), info === undefined ? {} : json(info));
    },
    async time() {
      const info = json(await get('/info'));
      const text = isJsonObject(info) ? info['SystemTime'] : undefined;
      const told = typeof text === 'string' ? Date.parse(text) : Number.NaN;
      return Number.isNaN(told) ? undefined : told;
    },
    async list() {
      return readSummaries(json(await get('/containers/json', { query: { all: '1' }, ...LONG_LIST })));
    },
    async inspect(id) {
      const [answer, macAddress] = await Promise.all([getOne('containers', id, '/json'), chosenMac(id)]);
      const container = answer && whoWasAsked(id, readContainer(json(answer)));
      return container && macAddress !== undefined
        ? { ...container, Config: { ...container.Config, MacAddress: macAddress } }
        : container;
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
      return isFolderStat(await pathStat(id, path));
    },
    async linkTarget(id, path) {
      return linkTargetOf(await pathStat(id, path));
    },
    async archive(id, path) {
      const answer = await open(
        withVersion({ ...READ, ...archiveAt(id, path), method: 'GET', deadlineMilliseconds: 120_000 }),
      );
      if (!('headers' in answer)) return answer.body;
      if (answer.status === 404) return undefined;
      throw refusal(`GET ${path}`, answer);
    },
    async imageNames(pattern) {
      const filters = JSON.stringify({ reference: [pattern] });
      return readImageNames(json(await get('/images/json', { query: { filters }, ...LONG_LIST })));
    },
    async logs(id, lines) {
      const answer = await versioned({
        ...READ,
        // The engine counts lines, and one may be long: a container must not be able to end its own change by that.
        maximumBytes: 8 * MIB,
        isCutShort: true,
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
      throw refusal(describe(operation), answer, await aboutWhich(operation));
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

function describe(operation: Operation): string {
  switch (operation.kind) {
    case 'create':
      return `create ${operation.name}`;
    case 'remove-image':
      return `remove-image ${operation.reference}`;
    default:
      return `${operation.kind} ${operation.id.slice(0, 12)}`;
  }
}

function archiveAt(id: string, path: string): Pick<EngineRequest, 'path' | 'query'> {
  return { path: `/containers/${encodeURIComponent(id)}/archive`, query: { path } };
}

function json(answer: EngineAnswer | undefined): unknown {
  const text = answer?.body.toString('utf8') ?? 'null';
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof EnforceError) throw error;
    // The error is not kept as the cause: it quotes the answer, which may hold a secret where it breaks off.
    throw new EnforceError('engine', 'the engine answered something that is not JSON', {
      hint: 'a proxy or another program may sit between; look at the address',
    });
  }
}

function object(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new EnforceError('engine', 'the engine answered something other than an object');
  return value;
}
