import type { Lock } from '../../apply/lock.ts';
import { secondsLeft } from '../../apply/lock.ts';
import { standingOf } from '../../apply/standing-of.ts';
import { currentLock } from '../../apply/under-lock.ts';
import { keptContainers, rememberedChanges, unfinishedChanges } from '../../apply/unfinished.ts';
import type { ContainerSummary, EngineReader } from '../../engine/engine.ts';
import { hostWindows, windowWarnings } from '../../load/host-windows.ts';
import type { Host } from '../../model/inventory.ts';
import type { ContainerInspect } from '../../model/snapshot.ts';
import { isOfChange, suspectsIn } from '../../plan/probation.ts';
import { windowOutlooks } from '../../plan/window-outlook.ts';
import { outcomeText } from '../../report/outcome-text.ts';
import { jsonText } from '../../report/json-text.ts';
import { plainText } from '../../report/plain-text.ts';
import type { HostLock, KeptContainer, Status, SuspectChange, UnfinishedChange } from '../../report/status-text.ts';
import { runText, statusText } from '../../report/status-text.ts';
import { runDocument, statusDocument } from '../../report/status-document.ts';
import { onEachHost } from '../../transport/fleet.ts';
import type { ExitCode } from '../exit-code.ts';
import { worst } from '../exit-code.ts';
import { hostSession } from '../host-session.ts';
import { deferredWork } from '../deferred-work.ts';
import { connectionSettings, readHosts, readPlaybookFile, stateFolder } from '../inputs.ts';
import type { CommonOptions } from '../options.ts';
import { usesColors } from '../output.ts';
import { startProgress, warn } from '../progress-line.ts';
import { readRun, readRuns, recordedRuns } from '../recorded-runs.ts';
import { usage } from '../run.ts';
import type { World } from '../world.ts';

/** Flags of `enforce status`. */
export interface StatusOptions extends CommonOptions {
  readonly playbook?: string;
}

/** Runs shown when none is asked for. */
const SHOWN_RUNS = 10;

/** `enforce status`: what runs did, and what the hosts still carry of them. Only reads. */
export async function status(run: string | undefined, options: StatusOptions, world: World): Promise<ExitCode> {
  if (run !== undefined) return oneRun(run, options, world);
  const { hosts, warnings, inventory } = await readHosts(options, world);
  const { windows } = await readPlaybookFile(options.playbook);
  const ownWindows = hostWindows(windows, inventory);
  warn([...warnings, ...windowWarnings(windows)], options, world);
  const progress = startProgress(options, world, hosts.length);
  const found = await onEachHost(hosts, options.concurrency, (host) => leftOn(host, options, world));
  progress.end();
  const folder = stateFolder(options, world);
  const now = world.now().getTime();
  const planned = hosts.map(({ name }) => ({ host: name, changes: [] }));
  const told: Status = {
    runs: readRuns(folder).slice(0, SHOWN_RUNS),
    deferred: deferredWork(recordedRuns(folder)),
    windows: windowOutlooks(ownWindows, planned, now),
    kept: found.flatMap((result) => (result.ok ? result.value.kept : [])),
    unfinished: found.flatMap((result) => (result.ok ? result.value.unfinished : [])),
    suspects: found.flatMap((result) => (result.ok ? result.value.suspects : [])),
    locks: found.flatMap((result) => (result.ok ? result.value.locks : [])),
    notReached: found.flatMap((result) =>
      result.ok ? [] : [{ host: result.host.name, because: result.error.message }],
    ),
  };
  world.stdout.write(
    options.json
      ? jsonText(statusDocument(told, world.now().toISOString()))
      : statusText(told, { colors: usesColors(world.stdout, world, options.color), now, timeZone: world.timeZone }),
  );
  return worst([told.unfinished.length > 0 ? 2 : 0, told.notReached.length > 0 ? 4 : 0]);
}

interface Left {
  readonly kept: readonly KeptContainer[];
  readonly unfinished: readonly UnfinishedChange[];
  readonly suspects: readonly SuspectChange[];
  readonly locks: readonly HostLock[];
}

async function leftOn(host: Host, options: CommonOptions, world: World): Promise<Left> {
  const session = hostSession(host, connectionSettings(options, world), world.clock);
  try {
    const engine = await session.engine();
    const containers = await engine.list();
    const lock = await currentLock(engine);
    return {
      suspects: suspectsIn(await changedAmong(containers, engine), host.name, world.now().toISOString()).map(
        (suspect) => ({ host: host.name, ...suspect }),
      ),
      locks: lock ? [hostLock(host.name, lock, await engine.time())] : [],
      kept: [
        ...keptContainers(containers).map(({ container, run, keptName, until }) => ({
          host: host.name,
          container,
          name: keptName,
          run,
          until: until === null ? null : until.slice(0, 10),
        })),
        ...rememberedChanges(containers).map(({ container, run }) => ({
          host: host.name,
          container,
          name: '(its settings only)',
          run,
          until: null,
        })),
      ],
      unfinished: unfinishedChanges(containers).map(({ container, run }) => ({
        host: host.name,
        container,
        run,
        because: standingOf(container, run, containers),
      })),
    };
  } finally {
    await session.close();
  }
}

/** What a list does not tell of the new and the old containers of changes. */
async function changedAmong(
  containers: readonly ContainerSummary[],
  engine: EngineReader,
): Promise<readonly ContainerInspect[]> {
  const changed = containers.filter(({ labels, names }) => isOfChange(labels, names));
  return (await Promise.all(changed.map(({ id }) => engine.inspect(id)))).flatMap((inspect) => inspect ?? []);
}

function hostLock(host: string, lock: Lock, engineTime: number | undefined): HostLock {
  const { id, run, operator, takenAt } = lock;
  return {
    host,
    id,
    run,
    operator,
    ageSeconds: engineTime === undefined ? null : Math.max(0, Math.round((engineTime - takenAt) / 1000)),
    leftSeconds: Math.ceil(secondsLeft(lock, engineTime)),
  };
}

function oneRun(name: string, options: CommonOptions, world: World): ExitCode {
  const run = readRun(stateFolder(options, world), name);
  if (!run)
    throw usage(
      `there is no run ${JSON.stringify(name)} in ${stateFolder(options, world)}`,
      'enforce status lists the runs',
    );
  const colors = usesColors(world.stdout, world, options.color);
  if (options.json)
    world.stdout.write(
      jsonText({
        ...runDocument(run.record),
        windows_ignored: run.ignoredWindows ?? null,
        unreached: [...run.unreached],
        changes: run.results.map(({ host, container, outcome }) => ({
          host,
          container,
          result: outcome.result,
          because: 'because' in outcome ? outcome.because : null,
        })),
      }),
    );
  else {
    world.stdout.write(runText(run.record, { colors }));
    for (const result of run.results) world.stdout.write(outcomeText({ ...result, notes: [] }, { colors }));
    for (const host of run.unreached) world.stdout.write(`  ${plainText(host, 64)} was not reached\n`);
    if (run.ignoredWindows !== undefined)
      world.stdout.write(`maintenance windows were ignored: ${plainText(run.ignoredWindows, 500)}\n`);
  }
  return 0;
}
