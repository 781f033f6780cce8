import { readFile } from 'node:fs/promises';
import { EnforceError } from '../../model/errors.ts';
import type { Host } from '../../model/inventory.ts';
import type { Plan } from '../../model/plan.ts';
import { hostWindows } from '../../load/host-windows.ts';
import { selectHosts } from '../../load/select-hosts.ts';
import { loadCatalogue } from '../../load/catalogue.ts';
import { unfinishedChanges } from '../../apply/unfinished.ts';
import { assess } from '../../plan/assess.ts';
import type { HostReading } from '../../plan/build-plan.ts';
import { buildPlan } from '../../plan/build-plan.ts';
import { suspectsIn } from '../../plan/probation.ts';
import type { PlannedHost } from '../../plan/window-outlook.ts';
import { windowOutlooks } from '../../plan/window-outlook.ts';
import { jsonText } from '../../report/json-text.ts';
import { planDocument } from '../../report/plan-document.ts';
import { planText } from '../../report/plan-text.ts';
import { windowDocument } from '../../report/window-document.ts';
import { windowLines } from '../../report/window-text.ts';
import type { ExitCode } from '../exit-code.ts';
import { worst } from '../exit-code.ts';
import type { Inputs, RuleInputs } from '../inputs.ts';
import { readInputs, readRules, seekingSurplus } from '../inputs.ts';
import { learnedOf } from '../learned.ts';
import type { CarryOption, CommonOptions } from '../options.ts';
import { usesColors } from '../output.ts';
import { startProgress, warn } from '../progress-line.ts';
import { readingOf } from '../reading-of.ts';
import { requireContainers } from '../require-containers.ts';
import { usage } from '../run.ts';
import { saveFile } from '../save-file.ts';
import { scanFleet } from '../scan-fleet.ts';
import type { World } from '../world.ts';

/** Flags of `enforce plan`. */
export interface PlanOptions extends CommonOptions, CarryOption {
  readonly output?: string;
  readonly from?: string;
  readonly detailedExitcode: boolean;
}

/** `enforce plan`: how the findings would be fixed. Only reads. */
export async function plan(options: PlanOptions, world: World): Promise<ExitCode> {
  const { readings, inputs, windows } =
    options.from === undefined ? await readFleet(options, world) : await readSaved(options.from, options, world);
  requireContainers(options.container, readings);
  const made = await planOf(readings, inputs, world);
  warn([...unfinishedIn(readings), ...suspicious(readings, world)], options, world);
  // The diff has them too; a document nobody may look at.
  if (options.json) warn(made.warnings, options, world);
  const now = world.now().getTime();
  const outlooks = windowOutlooks(windows, changesOf(made), now);
  const document = jsonText({
    ...planDocument(made),
    ...(outlooks.length === 0 ? {} : { windows: outlooks.map(windowDocument) }),
  });
  if (options.output !== undefined) saveFile(options.output, document);
  world.stdout.write(
    options.json
      ? document
      : [
          planText(made, { colors: usesColors(world.stdout, world, options.color), verbose: options.verbose > 0 }),
          ...windowLines(outlooks, { now, timeZone: world.timeZone }).map(
            (line, at) => `${at === 0 ? 'Windows: ' : ' '.repeat(9)}${line}\n`,
          ),
        ].join(''),
  );
  if (world.interrupted.aborted) return 130;
  return worst([
    options.detailedExitcode && hasWork(made) ? 2 : 0,
    made.hosts.every(({ reachable }) => reachable) ? 0 : 4,
  ]);
}

/** What an interrupted run left half done on the hosts: a plan made around it is not what will be done. */
function unfinishedIn(readings: readonly HostReading[]): readonly string[] {
  return readings.flatMap(({ host, read }) => {
    if (read instanceof Error) return [];
    const containers = read.snapshot.containers.map(({ id, name, inspect }) => ({
      id,
      names: [name],
      labels: inspect.Config.Labels ?? {},
    }));
    return unfinishedChanges(containers).map(
      ({ container, run }) =>
        `${host}: run ${run} left its change of ${container} unfinished; enforce apply ends it first, and then plans anew`,
    );
  });
}

