import type { JsonObject } from '../../../src/model/json.ts';
import { list, number, object, text } from './fields.ts';
import { Refusal } from './refusal.ts';
import type { MemoryContainer, PublishedRow, Store } from './store.ts';
import { isUp } from './store.ts';

/** Linux hands ports out from here on when none was asked for. */
const FIRST_EPHEMERAL = 32768;

/** The host's sockets for a starting container, or why it cannot have them. */
export function publish(store: Store, container: MemoryContainer, endpointId: string): readonly PublishedRow[] {
  if (!hasOwnPorts(container)) return [];
  const bindings = object(container.hostConfig['PortBindings']);
  const everything = container.hostConfig['PublishAllPorts'] === true;
  const rows: PublishedRow[] = [];
  for (const key of exposedPorts(container)) {
    const asked = list(bindings[key] ?? null);
    const wishes = asked.length === 0 && everything ? [{}] : asked;
    for (const wish of wishes) rows.push(...bind(store, { container, endpointId, key, wish: object(wish), rows }));
  }
  return rows;
}

/** A binding whose port is not exposed is silently none at all on engines up to 28. */
function exposedPorts(container: MemoryContainer): readonly string[] {
  return Object.keys(object(container.config['ExposedPorts'])).sort();
}

/** Whether ports can be published for the container at all. */
function hasOwnPorts(container: MemoryContainer): boolean {
  const mode = text(container.hostConfig['NetworkMode']);
  return mode !== 'host' && mode !== 'none' && !mode.startsWith('container:');
}

interface Binding {
  readonly container: MemoryContainer;
  readonly endpointId: string;
  readonly key: string;
  readonly wish: JsonObject;
  /** What this very start holds already. */
  readonly rows: readonly PublishedRow[];
}

function bind(store: Store, { container, endpointId, key, wish, rows }: Binding): readonly PublishedRow[] {
  const [containerPort = '', protocol = 'tcp'] = key.split('/');
  const ip = text(wish['HostIp']);
  const addresses = ip === '' ? ['0.0.0.0', '::'] : [ip];
  const candidates = wantedPorts(text(wish['HostPort']));
  const row = (port: number, address: string): PublishedRow => ({
    protocol,
    ip: address,
    port,
    containerPort: Number(containerPort),
  });
  const held = [...heldPorts(store), ...rows];
  const port = candidates.find((candidate) =>
    addresses.every((address) => !held.some((other) => overlaps(other, row(candidate, address)))),
  );
  const blame = `driver failed programming external connectivity on endpoint ${container.name} (${endpointId})`;
  const first = addresses[0] ?? '';
  if (port === undefined)
    throw new Refusal(500, `${blame}: Bind for ${first}:${candidates[0] ?? 0} failed: port is already allocated`);
  if (addresses.some((address) => store.foreignListeners.has(`${protocol}/${address}:${port}`)))
    throw new Refusal(
      500,
      `${blame}: Error starting userland proxy: listen ${protocol}4 ${first}:${port}: bind: address already in use`,
    );
  return addresses.map((address) => row(port, address));
}

function wantedPorts(hostPort: string): readonly number[] {
  const [first = 0, last = first] = hostPort.split('-').map(Number);
  if (first === 0) return Array.from({ length: 28_000 }, (_, index) => FIRST_EPHEMERAL + index);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function heldPorts(store: Store): readonly PublishedRow[] {
  return [...store.containers.values()].filter(isUp).flatMap((container) => container.published);
}

function overlaps(a: PublishedRow, b: PublishedRow): boolean {
  if (a.protocol !== b.protocol || a.port !== b.port) return false;
  const sameFamily = a.ip.includes(':') === b.ip.includes(':');
  return sameFamily && (a.ip === b.ip || isEvery(a.ip) || isEvery(b.ip));
}

function isEvery(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}

/** `NetworkSettings.Ports`: what is published now, and null for what is only exposed. */
export function portsNow(container: MemoryContainer): JsonObject {
  if (!isUp(container) || !hasOwnPorts(container)) return {};
  const entries = exposedPorts(container).map((key) => {
    const [port, protocol] = key.split('/');
    const rows = container.published.filter((row) => `${row.containerPort}` === port && row.protocol === protocol);
    return [key, rows.length === 0 ? null : rows.map((row) => ({ HostIp: row.ip, HostPort: `${row.port}` }))] as const;
  });
  return Object.fromEntries(entries);
}

/** The rows of a list: the same, one per socket. */
export function portRows(container: MemoryContainer): readonly JsonObject[] {
  if (!isUp(container)) return [];
  return Object.entries(portsNow(container)).flatMap(([key, rows]) => {
    const [port = '', Type = ''] = key.split('/');
    const PrivatePort = number(Number(port));
    if (rows === null) return [{ PrivatePort, Type }];
    return list(rows).map((row) => ({
      IP: text(object(row)['HostIp']),
      PrivatePort,
      PublicPort: Number(text(object(row)['HostPort'])),
      Type,
    }));
  });
}
