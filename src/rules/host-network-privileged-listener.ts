import type { Rule, Violation } from '../model/finding.ts';
import type { Listener } from '../model/machine.ts';
import { networkHolder } from '../model/network-holder.ts';
import type { Container } from '../model/snapshot.ts';

const HIGHEST_PRIVILEGED = 1023;

/** A container on the host's network publishes nothing and still owns ports of the host: those its programs listen on. */
export const hostNetworkPrivilegedListener: Rule<'host-network-privileged-listener'> = {
  id: 'host-network-privileged-listener',
  title: "No container listens below 1024 in the host's own network",
  severity: 'medium',
  refs: { cis: { '1.2.0': '5.7', '1.6.0': '5.8' }, stig: ['V-260929', 'V-235819'] },
  explanation: `A container with network_mode host, or one that joins such a container, publishes no ports: its
programs listen on the host itself, and no look at the engine's port list shows it.
The listening sockets of the host are read over the same connection and traced to containers by
process and cgroup; UDP sockets without a peer count as listening.
That needs root on the host. Without it, or without a shell there, the rule says that it cannot
tell and what it would need; it never calls that compliant.
There is no automatic fix, as the program chooses its port: configure it to listen at 1024 or above,
or give the container a network of its own and publish a port at 1024 or above.
Leaving the host's network can break multicast, discovery, dynamic ports, and peers that expect the
host's address.`,
  check: (container, { machine, containers }) => {
    const { listeners } = machine;
    if (!listeners.known) {
      return sharesHostNetwork(container, containers)
        ? [cannotTell(`what listens there could not be read: ${listeners.because}`)]
        : [];
    }
    const low = listeners.value.filter(({ port }) => port <= HIGHEST_PRIVILEGED);
    const own = low.filter(({ containerId }) => containerId === container.id);
    if (own.length > 0) return [violation(own)];

    const [first, ...more] = low.filter(({ unattributed }) => unattributed !== undefined);
    if (!first || !sharesHostNetwork(container, containers)) return [];
    return [cannotTell(`who listens on ${portsOf([first, ...more])} could not be found: ${first.unattributed ?? ''}`)];
  },
};

/** What does not run listens nowhere. */
function sharesHostNetwork(container: Container, containers: readonly Container[]): boolean {
  if (!container.inspect.State.Running) return false;
  return networkHolder(container, containers)?.inspect.HostConfig.NetworkMode === 'host';
}

function violation(own: readonly Listener[]): Violation {
  return {
    severity: own.every(({ ip }) => isLoopback(ip)) ? 'low' : 'medium',
    because: `listens on ${portsOf(own)} of the host, whose network it shares`,
    evidence: {
      kind: 'listeners',
      listeners: own.map(({ protocol, ip, port, process }) => ({
        protocol,
        ip,
        port,
        ...(process === undefined ? {} : { process }),
      })),
    },
  };
}

function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}

function portsOf(listeners: readonly Listener[]): string {
  return [...new Set(listeners.map(({ port, protocol }) => `${port}/${protocol}`))].join(', ');
}

function cannotTell(missing: string): Violation {
  return {
    severity: 'low',
    because: `shares the host's network, and ${missing}`,
    evidence: { kind: 'unknown', missing },
  };
}