/** Changes of the last day that turned out badly after their gate: they are better taken back than added to. */
function suspicious(readings: readonly HostReading[], world: World): readonly string[] {
  return readings.flatMap(({ host, read }) => {
    if (read instanceof Error) return [];
    const inspects = read.snapshot.containers.map(({ inspect }) => inspect);
    return suspectsIn(inspects, host, world.now().toISOString()).map(
      ({ container, run, because, rollback }) =>
        `${host}: ${container} does worse since run ${run} changed it: ${because}; ${rollback} takes it back`,
    );
  });
}

/** The plan for what was read. */
export async function planOf(readings: readonly HostReading[], inputs: RuleInputs, world: World): Promise<Plan> {
  return buildPlan(readings, {
    assessment: inputs.assessment,
    exceptions: inputs.exceptions,
    catalogue: await loadCatalogue(),
    learned: await learnedOf(readings, inputs.learned),
    itself: world.itself(),
    createdAt: world.now().toISOString(),
    carry: inputs.carry,
  });
}

/** Whether anything is left to do, by enforce or by a person. */
export function hasWork({ hosts }: Plan): boolean {
  return hosts.some((host) => host.reachable && host.changes.some(({ action }) => action !== 'excepted'));
}

interface Readings {
  readonly readings: readonly HostReading[];
  readonly inputs: RuleInputs;
  /** By the name of the host. */
  readonly windows: Inputs['windows'];
}

function changesOf({ hosts }: Plan): readonly PlannedHost[] {
  return hosts.map((host) => ({ host: host.host, changes: host.reachable ? host.changes : [] }));
}

async function readFleet(options: PlanOptions, world: World): Promise<Readings> {
  const inputs = seekingSurplus(await readInputs(options, world));
  warn(inputs.warnings, options, world);
  const progress = startProgress(options, world);
  const results = await scanFleet(inputs, options, progress, world);
  progress.end();
  return { readings: results.map(readingOf), inputs, windows: inputs.windows };
}

async function readSaved(file: string, options: PlanOptions, world: World): Promise<Readings> {
  if (options.inventory.length > 0)
    throw usage('--from reads the hosts from the saved scan, not from --inventory', 'leave one of them out');
  const { parseSavedScan } = await import('../../load/scan-file.ts');
  const inputs = await readRules(options, world);
  warn(inputs.warnings, options, world);
  const { snapshots, notRead } = parseSavedScan(await textOf(file), file);
  const readings: readonly HostReading[] = [
    ...snapshots.map((snapshot) => ({
      host: snapshot.host,
      address: snapshot.address,
      read: { snapshot, findings: assess(snapshot, inputs.assessment) },
    })),
    ...notRead.map(({ host, address, because, hint }) => ({
      host,
      address,
      read: new EnforceError('unreachable', because, hint === undefined ? {} : { hint }),
    })),
  ];
  return {
    inputs,
    readings: selectReadings(readings, options.limit),
    windows: windowsBy(readings, inputs, options, world),
  };
}

/** A saved scan does not know the groups that windows may be for: then nothing is said of them. */
function windowsBy(
  readings: readonly HostReading[],
  { playbook }: RuleInputs,
  options: PlanOptions,
  world: World,
): Inputs['windows'] {
  try {
    return hostWindows(playbook.windows, { hosts: readings.map(hostOf), warnings: [] });
  } catch (error) {
    warn([`when windows open is not told: ${(error as Error).message} in the saved scan`], options, world);
    return new Map();
  }
}

/** The hosts of a saved scan that `--limit` selects, by name: it does not know their groups. */
function selectReadings(readings: readonly HostReading[], limit: string | undefined): readonly HostReading[] {
  const selected = selectHosts({ hosts: readings.map(hostOf), warnings: [] }, limit);
  return readings.filter(({ host }) => selected.some(({ name }) => name === host));
}

function hostOf({ host }: HostReading): Host {
  return { name: host, groups: ['all'], address: { kind: 'unix', path: '/' } };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new EnforceError('bad-scan', `${file} cannot be read: ${(error as Error).message}`, {
      hint: 'make it with enforce scan -o FILE',
      cause: error,
    });
  }
}
