import { text } from './fields.ts';
import type { MemoryContainer, Store } from './store.ts';
import { isUp } from './store.ts';

/** A socket of the host, and the process that holds it. */
interface HostSocket {
  readonly protocol: string;
  readonly ip: string;
  readonly port: number;
  readonly process: string;
  readonly cgroup: string;
}

/**
 * What enforce's machine script would print on this engine's host: its kernel, and who listens. Like a real one, it has
 * an sshd, the engine's proxies for published ports, and what containers listen on in the host's own network.
 */
export function machineReport(store: Store): string {
  const sockets = [...own(store), ...[...store.containers.values()].filter(isUp).flatMap(ofContainer)];
  const lines = sockets.flatMap(({ protocol, ip, port, process, cgroup }, index) => {
    const inode = 10_000 + index;
    const pid = 500 + index;
    const family = ip.includes(':') ? `${protocol}6` : protocol;
    const status = protocol === 'tcp' ? '0A' : '07';
    const local = `${hexAddress(ip)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const remote = `${hexAddress(ip.includes(':') ? '::' : '0.0.0.0')}:0000`;
    return [
      `net/${family}:   ${index}: ${local} ${remote} ${status} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000`,
      ...(port < 1024
        ? [`held ${inode} ${pid}/`, `${pid}/status:Name:\t${process}`, `${pid}/cgroup:0::${cgroup}`]
        : []),
    ];
  });
  return [
    'sys/kernel/osrelease:6.1.0-28-amd64',
    `sys/kernel/hostname:${store.engine.hostName}`,
    'sys/net/ipv4/ip_local_port_range:32768\t60999',
    'self/status:Uid:\t0\t0\t0\t0',
    'login 192.0.2.7 50022 10.0.0.11 22',
    'address 127.0.0.1',
    'address 10.0.0.11',
    'nameserver 10.0.0.1',
    ...lines,
    'end',
    '',
  ].join('\n');
}

function own(store: Store): readonly HostSocket[] {
  const foreign = [...store.foreignListeners].map((listener) => {
    const [, protocol = '', ip = '', port = ''] = /^(\w+)\/(.*):(\d+)$/.exec(listener) ?? [];
    return { protocol, ip, port: Number(port), process: 'other', cgroup: '/system.slice/other.service' };
  });
  const sshd = { protocol: 'tcp', ip: '0.0.0.0', port: 22, process: 'sshd', cgroup: '/system.slice/ssh.service' };
  return [sshd, ...foreign];
}

function ofContainer(container: MemoryContainer): readonly HostSocket[] {
  const proxies = container.published
    .filter(({ protocol }) => protocol !== 'sctp')
    .map(({ protocol, ip, port }) => ({
      protocol,
      ip,
      port,
      process: 'docker-proxy',
      cgroup: '/system.slice/docker.service',
    }));
  const { conduct } = container;
  if (text(container.hostConfig['NetworkMode']) !== 'host' || conduct?.does !== 'serve') return proxies;
  return conduct.listens.map((listens) => {
    const [port, protocol = 'tcp'] = listens.split('/');
    return { protocol, ip: '0.0.0.0', port: Number(port), process: container.name, cgroup: `/docker/${container.id}` };
  });
}

/** As the kernel prints it: 32-bit words, little-endian. */
function hexAddress(ip: string): string {
  if (ip === '::') return '0'.repeat(32);
  if (ip === '::1') return '00000000000000000000000001000000';
  return ip
    .split('.')
    .reverse()
    .map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}
