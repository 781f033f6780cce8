import type { ProcessFacts, ProcessIds } from '../model/runtime.ts';
import { capabilitiesIn } from './capability-bits.ts';
import type { IdMap } from './id-map.ts';
import { idMap } from './id-map.ts';
import type { Socket } from './parse-socket.ts';
import { parseSocket } from './parse-socket.ts';
import { MOST_ROWS } from './runtime-script.ts';
import { reportHead } from './report-head.ts';

/** What the runtime script printed, sorted by container; it decides nothing. */
export interface RuntimeReport {
  readonly kernel: string | undefined;
  readonly hostName: string | undefined;
  readonly isRoot: boolean;
  /** Whether the script came to its end. */
  readonly isWhole: boolean;
  /** Of the container with this id and first process; undefined where no such process is one of the container's. */
  readonly reportOf: (id: string, pid: number) => ContainerReport | undefined;
}

/** What the kernel showed of one container. */
export interface ContainerReport {
  readonly processes: readonly ProcessFacts[];
  /** It has more processes than were looked at. */
  readonly isCrowded: boolean;
  /** In the network namespace of its first process; undefined where they could not be read, or may not be all. */
  readonly sockets: readonly Socket[] | undefined;
  /** Inodes of the sockets its processes hold; only told of containers that share a network. */
  readonly heldSockets: ReadonlySet<string>;
  readonly firstFreePort: number | undefined;
  /** The file system at each mount point; the last mount at a path is the one that is seen. */
  readonly mounts: ReadonlyMap<string, string>;
  /** How its users, and groups, are numbered on the host. */
  readonly users: IdMap;
  readonly groups: IdMap;
}

/** Reads the output of the runtime script; lines it does not know are left out. */
export function parseRuntime(text: string): RuntimeReport {
  const lines = text.split('\n');
  const { byPid, members, crowded } = sorted(lines);
  return {
    ...reportHead(lines),
    isRoot: /^self\/status:Uid:\s+\d+\s+0\s/m.test(text),
    reportOf(id, pid) {
      const pids = members.get(id) ?? [];
      if (!pids.includes(String(pid))) return undefined;
      return containerReport(byPid, pids, String(pid), crowded.has(id));
    },
  };
}

type ByKey = Map<string, string[]>;

interface Sorted {
  /** What was told of each process; a line of the script's own making begins with its first word and a colon. */
  readonly byPid: ByKey;
  /** Container id → its processes. */
  readonly members: ByKey;
  readonly crowded: ReadonlySet<string>;
}

function sorted(lines: readonly string[]): Sorted {
  const byPid: ByKey = new Map();
  const members: ByKey = new Map();
  const crowded = new Set<string>();
  let opened = '';
  for (const line of lines) {
    const [, file, rest] = /^(\d+)\/(.*)$/.exec(line) ?? [];
    if (file !== undefined && rest !== undefined) add(byPid, file, rest);
    const [, kind, number = '', value = ''] = OWN_LINE.exec(line) ?? [];
    if (kind === 'member') add(members, value, number);
    else if (kind === 'open') opened = number;
    else if (kind === 'socket') add(byPid, opened, `held:${number}`);
    else if (kind !== undefined) add(byPid, number, `${kind}:${value}`);
    else if (line.startsWith('crowded ')) crowded.add(line.slice('crowded '.length));
  }
  return { byPid, members, crowded };
}

const OWN_LINE = /^(member|open|socket|sockets|exe|mount|userns|first-free-port) (\d+)(?: (.*))?$/;

function add(map: ByKey, key: string, value: string): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

