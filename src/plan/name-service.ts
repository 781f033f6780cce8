import { matchesGlob } from '../model/glob.ts';
import type { HostNetwork, Listener } from '../model/machine.ts';
import type { Blocked } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import { configuredPorts } from '../model/published-ports.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { addressesOf, isLoopback, isSameIp } from '../model/container-addresses.ts';
import { overlaps } from '../model/overlaps.ts';

/** A container that the host itself asks for names: without it, and with it on another port, nothing there finds anything. */
export function servesNames(container: Container, snapshot: Snapshot, { containers }: Playbook): Blocked | undefined {
  const { network, listeners } = snapshot.machine;
  if (!network.known || containers.notInTheWay.some((glob) => matchesGlob(glob, container.name))) return undefined;
  const server = network.value.nameServers.find((ip) =>
    answersAt(ip, container, network.value, listeners.known ? listeners.value : []),
  );
  if (server === undefined) return undefined;
  return {
    because: `the host itself asks it for names (nameserver ${server} in its resolv.conf): while it is away, and on another port, nothing on the host resolves`,
    hint: `give the host another name server first; if ${container.name} is not the one, name it in the playbook under containers.not_in_the_way`,
  };
}

const DNS = 53;

function answersAt(
  server: string,
  container: Container,
  { addresses }: HostNetwork,
  listeners: readonly Listener[],
): boolean {
  if (addressesOf(container).some((ip) => isSameIp(ip, server))) return true;
  if (!isLoopback(server) && !addresses.some((ip) => isSameIp(ip, server))) return false;
  const isPublished = configuredPorts(container.inspect).some(
    ({ hostPort, hostPortEnd, hostIp, protocol }) =>
      protocol !== 'sctp' && hostPort <= DNS && DNS <= hostPortEnd && overlaps(hostIp, server),
  );
  return (
    isPublished ||
    listeners.some(({ port, ip, containerId }) => port === DNS && containerId === container.id && overlaps(ip, server))
  );
}
