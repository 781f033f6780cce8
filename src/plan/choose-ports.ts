import type { PublishedPort } from '../model/finding.ts';
import type { Edit, PortMove } from '../model/plan.ts';
import type { PortSettings } from '../model/playbook.ts';
import type { PortBinding, PortBindings, Protocol } from '../model/snapshot.ts';
import type { PortRoom } from './port-room.ts';

/** New host ports for the privileged ones, or why there are none. The choice depends on nothing but its arguments. */
export type PortChoice =
  | { readonly ok: true; readonly edit: Edit; readonly moves: readonly PortMove[] }
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
  const moves: PortMove[] = [];
  const after: Record<string, readonly PortBinding[] | null> = {};

  for (const [key, bindings] of Object.entries(before)) {
    const { containerPort, protocol } = parseKey(key);
    const moved: PortBinding[] = [];
    for (const binding of bindings ?? []) {
      const range = parseRange(binding.HostPort ?? '');
      if (!range || !violating.some((port) => isSame(port, range, containerPort, protocol))) {
        moved.push(binding);
        continue;
      }
      const distance = distanceFor(range, settings);
      if (distance === undefined) return noPort(range.first, protocol);
      for (let port = range.first; port <= range.last; port++) {
        const taken = room.whyTaken(port + distance, protocol, binding.HostIp ?? '');
        if (taken !== undefined)
          return {
            ok: false,
            because: `${port}/${protocol} would move to ${port + distance}, which ${taken}`,
            hint: `map ${port} to a free port under rules.privileged-host-port.map`,
          };
      }
      moved.push({ ...binding, HostPort: shifted(range, distance) });
      moves.push({ protocol, ip: binding.HostIp ?? '', from: range.first, to: range.first + distance, containerPort });
    }
    after[key] = bindings === null ? null : moved;
  }
  return {
    ok: true,
    edit: { path: 'HostConfig.PortBindings', before: before as Edit['before'], after: after as Edit['after'] },
    moves,
  };
}

interface HostRange {
  readonly first: number;
  readonly last: number;
}

function parseKey(key: string): { readonly containerPort: number; readonly protocol: Protocol } {
  const [port = '', protocol = 'tcp'] = key.split('/');
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

function shifted({ first, last }: HostRange, distance: number): string {
  return first === last ? String(first + distance) : `${first + distance}-${last + distance}`;
}

function noPort(port: number, protocol: Protocol): PortChoice {
  return {
    ok: false,
    because: `the playbook has no new port for ${port}/${protocol}`,
    hint: `add ${port} to rules.privileged-host-port.map, or set otherwise`,
  };
}
