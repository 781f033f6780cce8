import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';
import type { ContainerSpec } from '../../src/model/plan.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { openConnection } from '../../src/transport/connect.ts';
import { callEngine } from '../support/call-engine.ts';
import { text, texts } from '../support/memory-engine/fields.ts';

/** An engine the contract is held against. */
export interface EngineUnderContract {
  readonly socketPath: string;
  /** Busybox with a web server as its command. */
  readonly image: string;
  /** Every name the contract makes begins with it. */
  readonly prefix: string;
  /** Time for the engine to get on between two looks. */
  readonly pause: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The product's own engine on that socket, and the few shortcuts the sentences are written with. */
export interface Workbench {
  readonly engine: Engine;
  readonly image: string;
  /** The engine's own name of what the sentence calls `shop`. */
  readonly named: (name: string) => string;
  readonly spec: (more?: JsonObject, host?: JsonObject) => ContainerSpec;
  /** Creates a container and gives its id. */
  readonly create: (name: string, spec: ContainerSpec) => Promise<string>;
  readonly start: (id: string) => Promise<void>;
  readonly stop: (id: string) => Promise<void>;
  /** The container of an id, which must be there. */
  readonly look: (id: string) => Promise<ContainerInspect>;
  /** Looks until what is wanted is so; the last look, so or not. */
  readonly lookUntil: (id: string, holds: (container: ContainerInspect) => boolean) => Promise<ContainerInspect>;
  readonly network: (name: string, subnet?: string) => Promise<void>;
  readonly call: (method: string, path: string, body?: JsonValue) => Promise<{ status: number; body: JsonValue }>;
  /** Removes every container, volume and network of the prefix. */
  readonly tidy: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens the way to an engine as the product does: its transport, its client, its operations. */
export async function workbench(under: EngineUnderContract): Promise<Workbench> {
  const { socketPath, image, prefix } = under;
  const connection = await openConnection(
    { name: 'contract', address: { kind: 'unix', path: socketPath }, groups: ['all'] },
    {
      homeFolder: '/nonexistent',
      userName: 'demo',
      sshAgentSocket: undefined,
      deadlineMilliseconds: 20_000,
      keepaliveMilliseconds: 10_000,
      signal: new AbortController().signal,
    },
  );
  const engine = await connectEngine(connection);
  const named = (name: string): string => `${prefix}${name}`;
  const call: Workbench['call'] = (method, path, body) => callEngine(socketPath, method, path, body);
  const look = async (id: string): Promise<ContainerInspect> => {
    const container = await engine.inspect(id);
    if (!container) throw new Error(`there is no container ${id}`);
    return container;
  };
  return {
    engine,
    image,
    named,
    call,
    look,
    // A small init takes the stop signal; process 1 alone would ignore it and cost ten seconds a stop.
    spec: (more = {}, host = {}) => ({ Image: image, ...more, HostConfig: { Init: true, ...host } }),
    async create(name, spec) {
      await engine.run({ kind: 'create', name: named(name), spec });
      const made = (await engine.list()).find(({ names }) => names.includes(named(name)));
      if (!made) throw new Error(`${name} is not in the list`);
      return made.id;
    },
    start: (id) => engine.run({ kind: 'start', id }),
    stop: (id) => engine.run({ kind: 'stop', id, timeoutSeconds: 10 }),
    async lookUntil(id, holds) {
      for (let tries = 0; tries < 200; tries++) {
        const container = await look(id);
        if (holds(container)) return container;
        await under.pause();
      }
      return look(id);
    },
    async network(name, subnet) {
      const pools = subnet === undefined ? {} : { IPAM: { Config: [{ Subnet: subnet }] } };
      await call('POST', '/networks/create', { Name: named(name), Driver: 'bridge', ...pools });
    },
    tidy: () => removeAll(call, prefix),
    async close() {
      await connection.close();
      await under.close();
    },
  };
}

async function removeAll(call: Workbench['call'], prefix: string): Promise<void> {
  const containers = await rows(call, '/containers/json?all=1');
  for (const { Id, Names } of containers) {
    const isOurs = texts(Names).some((name) => name.startsWith(`/${prefix}`));
    if (isOurs) await call('DELETE', `/containers/${text(Id)}?force=1&v=1`);
  }
  for (const { Id, Name } of await rows(call, '/networks')) {
    if (text(Name).startsWith(prefix)) await call('DELETE', `/networks/${text(Id)}`);
  }
  const { body } = await call('GET', '/volumes');
  const volumes = isJsonObject(body) && Array.isArray(body['Volumes']) ? body['Volumes'].filter(isJsonObject) : [];
  for (const { Name } of volumes) {
    if (text(Name).startsWith(prefix)) await call('DELETE', `/volumes/${text(Name)}`);
  }
}

async function rows(call: Workbench['call'], path: string): Promise<readonly JsonObject[]> {
  const { body } = await call('GET', path);
  return Array.isArray(body) ? body.filter(isJsonObject) : [];
}
