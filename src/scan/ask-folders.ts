import type { Known } from '../model/machine.ts';
import type { MadeFile, MountedFolder } from '../model/runtime.ts';
import { parentOf } from '../model/files-at-risk.ts';
import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';
import { askShell } from './ask-shell.ts';
import type { AskedFolder } from './folder-script.ts';
import { folderScript } from './folder-script.ts';
import type { FolderAnswer, FolderReport } from './parse-folders.ts';
import { parseFolders, UNTOLD } from './parse-folders.ts';
import type { ContainerReport } from './parse-runtime.ts';
import type { ScanSource } from './take-snapshot.ts';
import { baseName } from '../model/base-name.ts';

/** A running container whose folders are asked for. */
export interface FolderSubject {
  readonly inspect: ContainerInspect;
  /** Without it no process is known to be one of the container's, and so no way to its folders. */
  readonly report: Known<ContainerReport>;
  /** Folders in which its programs are found by name. */
  readonly searchPath: readonly string[];
  /** What was added to its writable layer; unknown where nobody asked. */
  readonly added: Known<readonly string[]>;
}

/** What was found in the folders of one container. */
export interface FoundFolders {
  readonly mounted: Known<readonly MountedFolder[]>;
  readonly made: Known<readonly MadeFile[]>;
  readonly searched: Known<readonly string[]>;
  /** Programs in those that have file capabilities. */
  readonly powered: readonly string[];
  /** Programs in those that run as root whoever starts them. */
  readonly setuidRoot: readonly string[];
}

/** Looks at the folders of containers, all at once, in the order they were given. */
export async function askFolders(
  { runScript, facts }: { readonly runScript: ScanSource['runScript']; readonly facts: EngineFacts },
  subjects: readonly FolderSubject[],
): Promise<readonly FoundFolders[]> {
  const asked = subjects.map(questionOf);
  const script = folderScript(asked.flatMap(({ question }) => (question ? [question] : [])));
  const hasQuestions = asked.some(({ question }) => question);
  const answer = hasQuestions
    ? await askShell(runScript, facts, script, { ...LIMITS, parse: parseFolders })
    : ({ known: false, because: 'nothing was asked' } as const);
  let next = 0;
  return asked.map(({ because, question, subject }) => {
    if (!question) return nothing(because);
    const first = next;
    next += question.folders.length;
    if (!answer.known) return nothing(answer.because);
    return foundIn(subject, answer.value, (at) => answer.value.folders.get(first + at) ?? UNTOLD, question.folders);
  });
}

/** A folder on a dead disk hangs whoever looks at it; then nothing of any is known, and the scan goes on. */
const LIMITS = { deadlineMilliseconds: 15_000, maximumBytes: 8 * 1024 * 1024 };
const MOST_FOLDERS = 64;
/** More entries of a layer are not looked at: what a start makes is little, and what it fills later says no more. */
const MOST_MADE = 128;
/** File systems that live elsewhere: who looks at them waits for somebody else's machine. */
const ELSEWHERE =
  /^(?:nfs\d?|cifs|smb\w*|9p|afs|autofs|ceph|coda|glusterfs|gfs2?|lustre|beegfs|ocfs2|orangefs|fuse\b.*)$/;

type Asked = ReturnType<typeof questionOf>;

function questionOf(subject: FolderSubject) {
  const { inspect, report, searchPath, added } = subject;
  if (!report.known) return { subject, because: report.because };
  const { Pid = 0 } = inspect.State;
  const folders: readonly AskedFolder[] = [
    ...dataFolders(inspect).map(({ path }) => ({ path, holds: 'data' as const })),
    ...searchPath.map((path) => ({ path, holds: 'programs' as const })),
    ...layerFolders(added.known ? added.value : []),
  ]
    .filter(({ path }) => farFileSystem(path, report.value) === undefined)
    .slice(0, MOST_FOLDERS);
  return { subject, because: '', question: { id: inspect.Id, pid: Pid, folders } };
}

/** The folders that entries were added to, those least deep first: what is above was made first. */
function layerFolders(added: readonly string[]): readonly AskedFolder[] {
  const depth = (path: string): number => path.split('/').length;
  const first = added.toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1)).slice(0, MOST_MADE);
  return [...new Set(first.map(parentOf))].map((path) => ({
    path,
    holds: 'layer',
    names: first.filter((one) => parentOf(one) === path).map((one) => baseName(one)),
  }));
}

/** The file system that would keep one waiting who looks at a folder, and at those right below it. */
function farFileSystem(path: string, { mounts }: ContainerReport): string | undefined {
  const under = [...mounts.keys()]
    .filter((mount) => path === mount || path.startsWith(mount === '/' ? '/' : `${mount}/`))
    .toSorted((a, b) => b.length - a.length);
  const below = [...mounts.keys()].filter((mount) => mount.slice(0, mount.lastIndexOf('/')) === path);
  return [...under.slice(0, 1), ...below]
    .flatMap((mount) => mounts.get(mount) ?? [])
    .find((name) => ELSEWHERE.test(name));
}

