import type { JsonObject } from '../../../src/model/json.ts';
import { object, text, texts } from './fields.ts';
import { Refusal } from './refusal.ts';
import type { MemoryContainer, MemoryEndpoint, MemoryNetwork, Store } from './store.ts';
import { findNetwork, isUp } from './store.ts';

/** The networks every engine has. */
export function predefinedNetworks(nextId: () => string): readonly MemoryNetwork[] {
  return [
    { id: nextId(), name: 'bridge', driver: 'bridge', subnet: '172.17.0.0/16', userConfigured: false },
    { id: nextId(), name: 'host', driver: 'host', subnet: '', userConfigured: false },
    { id: nextId(), name: 'none', driver: 'null', subnet: '', userConfigured: false },
  ];
}

/** Adds a network of the user's own. */
export function createNetwork(store: Store, name: string, subnet: string): MemoryNetwork {
  if ([...store.networks.values()].some((network) => network.name === name))
    throw new Refusal(409, `network with name ${name} already exists`);
  const free = `172.${store.networks.size + 15}.0.0/16`;
  const network = {
    id: store.nextId(),
    name,
    driver: 'bridge',
    subnet: subnet || free,
    userConfigured: subnet !== '',
  };
  store.networks.set(network.id, network);
  return network;
}

/** The networks a new container will be on, by what was asked for; nothing is looked up before it starts. */
export function askedEndpoints(
  store: Store,
  mode: string,
  networking: JsonObject,
  apiVersion: number,
): Map<string, MemoryEndpoint> {
  const asked = Object.entries(object(networking['EndpointsConfig']));
  for (const [name, endpoint] of asked) {
    if (endpoint === null) throw new Refusal(400, `no EndpointSettings for ${name}`);
  }
  if (asked.length > 1 && apiVersion < 1.44) {
    const names = asked.map(([name]) => name).sort();
    throw new Refusal(400, `Container cannot be connected to network endpoints: ${names.join(', ')}`);
  }
  if (mode.startsWith('container:')) return new Map();
  const primary = mode === 'default' ? 'bridge' : mode;
  const all = asked.length > 0 ? asked : [[primary, {}] as const];
  return new Map(all.map(([name, request]) => [knownName(store, name), unplugged(object(request))]));
}

function knownName(store: Store, reference: string): string {
  return store.networks.get(reference)?.name ?? reference;
}

function unplugged(request: JsonObject): MemoryEndpoint {
  return { request, aliases: texts(request['Aliases']), networkId: '', endpointId: '', address: '' };
}

const OWN_NETWORKS = ['bridge', 'host', 'none'];

/** Gives a starting container an address on each of its networks, or says which network will not have it. */
export function plugIn(store: Store, container: MemoryContainer, apiVersion: number): void {
  for (const [name, endpoint] of [...container.endpoints])
    container.endpoints.set(name, attached(store, container, { name, endpoint, apiVersion }));
}

/** Takes the addresses back; what was asked for stays. */
export function unplug(container: MemoryContainer): void {
  for (const [name, endpoint] of [...container.endpoints])
    container.endpoints.set(name, { ...endpoint, endpointId: '', address: '' });
}

function attached(
  store: Store,
  container: MemoryContainer,
  {
    name,
    endpoint,
    apiVersion,
  }: { readonly name: string; readonly endpoint: MemoryEndpoint; readonly apiVersion: number },
): MemoryEndpoint {
  // The engine's own have another id after each of its starts, and are found by name.
  const network = findNetwork(store, OWN_NETWORKS.includes(name) ? name : endpoint.networkId || name);
  const fixed = text(object(endpoint.request['IPAMConfig'])['IPv4Address']);
  const own = !OWN_NETWORKS.includes(network.name);
  if (!own && endpoint.aliases.length > 0)
    throw new Refusal(400, 'network-scoped alias is supported only for containers in user defined networks');
  if (fixed !== '' && !network.userConfigured)
    throw new Refusal(
      400,
      own
        ? 'user specified IP address is supported only when connecting to networks with user configured subnets'
        : 'user specified IP address is supported on user defined networks only',
    );
  if (fixed !== '' && addressesOf(store, network).has(fixed)) throw new Refusal(403, 'Address already in use');
  return {
    ...endpoint,
    aliases: own && apiVersion < 1.45 ? withShortId(endpoint.aliases, container.id) : endpoint.aliases,
    networkId: network.id,
    endpointId: store.nextId(),
    address: fixed || freeAddress(store, network),
  };
}

/** Up to API 1.44 the engine adds the short id to the aliases, and shows it from then on. */
function withShortId(aliases: readonly string[], id: string): readonly string[] {
  return [...new Set([...aliases, id.slice(0, 12)])];
}

function addressesOf(store: Store, network: MemoryNetwork): ReadonlySet<string> {
  const endpoints = [...store.containers.values()].flatMap((container) => [...container.endpoints.values()]);
  return new Set(endpoints.filter(({ networkId }) => networkId === network.id).map(({ address }) => address));
}

function freeAddress(store: Store, network: MemoryNetwork): string {
  if (network.subnet === '') return '';
  const taken = addressesOf(store, network);
  const beginning = network.subnet.split('.').slice(0, 3).join('.');
  for (let last = 2; last < 255; last++) {
    if (!taken.has(`${beginning}.${last}`)) return `${beginning}.${last}`;
  }
  throw new Refusal(500, `no available IPv4 addresses on this network's address pools: ${network.name}`);
}

/** `POST /networks/{id}/connect`. For a container that does not run, the network is not even looked up. */
export function connect(
  store: Store,
  reference: string,
  container: MemoryContainer,
  { request, apiVersion }: { readonly request: JsonObject; readonly apiVersion: number },
): void {
  const mode = text(container.hostConfig['NetworkMode']);
  const known = [...store.networks.values()].find(({ id, name }) => id === reference || name === reference);
  const name = known?.name ?? (isUp(container) ? findNetwork(store, reference).name : reference);
  if (name === 'host' || mode === 'host')
    throw new Refusal(400, 'container cannot be disconnected from host network or connected to host network');
  if (mode.startsWith('container:'))
    throw new Refusal(
      400,
      'container sharing network namespace with another container or host cannot be connected to any other network',
    );
  if (isUp(container) && container.endpoints.has(name))
    throw new Refusal(403, `endpoint with name ${container.name} already exists in network ${name}`);
  const asked = unplugged(request);
  const aliases = name !== 'bridge' && apiVersion < 1.45 ? withShortId(asked.aliases, container.id) : asked.aliases;
  const endpoint = { ...asked, aliases };
  container.endpoints.set(
    name,
    isUp(container) ? attached(store, container, { name, endpoint, apiVersion }) : endpoint,
  );
}

/** `POST /networks/{id}/disconnect`. */
export function disconnect(network: MemoryNetwork, container: MemoryContainer): void {
  if (network.name === 'host')
    throw new Refusal(400, 'container cannot be disconnected from host network or connected to host network');
  if (!container.endpoints.delete(network.name))
    throw new Refusal(500, `container ${container.id} is not connected to network ${network.name}`);
}
