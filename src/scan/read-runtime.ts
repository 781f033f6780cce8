import pLimit from 'p-limit';
import type { EngineReader } from '../engine/engine.ts';
import type { Known } from '../model/machine.ts';
import type { ListeningSocket, ProcessFacts, RuntimeFacts } from '../model/runtime.ts';
import type { Container, ContainerInspect, EngineFacts } from '../model/snapshot.ts';
import { isCarried, isEngineMade } from '../model/writable-layer.ts';
import type { FoundFolders } from './ask-folders.ts';
import { askCode } from './ask-code.ts';
import { askFolders } from './ask-folders.ts';
import { askShell } from './ask-shell.ts';
import { imageFiles } from './image-files.ts';
import type { SeenPaths } from './look-at-paths.ts';
import type { ContainerReport } from './parse-runtime.ts';
import { parseRuntime } from './parse-runtime.ts';
import { mayLookInside } from './read-details.ts';
import { readFiles } from './read-files.ts';
import { MOST_PROCESSES, runtimeScript } from './runtime-script.ts';
import { searchPathOf } from './search-path.ts';
import type { ScanSource } from './take-snapshot.ts';

/** What it takes to read what runs on one host. */
export interface RuntimeSource extends Pick<ScanSource, 'channels' | 'runScript'> {
  readonly engine: EngineReader;
  readonly facts: EngineFacts;
  /** Paths of the host that were looked for: without the sources of its binds no container is looked into. */
  readonly seen: SeenPaths;
  readonly now: () => number;
  /** Asks what was changed in a container's writable layer; what was made there, and what code names, is not known without it. */
  readonly changes?: EngineReader['changes'];
}

/**
 * What runs in containers, by id; nothing of one that does not run. Their processes are asked of the host's kernel all at
 * once, then their folders likewise, and their files of the engine. Nothing in a container is run for it, and what could
 * not be read says why and fails nothing.
 */
export async function readRuntime(
  source: RuntimeSource,
  containers: readonly Container[],
): Promise<ReadonlyMap<string, RuntimeFacts>> {
  const limit = pLimit(Math.max(1, Math.floor(source.channels / 2)));
  const inspects = await limit.map(containers, ({ id }) => runningNow(source.engine, id));
  const running = inspects.flatMap((inspect) => (inspect ? [inspect] : []));
  if (running.length === 0) return new Map();
  const reports = await withCode(source, await askProcesses(source, running));
  const layers = await limit.map(running, (inspect) => addedTo(source, inspect));
  const subjects = running.map((inspect, at) => ({
    inspect,
    report: reports[at] ?? unknown('it was not asked for'),
    searchPath: searchPathOf(inspect),
    added: layers[at] ?? unknown('it was not asked for'),
  }));
  const folders = await askFolders(source, subjects);
  const filesOf = imageFiles(source.engine, running, source.changes);
  const read = await limit.map(subjects, async ({ inspect, report, searchPath }, at) => {
    const found = folders[at] ?? {
      mounted: NOT_ASKED,
      made: NOT_ASKED,
      searched: NOT_ASKED,
      powered: [],
      setuidRoot: [],
    };
    const files = mayLookInside(inspect, source.seen)
      ? await readFiles(filesOf(inspect), {
          inspect,
          searchPath,
          running: programsOf(report),
          found,
          now: source.now,
        })
      : { startTexts: NOT_LOOKED_INTO, poweredFiles: NOT_LOOKED_INTO };
    return [inspect.Id, { ...factsOf(report, inspect), ...foldersOf(found), ...files }] as const;
  });
  const facts = withinBounds(read);
  return new Map(facts);
}

