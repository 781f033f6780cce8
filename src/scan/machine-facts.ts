import type { EngineFacts, Known, Listener, MachineFacts, PortRange } from '../model/snapshot.ts';
import { parseMachine } from './parse-machine.ts';
import type { MachineReport, Socket } from './parse-machine.ts';

const HIGHEST_PRIVILEGED = 1023;
const MOST_LISTENERS = 200_000;

/** What a host's kernel says, or why it is not known: the script's output held against the engine it should be about. */
export function machineFacts(
  output: Known<string>,
  engine: EngineFacts,
  containerIds: ReadonlySet<string>,
): MachineFacts {
  if (!output.known) return unknown(output.because);
  const report = parseMachine(output.value);
  if (!report.isWhole) return unknown('what the host told of itself broke off');
  const elsewhere = whereElse(report, engine);
  if (elsewhere !== undefined) return unknown(elsewhere);
  const owners = ownersIn(report, containerIds);
  const claimed = report.sockets.reduce((sum, { inode }) => sum + (owners.get(inode)?.byContainer.size ?? 1), 0);
  if (claimed > MOST_LISTENERS) return unknown(`the host tells of more than ${MOST_LISTENERS} listeners`);
  return {
    listeners: { known: true, value: report.sockets.flatMap((socket) => listenersOf(socket, report, owners)) },
    ephemeralPorts: ephemeralPorts(report.ephemeralPorts),
  };
}

function unknown(because: string): MachineFacts {
  return { listeners: { known: false, because }, ephemeralPorts: { known: false, because } };
}

/** A shell in a container, or beside an engine in a virtual machine, has ports of its own that say nothing of the engine's. */
function whereElse({ kernel, hostName }: MachineReport, engine: EngineFacts): string | undefined {
  const isSame =
    (engine.kernelVersion === '' || kernel === engine.kernelVersion) &&
    (engine.name === '' || hostName === engine.name);
  if (isSame) return undefined;
  return `the shell runs on ${hostName ?? '?'} (kernel ${kernel ?? '?'}), the engine on ${engine.name} (kernel ${engine.kernelVersion})`;
}

function ephemeralPorts(range: PortRange | undefined): Known<PortRange> {
  return range ? { known: true, value: range } : { known: false, because: 'the host does not tell its port range' };
}

/** Who holds one inode's sockets: containers by their id, each with the name of its process; none where it is the host itself. */
interface Owners {
  readonly first: string | undefined;
  readonly byContainer: ReadonlyMap<string, string | undefined>;
}

/** Told once for each inode, however many sockets claim to be it. */
function ownersIn({ holders }: MachineReport, containerIds: ReadonlySet<string>): ReadonlyMap<string, Owners> {
  return new Map(
    [...holders].map(([inode, processes]) => {
      const byContainer = new Map<string, string | undefined>();
      for (const { name, cgroupIds } of processes) {
        // The outermost container this engine knows: inside it, whoever may make cgroups can name them after others.
        const containerId = cgroupIds.find((id) => containerIds.has(id));
        if (containerId !== undefined && !byContainer.has(containerId)) byContainer.set(containerId, name);
      }
      return [inode, { first: processes[0]?.name, byContainer }];
    }),
  );
}

function listenersOf(
  { protocol, ip, port, inode }: Socket,
  report: MachineReport,
  owners: ReadonlyMap<string, Owners>,
): readonly Listener[] {
  const listener = { protocol, ip, port };
  if (port > HIGHEST_PRIVILEGED) return [listener];
  const own = owners.get(inode);
  if (!own) return [{ ...listener, unattributed: whyUnattributed(report) }];
  if (own.byContainer.size === 0) return [named(listener, own.first)];
  return [...own.byContainer].map(([containerId, name]) => ({ ...named(listener, name), containerId }));
}

function named(listener: Listener, process: string | undefined): Listener {
  return process === undefined ? listener : { ...listener, process };
}

function whyUnattributed({ isRoot, hasHolders }: MachineReport): string {
  if (!hasHolders) return "no container shares the host's network, so it was not looked for";
  return isRoot
    ? 'no process that can be seen holds the socket; the kernel may, or a process in another pid namespace'
    : "reading other users' processes needs root on the host; connect as root, or with become: true";
}
