import type { JsonObject } from '../../../src/model/json.ts';
import type { Call, Reply, Route } from './call.ts';
import { done, json } from './call.ts';
import { CONTAINER_ROUTES } from './container-routes.ts';
import { infoOf, versionOf } from './engine-facts.ts';
import { object, text } from './fields.ts';
import { FILE_ROUTES } from './file-routes.ts';
import { inspectImage, inspectNetwork } from './inspect.ts';
import { connect, createNetwork, disconnect } from './networks.ts';
import { Refusal } from './refusal.ts';
import type { MemoryVolume, Store } from './store.ts';
import { findContainer, findImage, findNetwork } from './store.ts';

/** What the engine does about a request; a Refusal is thrown where it says no. */
export function answer(store: Store, call: Call): Reply {
  for (const [method, pattern, handle] of ROUTES) {
    const match = method === call.method ? pattern.exec(call.path) : null;
    if (match) return handle(store, call, decodeURIComponent(match[1] ?? ''));
  }
  throw new Refusal(404, 'page not found');
}

const ROUTES: readonly Route[] = [
  [
    'GET',
    /^\/_ping$/,
    () => ({ kind: 'bytes', status: 200, type: 'text/plain; charset=utf-8', bytes: Buffer.from('OK') }),
  ],
  ['GET', /^\/version$/, (store) => json(versionOf(store))],
  ['GET', /^\/info$/, (store) => json(infoOf(store))],
  ['GET', /^\/images\/(.+)\/json$/, inspectImageByName],
  [
    'GET',
    /^\/networks$/,
    (store) => json([...store.networks.values()].map((network) => inspectNetwork(store, network))),
  ],
  ['POST', /^\/networks\/create$/, addNetwork],
  ['GET', /^\/networks\/([^/]+)$/, (store, _call, name) => json(inspectNetwork(store, findNetwork(store, name)))],
  ['DELETE', /^\/networks\/([^/]+)$/, removeNetwork],
  ['POST', /^\/networks\/([^/]+)\/connect$/, connectContainer],
  ['POST', /^\/networks\/([^/]+)\/disconnect$/, disconnectContainer],
  ['GET', /^\/volumes$/, (store) => json({ Volumes: [...store.volumes.values()].map(volumeRow), Warnings: null })],
  ['GET', /^\/volumes\/([^/]+)$/, inspectVolume],
  ['DELETE', /^\/volumes\/([^/]+)$/, removeVolume],
  ...FILE_ROUTES,
  ...CONTAINER_ROUTES,
];

function inspectImageByName(store: Store, _call: Call, name: string): Reply {
  const image = findImage(store, name);
  if (!image) throw new Refusal(404, `no such image: ${name}: No such image: ${name}`);
  return json(inspectImage(image));
}

function addNetwork(store: Store, { body }: Call): Reply {
  const [config] = (object(body['IPAM'])['Config'] ?? []) as readonly JsonObject[];
  const network = createNetwork(store, text(body['Name']), text(config?.['Subnet']));
  return json({ Id: network.id, Warning: '' }, 201);
}

function removeNetwork(store: Store, _call: Call, name: string): Reply {
  const network = findNetwork(store, name);
  const holders = [...store.containers.values()].filter(
    (container) => container.endpoints.get(network.name)?.endpointId,
  );
  if (holders.length > 0)
    throw new Refusal(403, `error while removing network: network ${name} id ${network.id} has active endpoints`);
  store.networks.delete(network.id);
  return done(204);
}

function connectContainer(store: Store, { body, apiVersion }: Call, name: string): Reply {
  const container = findContainer(store, text(body['Container']));
  connect(store, name, container, { request: object(body['EndpointConfig']), apiVersion });
  return done(200);
}

function disconnectContainer(store: Store, { body }: Call, name: string): Reply {
  disconnect(findNetwork(store, name), findContainer(store, text(body['Container'])));
  return done(200);
}

function inspectVolume(store: Store, _call: Call, name: string): Reply {
  const volume = store.volumes.get(name);
  if (!volume) throw new Refusal(404, `get ${name}: no such volume`);
  return json(volumeRow(volume));
}

function volumeRow({ name, createdAt }: MemoryVolume): JsonObject {
  return {
    CreatedAt: createdAt,
    Driver: 'local',
    Labels: null,
    Mountpoint: `/var/lib/docker/volumes/${name}/_data`,
    Name: name,
    Options: null,
    Scope: 'local',
  };
}

function removeVolume(store: Store, _call: Call, name: string): Reply {
  if (!store.volumes.has(name)) throw new Refusal(404, `get ${name}: no such volume`);
  const users = [...store.containers.values()].filter(({ mounts }) => mounts.some(({ Name }) => Name === name));
  if (users.length > 0)
    throw new Refusal(409, `remove ${name}: volume is in use - [${users.map(({ id }) => id).join(', ')}]`);
  store.volumes.delete(name);
  return done(204);
}