function containerReport(byPid: ByKey, pids: readonly string[], init: string, isCrowded: boolean): ContainerReport {
  const lines = byPid.get(init) ?? [];
  const users = idMap(allAfter('uid_map:', lines));
  const groups = idMap(allAfter('gid_map:', lines));
  const [firstFree] = allAfter('first-free-port:', lines);
  const [ownSpace] = allAfter('userns:', lines);
  return {
    processes: pids.flatMap((pid) => {
      const own = byPid.get(pid) ?? [];
      const [space] = allAfter('userns:', own);
      const isElsewhere = space !== undefined && ownSpace !== undefined && space !== ownSpace;
      return processOf(Number(pid), own, { users, groups }).map((found) =>
        isElsewhere ? { ...found, ...HOLDS_NOTHING } : found,
      );
    }),
    isCrowded,
    sockets: socketsIn(lines),
    heldSockets: new Set(pids.flatMap((pid) => allAfter('held:', byPid.get(pid) ?? []))),
    firstFreePort: firstFree === undefined || Number(firstFree) > 65_536 ? undefined : Number(firstFree),
    mounts: new Map(allAfter('mount:', lines).map(readMount)),
    users,
    groups,
  };
}

/** What a process holds in a user namespace that it made for itself counts for nothing outside of that. */
const HOLDS_NOTHING = { permitted: [], effective: [], bounding: [], ambient: [] };

function allAfter(prefix: string, lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => (line.startsWith(prefix) ? [line.slice(prefix.length)] : []));
}

function socketsIn(lines: readonly string[]): readonly Socket[] | undefined {
  const rows = lines.filter((line) => line.startsWith('net/'));
  const isCut = ['tcp', 'tcp6', 'udp', 'udp6'].some(
    (family) => rows.filter((row) => row.startsWith(`net/${family}:`)).length >= MOST_ROWS,
  );
  return isCut || !lines.includes('sockets:') ? undefined : rows.flatMap(parseSocket);
}

/** `ext4 /data`, where the kernel writes blanks and backslashes of a path as octal numbers. */
function readMount(text: string): readonly [path: string, fileSystem: string] {
  const at = text.indexOf(' ');
  const path = text
    .slice(at + 1)
    .replace(/\\([0-7]{3})/g, (_whole, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
  return [path, text.slice(0, at)];
}

type Maps = Pick<ContainerReport, 'users' | 'groups'>;

/** A process that ended meanwhile lacks lines, and one that waits to be buried does nothing any more. */
function processOf(pid: number, lines: readonly string[], { users, groups }: Maps): readonly ProcessFacts[] {
  const fields = new Map(
    allAfter('status:', lines).map((line): [string, string] => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
  const name = fields.get('Name');
  const userIds = readIds(fields.get('Uid'), users);
  const groupIds = readIds(fields.get('Gid'), groups);
  const [permitted, effective, bounding, ambient] = ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((field) =>
    capabilitiesIn(fields.get(field) ?? ''),
  );
  if (
    name === undefined ||
    !userIds ||
    !groupIds ||
    !permitted ||
    !effective ||
    !bounding ||
    /^[ZX]/.test(fields.get('State') ?? '')
  )
    return [];
  const [executable] = allAfter('exe:', lines);
  const startedAt = startIn(allAfter('stat:', lines).at(-1) ?? '');
  return [
    {
      pid,
      parent: Number(fields.get('PPid') ?? 0),
      name,
      executable: executable === undefined ? null : executable.replace(/ \(deleted\)$/, ''),
      userIds,
      groupIds,
      groups: numbersIn(fields.get('Groups') ?? '').map((id) => groups(id)),
      permitted,
      effective,
      bounding,
      ambient: ambient ?? [],
      hasNoNewPrivileges: fields.get('NoNewPrivs') === '1',
      ...(startedAt === undefined ? {} : { startedAt }),
    },
  ];
}

/** The 22nd field (proc(5)), in hundredths of a second on every machine; a name may have blanks and brackets of its own. */
function startIn(stat: string): number | undefined {
  const field = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return /^\d{1,15}$/.test(field) ? Number(field) / 100 : undefined;
}

function readIds(text: string | undefined, map: IdMap): ProcessIds | undefined {
  const [real, effective, saved, filesystem] = numbersIn(text ?? '').map((id) => map(id));
  if (real === undefined || effective === undefined || saved === undefined || filesystem === undefined)
    return undefined;
  return { real, effective, saved, filesystem };
}

function numbersIn(text: string): readonly number[] {
  return text.split(/\s+/).flatMap((word) => (/^\d{1,10}$/.test(word) ? [Number(word)] : []));
}
