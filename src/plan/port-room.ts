import { configuredPorts } from '../model/published-ports.ts';
import type { MachineFacts } from '../model/machine.ts';
import type { Container, Protocol, Snapshot } from '../model/snapshot.ts';

/** Which host ports of one host are free for a container that moves. */
export interface PortRoom {
  /** Why a port cannot be taken, to follow "which …"; undefined when it can. */
  whyTaken(port: number, protocol: Protocol, ip: string): string | undefined;
  /** Promises ports to a change, so that no other change of the plan takes them. */
  promise(container: string, ports: readonly PortClaim[]): void;
}

/** Host ports a change needs for itself, from the first to the last. */
export interface PortClaim {
  readonly first: number;
  readonly last: number;
  readonly protocol: Protocol;
  /** As in the engine: empty for every address. */
  readonly ip: string;
}

/** What the kernel gives out by itself where nobody set another range. */
const USUAL_EPHEMERAL = { first: 32_768, last: 60_999 };

interface Taken extends PortClaim {
  readonly by: string;
}

/** The room on a host as its snapshot shows it: bindings of every container, running or not, listeners, and the ephemeral range. */
export function portRoom({ containers, machine }: Snapshot): PortRoom {
  const taken: Taken[] = [...bindingsOf(containers), ...listenersOf(machine)];
  const { ephemeralPorts } = machine;
  const ephemeral = ephemeralPorts.known ? ephemeralPorts.value : USUAL_EPHEMERAL;

  return {
    whyTaken(port, protocol, ip) {
      if (port < 1024 || port > 65535) return 'is not a port between 1024 and 65535';
      if (port >= ephemeral.first && port <= ephemeral.last) {
        const whose = ephemeralPorts.known ? "the host's ephemeral range" : 'the usual ephemeral range';
        const doubt = ephemeralPorts.known ? '' : "; the host's own could not be read";
        return `lies in ${whose} (${ephemeral.first}-${ephemeral.last})${doubt}`;
      }
      return taken.find(
        (row) => row.protocol === protocol && port >= row.first && port <= row.last && overlaps(row.ip, ip),
      )?.by;
    },
    promise(container, ports) {
      for (const claim of ports) taken.push({ ...claim, by: `is promised to container ${container}` });
    },
  };
}

function bindingsOf(containers: readonly Container[]): readonly Taken[] {
  return containers.flatMap(({ name, inspect }) =>
    configuredPorts(inspect).map(({ hostPort, hostPortEnd, protocol, hostIp }) => ({
      by: `is published by container ${name}`,
      first: hostPort,
      last: hostPortEnd,
      protocol,
      ip: hostIp,
    })),
  );
}

/** Sorted, as the kernel lists sockets in no order that lasts. */
function listenersOf({ listeners }: MachineFacts): readonly Taken[] {
  if (!listeners.known) return [];
  return listeners.value
    .map(({ port, protocol, ip, process }) => ({
      by: `is listened on by the host${process === undefined ? '' : ` (${process})`}`,
      first: port,
      last: port,
      protocol,
      ip,
    }))
    .toSorted((a, b) => (a.by < b.by ? -1 : 1));
}

/** Whether two addresses meet: either stands for every address, or both are one. `::` may take IPv4 too, so it counts as all. */
export function overlaps(a: string, b: string): boolean {
  const [one, other] = [plainIp(a), plainIp(b)];
  if (one === '' || other === '' || one === '::' || other === '::') return true;
  if (one === '0.0.0.0') return !other.includes(':');
  if (other === '0.0.0.0') return !one.includes(':');
  return one === other;
}

/** One spelling for every address; an IPv4 address that an IPv6 socket holds is the IPv4 address. */
export function plainIp(ip: string): string {
  if (!ip.includes(':')) return ip;
  // A URL holds an IPv6 address in its shortest form.
  const address = `http://[${ip.replace(/^\[|%.*$|\]$/g, '')}]`;
  const text = URL.canParse(address) ? new URL(address).hostname.slice(1, -1) : ip;
  const mapped = /^::ffff:(?<high>[0-9a-f]{1,4}):(?<low>[0-9a-f]{1,4})$/.exec(text)?.groups;
  if (!mapped) return text;
  return [mapped['high'], mapped['low']]
    .map((group) => Number.parseInt(group ?? '', 16))
    .flatMap((word) => [word >> 8, word & 255])
    .join('.');
}
