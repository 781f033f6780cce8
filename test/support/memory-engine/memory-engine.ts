import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/model/json.ts';
import { isJsonObject } from '../../../src/model/json.ts';
import { parseJson, writeJson } from '../../../src/engine/json-text.ts';
import type { Call, Reply } from './call.ts';
import { createContainer } from './create.ts';
import type { Listening } from './dial.ts';
import { dial } from './dial.ts';
import { reboot, start } from './lifecycle.ts';
import { createNetwork } from './networks.ts';
import type { StoreOptions } from './new-store.ts';
import { newStore } from './new-store.ts';
import { Refusal } from './refusal.ts';
import { answer } from './routes.ts';
import type { EngineIdentity, MemoryContainer, Store } from './store.ts';

/** A request as the log and the fault hook see it. */
export interface EngineCall extends Call {
  /** 1 for the first request of this engine. */
  readonly number: number;
  readonly mutating: boolean;
  /** Name of the container it is about when it comes in; empty where it is about none. */
  readonly subject: string;
}

/**
 * What can go wrong with a request. `cut-before`: the connection breaks and nothing was done; `cut-after`: it was done,
 * the answer is lost; `cut-mid-body`: it was done, half the answer arrives; `hang`: no answer, nothing done;
 * `hang-after`: it was done, no answer.
 */
export type Fault =
  | { readonly status: number; readonly message: string }
  | 'cut-before'
  | 'cut-after'
  | 'cut-mid-body'
  | 'hang'
  | 'hang-after';

/**
 * A Docker engine without containers: it answers the API on a unix socket as engine 20.10.24 does, from memory, so the
 * product's own transport and client run against it. Nothing in it waits: time passes when a container is inspected.
 */
export class MemoryEngine {
  readonly socketPath: string;
  readonly store: Store;
  readonly requests: EngineCall[] = [];
  /** Asked before each request; what it returns happens instead. */
  fault: (call: EngineCall) => Fault | undefined = () => undefined;
  /** Called after each request that was carried out, for tests that watch an invariant. */
  afterEach: (call: EngineCall) => void = () => undefined;
  readonly #folder: string;
  readonly #server: Server;

  static async open(options: StoreOptions = {}): Promise<MemoryEngine> {
    const folder = await mkdtemp(join(tmpdir(), 'enforce-engine-'));
    const engine = new MemoryEngine(folder, options);
    await new Promise<void>((resolve, reject) => {
      engine.#server.once('error', reject);
      engine.#server.listen(engine.socketPath, resolve);
    });
    return engine;
  }

  private constructor(folder: string, options: StoreOptions) {
    this.#folder = folder;
    this.socketPath = join(folder, 'docker.sock');
    this.store = newStore(options);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    // An engine does not hang up on who is slow to ask again.
    this.#server.keepAliveTimeout = 0;
  }

  /** Creates a container, without a request; it is not started. */
  create(name: string, body: JsonObject): MemoryContainer {
    return createContainer(this.store, name, body, Number(this.store.engine.apiVersion));
  }

  /** Creates a container and starts it, without a request. */
  run(name: string, body: JsonObject): MemoryContainer {
    const container = this.create(name, body);
    start(this.store, container, Number(this.store.engine.apiVersion));
    return container;
  }

  /** Adds a network of the user's own. */
  network(name: string, subnet = ''): void {
    createNetwork(this.store, name, subnet);
  }

  /** The container of a name, or undefined. */
  find(name: string): MemoryContainer | undefined {
    return [...this.store.containers.values()].find((container) => container.name === name);
  }

  /** The engine goes down and comes up again: every connection breaks, restart policies decide what runs. */
  reboot(): void {
    this.#server.closeAllConnections();
    reboot(this.store);
  }

  /** Who answers a TCP connection made on the host. */
  dial(ip: string, port: number): Listening | 'nobody-behind' | undefined {
    return dial(this.store, ip, port);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const call = this.#read(request, body);
    this.requests.push(call);
    const fault = this.fault(call);
    if (fault === 'cut-before') return void request.socket.destroy();
    if (fault === 'hang') return;
    const reply =
      typeof fault === 'object'
        ? refused(new Refusal(fault.status, fault.message))
        : this.#carryOut(call, request, body);
    if (typeof fault !== 'object') this.afterEach(call);
    if (fault === 'cut-after') return void request.socket.destroy();
    if (fault === 'hang-after') return;
    this.#send(response, reply, fault === 'cut-mid-body');
  }

  #read({ method = '', url = '' }: IncomingMessage, body: Buffer): EngineCall {
    const { pathname, searchParams } = new URL(url, 'http://engine');
    const [, version, path = pathname] = /^\/v(\d+\.\d+)(\/.*)$/.exec(pathname) ?? [];
    return {
      number: this.requests.length + 1,
      subject: this.store.containers.get(path.split('/')[2] ?? '')?.name ?? searchParams.get('name') ?? '',
      mutating: method !== 'GET' && method !== 'HEAD',
      method,
      path,
      apiVersion: Number(version ?? this.store.engine.apiVersion),
      query: searchParams,
      body: parsedOrEmpty(body.toString('utf8')),
      bytes: body,
    };
  }

  #carryOut(call: EngineCall, request: IncomingMessage, body: Buffer): Reply {
    try {
      refuseVersion(this.store.engine, call.apiVersion);
      refuseBody(call, request, body);
      return answer(this.store, call);
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  }

  #send(response: ServerResponse, reply: Reply, halfOnly: boolean): void {
    const { apiVersion, version, kind } = this.store.engine;
    const bytes =
      reply.kind === 'json'
        ? Buffer.from(writeJson(reply.value))
        : reply.kind === 'bytes'
          ? reply.bytes
          : Buffer.alloc(0);
    response.writeHead(reply.status, {
      'Api-Version': apiVersion,
      ...(kind === 'podman' ? { 'Libpod-Api-Version': version } : {}),
      ...(reply.kind === 'empty' ? reply.headers : {}),
      Server: kind === 'podman' ? `Libpod/${version} (linux)` : `Docker/${version} (linux)`,
      ...(reply.kind === 'empty' ? {} : { 'Content-Type': reply.kind === 'json' ? 'application/json' : reply.type }),
      ...(reply.status === 204 || reply.status === 304 ? {} : { 'Content-Length': bytes.length }),
    });
    if (!halfOnly) return void response.end(bytes);
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parsedOrEmpty(body: string): JsonObject {
  try {
    const value = parseJson(body);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

function refuseVersion({ apiVersion, minimumApiVersion }: EngineIdentity, asked: number): void {
  if (asked > Number(apiVersion))
    throw new Refusal(400, `client version ${asked} is too new. Maximum supported API version is ${apiVersion}`);
  if (asked < Number(minimumApiVersion))
    throw new Refusal(
      400,
      `client version ${asked} is too old. Minimum supported API version is ${minimumApiVersion}, please upgrade your client to a newer version`,
    );
}

function refuseBody({ method, path }: EngineCall, { headers }: IncomingMessage, body: Buffer): void {
  if (method !== 'POST') return;
  const type = headers['content-type'] ?? '';
  if (body.length > 0 && !type.startsWith('application/json'))
    throw new Refusal(400, `Content-Type specified (${type}) must be 'application/json'`);
  if (body.length === 0 && path === '/containers/create') throw new Refusal(500, 'EOF');
}

function refused({ status, message }: Refusal): Reply {
  return { kind: 'json', status, value: { message } };
}