function dataFolders({ Mounts }: ContainerInspect): readonly Pick<MountedFolder, 'path' | 'kind'>[] {
  return (Mounts ?? []).flatMap(({ Type, Destination }) =>
    Type === 'volume' || Type === 'bind' ? [{ path: Destination, kind: Type }] : [],
  );
}

function foundIn(
  { inspect, report, searchPath, added }: FolderSubject,
  { hasTool }: FolderReport,
  answerAt: (at: number) => FolderAnswer,
  folders: NonNullable<Asked['question']>['folders'],
): FoundFolders {
  const answers = new Map(folders.map((folder, at) => [`${folder.holds} ${folder.path}`, answerAt(at)]));
  const answerOf = (path: string): FolderAnswer => answers.get(`programs ${path}`) ?? UNTOLD;
  const odd = searchPath.find((path) => !['seen', 'missing'].includes(answerOf(path).outcome));
  return {
    mounted: mountedFolders(inspect, report, (path) => answers.get(`data ${path}`)),
    made: added.known ? madeFiles(folders, report, (path) => answers.get(`layer ${path}`) ?? UNTOLD) : added,
    searched: !hasTool
      ? unknown('the host has neither getcap nor getfattr')
      : odd === undefined
        ? { known: true, value: searchPath }
        : unknown(whyNot(odd, answerOf(odd), report)),
    powered: searchPath.flatMap((path) => answerOf(path).powered.map((name) => within(path, name))),
    setuidRoot: searchPath.flatMap((path) =>
      answerOf(path).setuid.flatMap(({ name, hostUserId }) =>
        report.known && report.value.users(hostUserId) === 0 ? [within(path, name)] : [],
      ),
    ),
  };
}

/** What ended meanwhile, or was removed, is left out; the rest is told all the same. */
function madeFiles(
  folders: readonly AskedFolder[],
  report: Known<ContainerReport>,
  answerOf: (path: string) => FolderAnswer,
): FoundFolders['made'] {
  if (!report.known) return report;
  const { users, groups } = report.value;
  const value = folders.flatMap(({ path, holds }): readonly MadeFile[] => {
    const { made } = holds === 'layer' ? answerOf(path) : UNTOLD;
    const folder = made.find(({ name }) => name === null);
    if (!folder) return [];
    const above = { ownerId: users(folder.hostUserId), groupId: groups(folder.hostGroupId), mode: folder.mode };
    return made.flatMap(({ name, hostUserId }) =>
      name === null ? [] : [{ path: within(path, name), ownerId: users(hostUserId), folder: above }],
    );
  });
  return { known: true, value };
}

function within(folder: string, name: string): string {
  return `${folder === '/' ? '' : folder}/${name}`;
}

function mountedFolders(
  inspect: ContainerInspect,
  report: Known<ContainerReport>,
  answerOf: (path: string) => FolderAnswer | undefined,
): FoundFolders['mounted'] {
  const value: MountedFolder[] = [];
  for (const { path, kind } of dataFolders(inspect)) {
    const answer = answerOf(path);
    if (answer?.outcome === 'file') continue;
    if (answer?.outcome !== 'seen' || !report.known) return unknown(whyNot(path, answer, report));
    const { users, groups } = report.value;
    for (const { name, mode, hostUserId, hostGroupId, isEmpty } of answer.rows)
      value.push({
        path: name === null ? path : within(path, name),
        kind,
        ownerId: users(hostUserId),
        groupId: groups(hostGroupId),
        mode,
        isEmpty,
      });
  }
  return { known: true, value };
}

function whyNot(path: string, answer: FolderAnswer | undefined, report: Known<ContainerReport>): string {
  const far = report.known ? farFileSystem(path, report.value) : undefined;
  if (far !== undefined) return `${path}: ${far} may keep one waiting, and is not looked at`;
  return `${path}: ${WHY[answer?.outcome ?? 'untold']}`;
}

const WHY: Readonly<Record<FolderAnswer['outcome'], string>> = {
  seen: '',
  file: 'it is a file',
  missing: 'it is not there',
  gone: 'the container has ended meanwhile',
  hidden: 'the user enforce comes in as may not look into the container',
  outside: 'a link in the container leads out of it',
  odd: 'it holds too many files, or one with a name of two lines',
  untold: "the host's shell did not tell",
};

function nothing(because: string): FoundFolders {
  return { mounted: unknown(because), made: unknown(because), searched: unknown(because), powered: [], setuidRoot: [] };
}

function unknown(because: string): Known<never> {
  return { known: false, because };
}
