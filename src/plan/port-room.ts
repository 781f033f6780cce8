import { configuredPorts } from '../model/published-ports.ts';
import type { Protocol, Snapshot } from '../model/snapshot.ts';

/** Which host ports of one host are free for a container that moves. */
export interface PortRoom {
  /** Why a port cannot be taken, to follow "which …"; undefined when it can. */
  whyTaken(port: number, protocol: Protocol, ip: string): string | undefined;
  /** Promises ports to a change, so that no other change of the plan takes them. */
  promise(
    container: string,
    ports: readonly { readonly port: number; readonly protocol: Protocol; readonly ip: string }[],
  ): void;
}

/** The room on a host as its snapshot shows it: bindings of every container, running or not, listeners, and the ephemeral range. */
export function portRoom(snapshot: Snapshot): PortRoom {
  const taken: {
    readonly by: string;
    readonly first: number;
    readonly last: number;
    readonly protocol: Protocol;
    readonly ip: string;
  }[] = [];
  for (const { name, inspect } of snapshot.containers) {
    for (const { hostPort, hostPortEnd, protocol, hostIp } of configuredPorts(inspect)) {
      taken.push({ by: `is published by container ${name}`, first: hostPort, last: hostPortEnd, protocol, ip: hostIp });
    }
  }
  if (snapshot.machine.listeners.known) {
    for (const { port, protocol, ip, process } of snapshot.machine.listeners.value) {
      taken.push({
        by: `is listened on by the host${process === undefined ? '' : ` (${process})`}`,
        first: port,
        last: port,
        protocol,
        ip,
      });
    }
  }
  const { ephemeralPorts } = snapshot.machine;

  return {
    whyTaken(port, protocol, ip) {
      if (port < 1024 || port > 65535) return 'is not a port between 1024 and 65535';
      if (ephemeralPorts.known && port >= ephemeralPorts.value.first && port <= ephemeralPorts.value.last) {
        return `lies in the host's ephemeral range (${ephemeralPorts.value.first}-${ephemeralPorts.value.last})`;
      }
      return taken.find(
        (row) => row.protocol === protocol && port >= row.first && port <= row.last && overlaps(row.ip, ip),
      )?.by;
    },
    promise(container, ports) {
      for (const { port, protocol, ip } of ports)
        taken.push({ by: `is promised to container ${container}`, first: port, last: port, protocol, ip });
    },
  };
}

/** Two bindings meet when either stands for every address; `::` may take IPv4 too, so it counts as all. */
function overlaps(a: string, b: string): boolean {
  if (a === '' || b === '' || a === '::' || b === '::') return true;
  if (a === '0.0.0.0') return !b.includes(':');
  if (b === '0.0.0.0') return !a.includes(':');
  return a === b;
}