/** The part of it that one script tells: who runs, and where it listens. */
export async function readProcesses(
  source: Pick<RuntimeSource, 'engine' | 'facts' | 'runScript'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Pick<RuntimeFacts, 'processes' | 'listeners' | 'firstFreePort'>>> {
  const inspects = await Promise.all(ids.map((id) => runningNow(source.engine, id)));
  const running = inspects.flatMap((inspect) => (inspect ? [inspect] : []));
  if (running.length === 0) return new Map();
  const reports = await askProcesses(source, running);
  return new Map(
    running.map((inspect, at) => [inspect.Id, factsOf(reports[at] ?? unknown('it was not asked for'), inspect)]),
  );
}

const NOT_ASKED = unknown('it was not asked for');
const NOT_LOOKED_INTO = unknown('to look into it the engine would make the folder of a bind that is not there');
/** Reading /proc waits for nobody; a host that is very busy may still take its time. */
const LIMITS = { deadlineMilliseconds: 20_000, maximumBytes: 32 * 1024 * 1024 };

/** As the engine has it at this moment: the process may be another than in the snapshot, and secrets are needed to mask them. */
async function runningNow(engine: EngineReader, id: string): Promise<ContainerInspect | undefined> {
  const inspect = await engine.inspect(id);
  return inspect?.State.Running === true && (inspect.State.Pid ?? 0) > 0 ? inspect : undefined;
}

async function askProcesses(
  { runScript, facts }: Pick<RuntimeSource, 'runScript' | 'facts'>,
  running: readonly ContainerInspect[],
): Promise<readonly Known<ContainerReport>[]> {
  const questions = running.map((inspect) => ({
    id: inspect.Id,
    pid: inspect.State.Pid ?? 0,
    sharesNetwork: sharesNetwork(inspect),
  }));
  const answer = await askShell(runScript, facts, runtimeScript(questions), { ...LIMITS, parse: parseRuntime });
  if (!answer.known) return running.map(() => answer);
  return questions.map(({ id, pid }) => {
    const report = answer.value.reportOf(id, pid);
    if (report && report.processes.length > 0) return { known: true, value: report };
    return unknown('its first process could not be found on the host; it may have ended, or be hidden from this user');
  });
}

/** What their code names is asked where a plan is made: it takes reading programs. */
async function withCode(
  source: RuntimeSource,
  reports: readonly Known<ContainerReport>[],
): Promise<readonly Known<ContainerReport>[]> {
  if (!source.changes) return reports;
  const pids = reports.flatMap((report) => (report.known ? report.value.processes.map(({ pid }) => pid) : []));
  const names = pids.length === 0 ? new Map<number, boolean>() : await askCode(source, pids);
  const told = (one: ProcessFacts): ProcessFacts => {
    const namesChroot = names.get(one.pid);
    return namesChroot === undefined ? one : { ...one, namesChroot };
  };
  return reports.map((report) =>
    report.known ? { known: true, value: { ...report.value, processes: report.value.processes.map(told) } } : report,
  );
}

function sharesNetwork({ HostConfig: { NetworkMode = '' } }: ContainerInspect): boolean {
  return NetworkMode === 'host' || NetworkMode.startsWith('container:');
}

function programsOf(report: Known<ContainerReport>): Known<readonly string[]> {
  if (!report.known) return report;
  const programs = report.value.processes.map(({ executable }) => executable);
  const visible = programs.flatMap((program) => program ?? []);
  if (visible.length < programs.length) return unknown('not every process may be looked at; connect as root');
  return { known: true, value: [...new Set(visible)] };
}

function factsOf(
  report: Known<ContainerReport>,
  inspect: ContainerInspect,
): Pick<RuntimeFacts, 'processes' | 'listeners' | 'firstFreePort'> {
  if (!report.known) return { processes: report, listeners: report, firstFreePort: report };
  const { processes, isCrowded, firstFreePort } = report.value;
  return {
    processes: isCrowded ? unknown(`it has more than ${MOST_PROCESSES} processes`) : { known: true, value: processes },
    listeners: listenersOf(report.value, inspect),
    firstFreePort:
      firstFreePort === undefined
        ? unknown('it takes nsenter on the host, and root, to read it in the network of a container')
        : { known: true, value: firstFreePort },
  };
}

/** In a network it shares, what others listen on is not the container's. */
function listenersOf(
  { sockets, heldSockets, isCrowded }: ContainerReport,
  inspect: ContainerInspect,
): Known<readonly ListeningSocket[]> {
  const isShared = sharesNetwork(inspect);
  if (!sockets || (isShared && isCrowded)) return unknown('its sockets could not all be read');
  const own = isShared ? sockets.filter(({ inode }) => heldSockets.has(inode)) : sockets;
  const rows = new Map(own.map(({ protocol, ip, port }) => [`${protocol} ${ip} ${port}`, { protocol, ip, port }]));
  return { known: true, value: [...rows.values()] };
}

function foldersOf({
  mounted,
  made,
  searched,
}: FoundFolders): Pick<RuntimeFacts, 'mountedFolders' | 'madeFiles' | 'searchedFolders'> {
  return { mountedFolders: mounted, madeFiles: made, searchedFolders: searched };
}

/** Without what the engine makes itself, and what is in a mount and not in the layer. */
async function addedTo({ changes }: RuntimeSource, inspect: ContainerInspect): Promise<Known<readonly string[]>> {
  const all = await changes?.(inspect.Id);
  if (!all) return unknown('what was changed in it was not asked for');
  const added = all.filter(
    (change) => change.kind === 'added' && !isEngineMade(change, inspect) && isCarried(change, inspect),
  );
  return { known: true, value: added.map(({ path }) => path) };
}

type Facts = readonly (readonly [id: string, facts: RuntimeFacts])[];

/** A host whose containers all have long scripts must not fill the memory of who reads it. */
function withinBounds(all: Facts): Facts {
  let characters = 0;
  return all.map(([id, facts]) => {
    if (!facts.startTexts.known) return [id, facts];
    characters += facts.startTexts.value.reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
    return characters > MOST_TEXT ? [id, { ...facts, startTexts: TOO_MUCH_TEXT }] : [id, facts];
  });
}

const MOST_TEXT = 64 * 1024 * 1024;
const TOO_MUCH_TEXT = unknown(`the starts of all containers have more than ${MOST_TEXT} characters of text`);

function unknown(because: string): Known<never> {
  return { known: false, because };
}
