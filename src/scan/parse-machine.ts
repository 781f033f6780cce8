import type { HostNetwork, Login, PortRange, Unit, Whereabouts } from '../model/machine.ts';
import type { Socket } from './parse-socket.ts';
import { parseSocket, shortest } from './parse-socket.ts';
import { parseUnits } from './parse-units.ts';
import { cgroupContainerIds, whereabouts } from './whereabouts.ts';

/** What the machine script printed, sorted out; it decides nothing. */
export interface MachineReport {
  readonly kernel: string | undefined;
  readonly hostName: string | undefined;
  readonly isRoot: boolean;
  readonly ephemeralPorts: PortRange | undefined;
  readonly login: Login | null;
  readonly whereabouts: Whereabouts;
  readonly network: HostNetwork;
  readonly units: readonly Unit[];
  /** Files of units that the user may not read. */
  readonly unreadableUnits: readonly string[];
  readonly sockets: readonly Socket[];
  /** Inode of a socket → the processes that hold it, in the order of the host's own list. */
  readonly holders: ReadonlyMap<string, readonly Process[]>;
  /** Whether it was asked for holders at all. */
  readonly hasHolders: boolean;
  /** Whether the script came to its end. */
  readonly isWhole: boolean;
}

/** A process that holds such a socket. */
export interface Process {
  readonly name: string | undefined;
  /** Ids of containers in the paths of its cgroups, outermost first. */
  readonly cgroupIds: readonly string[];
}

/** Reads the output of the machine script; lines it does not know are left out. */
export function parseMachine(text: string): MachineReport {
  const lines = text.split('\n');
  const processes = readProcesses(lines);
  return {
    kernel: firstAfter('sys/kernel/osrelease:', lines),
    hostName: firstAfter('sys/kernel/hostname:', lines),
    isRoot: /^self\/status:Uid:\s+\d+\s+0\s/m.test(text),
    ephemeralPorts: readRange(firstAfter('sys/net/ipv4/ip_local_port_range:', lines)),
    login: readLogin(firstAfter('login ', lines) ?? ''),
    whereabouts: whereabouts({
      mountinfo: allAfter('self/mountinfo:', lines).join('\n'),
      cgroup: allAfter('self/cgroup:', lines).join('\n'),
    }),
    network: readNetwork(lines),
    units: parseUnits(allAfter('unit ', lines)),
    unreadableUnits: allAfter('unreadable ', lines),
    sockets: lines.flatMap(parseSocket),
    holders: readHolders(lines, processes),
    hasHolders: !lines.includes('holders unread'),
    isWhole: lines.at(-1) === '' && lines.at(-2) === 'end',
  };
}

function firstAfter(prefix: string, lines: readonly string[]): string | undefined {
  return lines.find((line) => line.startsWith(prefix))?.slice(prefix.length);
}

function allAfter(prefix: string, lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => (line.startsWith(prefix) ? [line.slice(prefix.length)] : []));
}

/** `CLIENT PORT SERVER PORT`, as sshd tells it. */
function readLogin(text: string): Login | null {
  const match = /^(?<clientIp>[0-9A-Fa-f.:]+)(?:%\w+)? \d+ (?<serverIp>[0-9A-Fa-f.:]+)(?:%\w+)? (?<port>\d{1,5})$/.exec(
    text,
  );
  const { clientIp, serverIp, port } = match?.groups ?? {};
  if (clientIp === undefined || serverIp === undefined || port === undefined) return null;
  return { clientIp, serverIp, serverPort: Number(port) };
}

function readNetwork(lines: readonly string[]): HostNetwork {
  const six = allAfter('address6 ', lines).map((hex) => (hex.match(/.{4}/g) ?? []).join(':'));
  return {
    addresses: [...new Set([...allAfter('address ', lines), ...six.map(shortest)])],
    nameServers: [...new Set(allAfter('nameserver ', lines))].filter((ip) => ip !== ''),
  };
}

function readRange(text: string | undefined): PortRange | undefined {
  const match = /^(\d{1,5})\s+(\d{1,5})\s*$/.exec(text ?? '');
  if (!match) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2])];
  return first <= last && last <= 65535 ? { first, last } : undefined;
}

function readProcesses(lines: readonly string[]): ReadonlyMap<string, Process> {
  const names = new Map<string, string>();
  const cgroupIds = new Map<string, Set<string>>();
  for (const line of lines) {
    const match = /^(?<pid>\d+)\/(?:status:Name:\s*(?<name>.*)|cgroup:(?<cgroup>.*))$/.exec(line);
    const { pid, name, cgroup } = match?.groups ?? {};
    if (pid === undefined) continue;
    if (name !== undefined) names.set(pid, name);
    const ids = cgroupIds.get(pid) ?? new Set<string>();
    for (const id of cgroupContainerIds(cgroup ?? '')) ids.add(id);
    cgroupIds.set(pid, ids);
  }
  return new Map([...cgroupIds].map(([pid, ids]) => [pid, { name: names.get(pid), cgroupIds: [...ids] }]));
}

function readHolders(
  lines: readonly string[],
  processes: ReadonlyMap<string, Process>,
): ReadonlyMap<string, readonly Process[]> {
  const holders = new Map<string, Process[]>();
  for (const line of lines) {
    const match = /^held (?<inode>\d+) (?<pid>\d+)\/$/.exec(line);
    const process = processes.get(match?.groups?.['pid'] ?? '');
    const inode = match?.groups?.['inode'];
    // A process that ended meanwhile has no lines of its own and cannot be told.
    if (inode === undefined || !process) continue;
    const own = holders.get(inode);
    if (own) own.push(process);
    else holders.set(inode, [process]);
  }
  return holders;
}
