import { matchesGlob } from '../model/glob.ts';
import type { Login } from '../model/machine.ts';
import { networkHolder } from '../model/network-holder.ts';
import type { Blocked } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import { configuredPorts } from '../model/published-ports.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { addressesOf, isSameIp, isLoopback } from '../model/container-addresses.ts';
import { engineAccess } from './engine-access.ts';
import { imageName } from './image-name.ts';
import { isInside } from './itself.ts';
import { tunnelSign } from './tunnels.ts';

/**
 * Whether the way by which enforce reaches a host leads, or may lead, through a container of that host: once it stops,
 * nobody is left who could start the next one. A playbook can say that a container is not in the way.
 */
export function carriesConnection(
  container: Container,
  snapshot: Snapshot,
  { containers }: Playbook,
): Blocked | undefined {
  if (containers.notInTheWay.some((glob) => matchesGlob(glob, container.name))) return undefined;
  for (const way of WAYS) {
    const because = way(container, snapshot);
    if (because !== undefined) return { because: `${because}: ${STOPPING}`, hint: hintFor(container) };
  }
  return undefined;
}

const STOPPING = 'stopping it could end the connection in the middle of the change';

function hintFor({ name }: Container): string {
  return `run enforce on the host itself, or reach it another way; if ${name} has no part in it, name it in the playbook under containers.not_in_the_way`;
}

/** One way a container can carry the connection; the reason begins a sentence. */
type Way = (container: Container, snapshot: Snapshot) => string | undefined;

const WAYS: readonly Way[] = [publishes, hasEndpoint, listens, holdsShell, servesEngine, tunnels];

/** A container that joins another's network shares the ports that lead there. */
function publishes(container: Container, snapshot: Snapshot): string | undefined {
  const holder = networkHolder(container, snapshot.containers);
  const way = waysIn(snapshot).find((port) => holder && hasPort(holder, port));
  if (way === undefined) return undefined;
  const which =
    holder === container ? 'it publishes' : `it shares the network of ${holder?.name ?? ''}, which publishes`;
  return `${which} port ${way}, by which enforce reaches this host`;
}

function hasPort({ inspect }: Container, way: number): boolean {
  return configuredPorts(inspect).some(
    ({ hostPort, hostPortEnd, protocol }) => protocol === 'tcp' && way >= hostPort && way <= hostPortEnd,
  );
}

/** Behind a container that passes connections on, its address is the one that sshd sees. */
function hasEndpoint(container: Container, snapshot: Snapshot): string | undefined {
  const login = loginOf(snapshot);
  const holder = networkHolder(container, snapshot.containers);
  if (!login || !holder) return undefined;
  const own = addressesOf(holder);
  if (own.some((ip) => isSameIp(ip, login.serverIp)))
    return `the connection of enforce ends at its address ${login.serverIp}`;
  if (own.some((ip) => isSameIp(ip, login.clientIp)))
    return `the connection of enforce comes from its address ${login.clientIp}`;
  return undefined;
}

function listens(container: Container, snapshot: Snapshot): string | undefined {
  const { listeners } = snapshot.machine;
  if (!listeners.known) return undefined;
  const ways = waysIn(snapshot);
  const onWay = listeners.value.filter(({ protocol, port }) => protocol === 'tcp' && ways.includes(port));
  const own = onWay.find(({ containerId }) => containerId === container.id);
  if (own) return `it listens on port ${own.port} of the host, by which enforce reaches it`;

  // Where the connection comes from the host itself, something there passes it on, and it may be anybody.
  const hidden = onWay.find(({ unattributed }) => unattributed !== undefined);
  const holder = networkHolder(container, snapshot.containers);
  if (!hidden || holder?.inspect.HostConfig.NetworkMode !== 'host' || !isPassedOn(snapshot)) return undefined;
  return `it shares the host's network, and who listens there on port ${hidden.port}, by which enforce reaches it, could not be found (${hidden.unattributed ?? ''})`;
}

function isPassedOn(snapshot: Snapshot): boolean {
  const login = loginOf(snapshot);
  const { network } = snapshot.machine;
  if (!login) return false;
  const own = network.known ? network.value.addresses : [];
  return isLoopback(login.clientIp) || own.some((ip) => isSameIp(ip, login.clientIp));
}

function holdsShell(container: Container, { machine: { shell } }: Snapshot): string | undefined {
  if (!shell.known || !isInside(container, shell.value.whereabouts)) return undefined;
  return 'the shell by which enforce reaches this host runs in it';
}

/** Over TCP, what passes requests on to the engine's socket may be a container too. */
function servesEngine(container: Container, snapshot: Snapshot): string | undefined {
  const access = engineAccess(container);
  if (!snapshot.address.startsWith('tcp:') || access === undefined) return undefined;
  const isBehind = snapshot.containers.some((other) => waysIn(snapshot).some((port) => hasPort(other, port)));
  const isOnHost = networkHolder(container, snapshot.containers)?.inspect.HostConfig.NetworkMode === 'host';
  const isProxy = /(?:^|[/-])socket-proxy$/.test(imageName(container));
  if (!isBehind && !isOnHost && !isProxy) return undefined;
  return `it can reach the engine (${access}) and may be what passes on the requests of enforce, which come by TCP`;
}

function tunnels(container: Container, snapshot: Snapshot): string | undefined {
  const isFromAfar = /^(?:ssh|tcp):/.test(snapshot.address) || loginOf(snapshot) !== undefined;
  const sign = isFromAfar ? tunnelSign(container) : undefined;
  return sign && `it may be the tunnel or gateway through which this host is reached (${sign})`;
}

/** The ports of the host by which enforce may have come: the one it was told, and the one sshd was asked on. */
function waysIn(snapshot: Snapshot): readonly number[] {
  const login = loginOf(snapshot);
  return [...new Set([addressPort(snapshot.address), login?.serverPort ?? 0])].filter((port) => port > 0);
}

function loginOf({ machine: { shell } }: Snapshot): Login | undefined {
  return shell.known ? (shell.value.login ?? undefined) : undefined;
}

/** The host's port of an address; 0 where none leads to it. */
function addressPort(address: string): number {
  if (!/^(?:ssh|tcp):/.test(address) || !URL.canParse(address)) return 0;
  const { protocol, port } = new URL(address);
  return port === '' && protocol === 'ssh:' ? 22 : Number(port);
}
