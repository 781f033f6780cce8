import type { PublishedPort } from '../model/finding.ts';
import type { Edit, PortMove } from '../model/plan.ts';
import type { PortSettings } from '../model/playbook.ts';
import type { PortBinding, PortBindings, Protocol } from '../model/snapshot.ts';
import { overlaps } from '../model/overlaps.ts';
import type { PortClaim, PortRoom } from './port-room.ts';

/** New host ports for the privileged ones, or why there are none. The choice depends on nothing but its arguments. */
export type PortChoice =
  | {
      readonly ok: true;
      readonly edit: Edit;
      readonly moves: readonly PortMove[];
      /** Every new port, the whole of a range. */
      readonly claims: readonly PortClaim[];
    }
  | { readonly ok: false; readonly because: string; readonly hint: string };

/**
 * Moves each violating port to the one the playbook maps it to, else by its offset. Every binding of one port and
 * protocol moves to the same new port, whatever its address. A new port that is not free is a reason to stop, never to
 * try the next: the operator must know beforehand where the service will be.
 */
export function choosePorts(
  before: PortBindings,
  violating: readonly PublishedPort[],
  settings: PortSettings,
  room: PortRoom,
): PortChoice {
  const moved: Moved[] = [];
  const count = violating.reduce((sum, { hostPort, hostPortEnd }) => sum + hostPortEnd - hostPort + 1, 0);
  if (count > MOST_PORTS) return tooMany(count);
  const after: [string, readonly PortBinding[] | null][] = [];

  for (const [key, bindings] of Object.entries(before)) {
    const { containerPort, protocol } = parseKey(key);
    const kept: PortBinding[] = [];
    for (const binding of bindings ?? []) {
      const range = parseRange(binding.HostPort ?? '');
      const port = range && violating.find((candidate) => isSame(candidate, range, containerPort, protocol));
      if (!range || !port) {
        kept.push(binding);
        continue;
      }
      if (range.last - range.first >= MOST_PORTS) return tooMany(range.last - range.first + 1);
      const distance = distanceFor(range, settings);
      if (distance === undefined) return noPort(range.first, protocol);
      const own: Moved = { port, range, distance, protocol, ip: binding.HostIp ?? '' };
      const taken = whyNot(own, moved, room);
      if (taken) return taken;
      moved.push(own);
      kept.push({ ...binding, HostPort: shifted(range, distance) });
    }
    after.push([key, bindings === null ? null : kept]);
  }
  const unmoved = violating.find((port) => !moved.some((own) => own.port === port || isSamePort(own.port, port)));
  if (unmoved) return noBinding(unmoved);
  return {
    ok: true,
    edit: {
      path: 'HostConfig.PortBindings',
      before: before as Edit['before'],
      after: Object.fromEntries(after) as Edit['after'],
    },
    // The engine has its keys in the order of their letters.
    moves: moved.map(moveOf).toSorted((a, b) => a.from - b.from),
    claims: moved.map(claimOf),
  };
}

/** More than people map, and few enough to hold each against all the others. */
const MOST_PORTS = 2_048;

interface HostRange {
  readonly first: number;
  readonly last: number;
}

/** One binding on its way: the finding it mends, where it is now and how far it goes. */
interface Moved {
  readonly port: PublishedPort;
  readonly range: HostRange;
  readonly distance: number;
  readonly protocol: Protocol;
  readonly ip: string;
}

function parseKey(key: string): { readonly containerPort: number; readonly protocol: Protocol } {
  const [port = '', protocol = 'tcp'] = key.toLowerCase().split('/');
  return { containerPort: Number(port), protocol: protocol as Protocol };
}

function parseRange(hostPort: string): HostRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(hostPort);
  if (!match) return undefined;
  const first = Number(match[1]);
  return first === 0 ? undefined : { first, last: Number(match[2] ?? first) };
}

/** A running container's evidence names the port the engine picked; the binding may say a range that holds it. */
function isSame(port: PublishedPort, range: HostRange, containerPort: number, protocol: Protocol): boolean {
  return (
    port.protocol === protocol &&
    port.containerPort === containerPort &&
    port.hostPort >= range.first &&
    port.hostPort <= range.last
  );
}

function distanceFor({ first }: HostRange, { map, otherwise }: PortSettings): number | undefined {
  const mapped = map.get(first);
  return mapped === undefined ? otherwise : mapped - first;
}

function whyNot(own: Moved, others: readonly Moved[], room: PortRoom): PortChoice | undefined {
  const { range, distance, protocol, ip } = own;
  for (let port = range.first; port <= range.last; port++) {
    const taken = room.whyTaken(port + distance, protocol, ip) ?? whyOwn(port + distance, own, others);
    if (taken !== undefined)
      return {
        ok: false,
        because: `${port}/${protocol} would move to ${port + distance}, which ${taken}`,
        hint: `map ${port} to a free port under rules.privileged-host-port.map`,
      };
  }
  return undefined;
}

/** Bindings that go the same way stay apart, or together, as they are. */
function whyOwn(port: number, { distance, protocol, ip }: Moved, others: readonly Moved[]): string | undefined {
  const other = others.find(
    (one) =>
      one.distance !== distance &&
      one.protocol === protocol &&
      port >= one.range.first + one.distance &&
      port <= one.range.last + one.distance &&
      overlaps(one.ip, ip),
  );
  return other && `its own ${other.range.first}/${protocol} would move to as well`;
}

function shifted({ first, last }: HostRange, distance: number): string {
  return first === last ? String(first + distance) : `${first + distance}-${last + distance}`;
}

function tooMany(count: number): PortChoice {
  return {
    ok: false,
    because: `it publishes ${count} ports by bindings that begin below 1024; more than ${MOST_PORTS} are not moved`,
    hint: 'recreate it by hand, or write an exception',
  };
}

function noPort(port: number, protocol: Protocol): PortChoice {
  return {
    ok: false,
    because: `the playbook has no new port for ${port}/${protocol}`,
    hint: `add ${port} to rules.privileged-host-port.map, or set otherwise`,
  };
}

/** The rows of one binding, an IPv4 and an IPv6 one, are one port. */
function isSamePort(a: PublishedPort, b: PublishedPort): boolean {
  return a.protocol === b.protocol && a.containerPort === b.containerPort && a.hostPort === b.hostPort;
}

function noBinding({ hostPort, protocol, containerPort }: PublishedPort): PortChoice {
  return {
    ok: false,
    because: `nothing in its configuration tells why ${hostPort}/${protocol} leads to its port ${containerPort}`,
    hint: 'recreate it by hand, or write an exception',
  };
}

/** The port that clients use now: of a range the one the engine picked, while the container runs. */
function moveOf({ port, distance, protocol, ip }: Moved): PortMove {
  const { hostPort, containerPort } = port;
  return { protocol, ip, from: hostPort, to: hostPort + distance, containerPort };
}

function claimOf({ range, distance, protocol, ip }: Moved): PortClaim {
  return { first: range.first + distance, last: range.last + distance, protocol, ip };
}
