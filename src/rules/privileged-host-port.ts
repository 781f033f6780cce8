import type { PublishedPort, Rule, Violation } from '../model/finding.ts';
import { publishedPorts } from '../model/published-ports.ts';

const HIGHEST_PRIVILEGED = 1023;

/** The port on the host counts, not the one inside: 80:8080 is a finding, 8080:80 is not. */
export const privilegedHostPort: Rule<'privileged-host-port'> = {
  id: 'privileged-host-port',
  title: 'No container publishes a host port below 1024',
  severity: 'medium',
  refs: { cis: { '1.2.0': '5.7', '1.6.0': '5.8' }, stig: ['V-260929', 'V-235819'] },
  explanation: `Ports 1 to 1023 of a host are privileged: clients trust that only an administrator's program
answers there. The engine runs as root and binds them for any container that asks, so a breached
container answers with that trust, under the host's own address.
Every binding counts: tcp, udp and sctp, IPv4 and IPv6, and what a stopped container will bind when
it starts. A binding to a loopback address only is still found, with low severity.
Dropping NET_BIND_SERVICE does not help: the engine binds the port, not the container.
The fix recreates the container with the same port inside and a new one, 1024 or above, on the host.
It breaks what calls the old port: load balancers, firewalls, DNS, redirects the service writes,
ACME http-01, mail and BGP peers. The plan lists old and new ports for those who run them.
A public load balancer that must own 80 and 443 is a case for an exception.`,
  check: ({ inspect }) => {
    const ports = publishedPorts(inspect).filter(({ hostPort }) => hostPort <= HIGHEST_PRIVILEGED);
    return ports.length === 0 ? [] : [violation(ports)];
  },
};

function violation(ports: readonly PublishedPort[]): Violation {
  return {
    severity: ports.every(({ hostIp }) => isLoopback(hostIp)) ? 'low' : 'medium',
    because: becauseOf(ports),
    evidence: { kind: 'ports', ports },
  };
}

function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}

/** The rows of one binding, an IPv4 and an IPv6 one, are told together. */
function becauseOf(ports: readonly PublishedPort[]): string {
  const addresses = new Map<string, Set<string>>();
  for (const port of ports) {
    const words = `${verb(port)} ${port.containerPort}/${port.protocol} at ${place(port)}`;
    addresses.set(words, (addresses.get(words) ?? new Set()).add(port.hostIp || 'every address'));
  }
  return [...addresses].map(([words, ips]) => `${words} (${[...ips].join(' and ')})`).join('; ');
}

function verb({ state, hostPortEnd }: PublishedPort): string {
  if (state === 'running') return 'publishes';
  return hostPortEnd > HIGHEST_PRIVILEGED ? 'may publish at its next start' : 'will publish at its next start';
}

function place({ hostPort, hostPortEnd }: PublishedPort): string {
  return hostPort === hostPortEnd ? `host port ${hostPort}` : `a host port from ${hostPort} to ${hostPortEnd}`;
}
