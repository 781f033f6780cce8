import type { Known, Listener, MachineFacts, PortRange, Unit } from '../model/machine.ts';
import type { EngineFacts } from '../model/snapshot.ts';
import { parseMachine } from './parse-machine.ts';
import type { MachineReport } from './parse-machine.ts';
import type { Socket } from './parse-socket.ts';

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
  const shell = { known: true, value: { login: report.login, whereabouts: report.whereabouts } } as const;
  const elsewhere = whichContainer(report, containerIds) ?? whereElse(report, engine);
  // Where the shell runs and how it was come by holds wherever that is.
  if (elsewhere !== undefined) return { ...unknown(elsewhere), shell };
  const owners = ownersIn(report, containerIds);
  const claimed = report.sockets.reduce((sum, { inode }) => sum + (owners.get(inode)?.byContainer.size ?? 1), 0);
  if (claimed > MOST_LISTENERS) return unknown(`the host tells of more than ${MOST_LISTENERS} listeners`);
  return {
    shell,
    network: { known: true, value: report.network },
    units: unitsOf(report),
    listeners: { known: true, value: report.sockets.flatMap((socket) => listenersOf(socket, report, owners)) },
    ephemeralPorts: ephemeralPorts(report.ephemeralPorts),
  };
}

function unknown(because: string): MachineFacts {
  const fact = { known: false, because } as const;
  return { listeners: fact, ephemeralPorts: fact, shell: fact, network: fact, units: fact };
}

/** In the host's own network a container has the host's name, and files of its own all the same. */
function whichContainer({ whereabouts }: MachineReport, containerIds: ReadonlySet<string>): string | undefined {
  const around = whereabouts.containerIds.find((id) => containerIds.has(id));
  return around === undefined ? undefined : `the shell runs in a container of the engine (${around.slice(0, 12)})`;
}

/** A shell in a container, or beside an engine in a virtual machine, has ports of its own that say nothing of the engine's. */
export function whereElse(
  { kernel, hostName }: Pick<MachineReport, 'kernel' | 'hostName'>,
  engine: EngineFacts,
): string | undefined {
  const isSame =
    (engine.kernelVersion === '' || kernel === engine.kernelVersion) &&
    (engine.name === '' || hostName === engine.name);
  if (isSame) return undefined;
  return `the shell runs on ${hostName ?? '?'} (kernel ${kernel ?? '?'}), the engine on ${engine.name} (kernel ${engine.kernelVersion})`;
}

function unitsOf({ units, unreadableUnits }: MachineReport): Known<readonly Unit[]> {
  if (unreadableUnits.length === 0) return { known: true, value: units };
  const [first = '', ...more] = unreadableUnits;
  return {
    known: false,
    because: `${first}${more.length === 0 ? '' : ` and ${more.length} more`} may not be read; connect as root, or with become: true`,
  };
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
  // Above, only the holder of the port that enforce came by was looked for.
  const isLookedInto = port <= HIGHEST_PRIVILEGED || (protocol === 'tcp' && port === report.login?.serverPort);
  if (!isLookedInto) return [listener];
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
