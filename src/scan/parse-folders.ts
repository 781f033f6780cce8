import { reportHead } from './report-head.ts';

/** What the folder script printed, by the number of each folder that was asked for. */
export interface FolderReport {
  readonly kernel: string | undefined;
  readonly hostName: string | undefined;
  readonly isWhole: boolean;
  /** Whether the host has a tool that tells of file capabilities. */
  readonly hasTool: boolean;
  readonly folders: ReadonlyMap<number, FolderAnswer>;
}

/** What became of looking at one folder. */
export interface FolderAnswer {
  readonly outcome: 'seen' | 'file' | 'missing' | 'gone' | 'hidden' | 'outside' | 'odd' | 'untold';
  /** The folder itself, then those in it by their names; none where it holds programs. */
  readonly rows: readonly FolderRow[];
  /** Where it is one of a layer: the folder itself, and its entries that were asked for. */
  readonly made: readonly Omit<FolderRow, 'isEmpty'>[];
  /** It holds more folders than those. */
  readonly hasMore: boolean;
  /** Programs in it that have file capabilities, by name. */
  readonly powered: readonly string[];
  /** Programs in it that run as who owns them, whoever starts them. */
  readonly setuid: readonly { readonly name: string; readonly hostUserId: number }[];
}

/** One folder as the host has it. */
export interface FolderRow {
  /** Null for the folder itself. */
  readonly name: string | null;
  readonly mode: number;
  readonly hostUserId: number;
  readonly hostGroupId: number;
  readonly isEmpty: boolean;
}

/** Reads the output of the folder script; lines it does not know are left out. */
export function parseFolders(text: string): FolderReport {
  const lines = text.split('\n');
  const folders = new Map<number, FolderAnswer>();
  for (const line of lines) {
    const [, kind = '', digits, rest = ''] = LINE.exec(line) ?? [];
    if (digits === undefined) continue;
    const known = folders.get(Number(digits)) ?? UNTOLD;
    folders.set(Number(digits), withLine(known, kind, rest));
  }
  return {
    ...reportHead(lines),
    hasTool: lines.includes('tool getcap') || lines.includes('tool getfattr'),
    folders,
  };
}

const LINE =
  /^(gone|hidden|file|missing|outside|odd|searched|more|folder|below|made|power|setuid) (\d{1,6})(?: (.*))?$/;
/** Of a folder that nothing was told of. */
export const UNTOLD: FolderAnswer = { outcome: 'untold', rows: [], made: [], hasMore: false, powered: [], setuid: [] };

function withLine(known: FolderAnswer, kind: string, rest: string): FolderAnswer {
  switch (kind) {
    case 'gone':
    case 'hidden':
    case 'file':
    case 'missing':
    case 'outside':
    case 'odd':
      return { ...known, outcome: kind };
    case 'searched':
      return { ...known, outcome: 'seen' };
    case 'more':
      return { ...known, hasMore: true };
    case 'made': {
      const row = readRow(MADE_ROW.exec(rest)?.groups);
      return row ? { ...known, outcome: 'seen', made: [...known.made, row] } : known;
    }
    case 'power':
      return { ...known, powered: [...known.powered, rest] };
    case 'setuid': {
      const [, user, name] = /^(\d{1,10}) (.+)$/.exec(rest) ?? [];
      if (user === undefined || name === undefined) return known;
      return { ...known, setuid: [...known.setuid, { name, hostUserId: Number(user) }] };
    }
    default: {
      const groups = ROW.exec(rest)?.groups;
      const row = readRow(groups);
      const entries = Number(groups?.['entries']);
      // What cannot be listed does not even show itself.
      if (!row || entries < 2 || (row.name === null) !== (kind === 'folder')) return known;
      return { ...known, outcome: 'seen', rows: [...known.rows, { ...row, isEmpty: entries === 2 }] };
    }
  }
}

/** `3 drwxr-xr-x 2 999 999 4096 Nov 22 14:49 ./name`: how many names are in it, itself and the one above counted, then its row of `ls -ldn`. */
const ROW =
  /^(?<entries>\d{1,6}) d(?<bits>[-rwxsStT]{9})\S? +\d+ +(?<user>\d+) +(?<group>\d+) +\d+ +\S+ +\S+ +\S+ \.(?:\/(?<name>.+))?$/;

/** The same of a file or a folder, without their number: a link says nothing of whose it was made. */
const MADE_ROW =
  /^[-d](?<bits>[-rwxsStT]{9})\S? +\d+ +(?<user>\d+) +(?<group>\d+) +\d+ +\S+ +\S+ +\S+ \.(?:\/(?<name>.+))?$/;

function readRow(groups: Readonly<Record<string, string>> | undefined): Omit<FolderRow, 'isEmpty'> | undefined {
  if (!groups) return undefined;
  return {
    name: groups['name'] ?? null,
    mode: modeOf(groups['bits'] ?? ''),
    hostUserId: Number(groups['user']),
    hostGroupId: Number(groups['group']),
  };
}

/** `rwsr-x--T` as a number. */
function modeOf(bits: string): number {
  return Array.from(bits).reduce((mode, letter, at) => {
    const own = letter === '-' || letter === 'S' || letter === 'T' ? 0 : 0o400 >> at;
    const special = /[sStT]/.test(letter) ? 0o4000 >> Math.floor(at / 3) : 0;
    return mode | own | special;
  }, 0);
}
