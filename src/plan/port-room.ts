import { parseRoleName } from '../model/names.ts';
import { configuredPorts } from '../model/published-ports.ts';
import { overlaps } from '../model/overlaps.ts';
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
      by: isUnfinished(name)
        ? `is published by container ${name}, of a change that was left unfinished; enforce apply ends it first`
        : `is published by container ${name}`,
      first: hostPort,
      last: hostPortEnd,
      protocol,
      ip: hostIp,
    })),
  );
}

function isUnfinished(name: string): boolean {
  return parseRoleName(name)?.role === 'new';
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
