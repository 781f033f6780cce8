import type { ChangeResult } from '../../apply/apply-host.ts';
import type { EnforceError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { counted } from '../../report/counted.ts';
import type { Window } from '../../model/playbook.ts';
import { errorText } from '../../report/error-text.ts';
import { jsonLine, jsonText } from '../../report/json-text.ts';
import { planDocument } from '../../report/plan-document.ts';
import { planSummary, planText } from '../../report/plan-text.ts';
import { runText } from '../../report/outcome-text.ts';
import { applyFleet } from '../apply-fleet.ts';
import type { FleetResult } from '../apply-fleet.ts';
import { digestText } from '../digest-text.ts';
import type { ExitCode } from '../exit-code.ts';
import { exitCodeOf, worst } from '../exit-code.ts';
import { readInputs, seekingSurplus, stateFolder } from '../inputs.ts';
import type { Inputs } from '../inputs.ts';
import type { CarryOption, CommonOptions } from '../options.ts';
import { usesColors } from '../output.ts';
import { overLimit } from '../over-limit.ts';
import { resumeFleet } from '../resume-fleet.ts';
import { awaitWindow } from '../await-window.ts';
import { whyAllClosed } from '../window-gate.ts';
import type { WindowOptions, WindowWishes } from '../window-options.ts';
import { windowWishes } from '../window-options.ts';
import { warn, startProgress } from '../progress-line.ts';
import { canPrompt } from '../prompt.ts';
import { refused, requireCarry, requireFresh, requireHosts, savedPlan } from '../saved-plan.ts';
import { startRun } from '../run-record.ts';
import type { RunRecorder } from '../run-record.ts';
import type { UnfinishedRun } from '../unfinished-run.ts';
import { continuesText, scopeOf, unfinishedRun, withoutMade } from '../unfinished-run.ts';
import { scanFleet } from '../scan-fleet.ts';
import { usage } from '../run.ts';
import type { World } from '../world.ts';
import { planOf } from './plan.ts';
import { readingOf } from '../reading-of.ts';
import { requireContainers } from '../require-containers.ts';

/** Flags of `enforce apply`. */
export interface ApplyOptions extends CommonOptions, CarryOption, WindowOptions {
  readonly yes: boolean;
  readonly maxChanges?: number | `${number}%`;
  readonly maxFailures?: number | `${number}%`;
}

/** `enforce apply`: fixes what the plan says, container by container, and first ends what an interrupted run left. */
export async function apply(file: string | undefined, options: ApplyOptions, world: World): Promise<ExitCode> {
  requireConsent(options, world);
  const wishes = windowWishes(options);
  if (file !== undefined && options.rule.length > 0)
    throw usage('--rule narrows a plan when it is made, not when it is applied', 'make one with enforce plan --rule');
  const read = seekingSurplus(await readInputs(options, world));
  // What is ignored is not there, for everything that follows.
  const inputs =
    wishes.ignoredBecause === undefined ? read : { ...read, windows: new Map<string, readonly Window[]>() };
  warn(inputs.warnings, options, world);
  const saved = file === undefined ? undefined : await savedPlan(file);
  if (saved) requireFresh(saved, inputs, world.now());
  if (saved) requireHosts(saved, inputs.hosts);
  if (saved) requireCarry(saved, options);

  const run = startRun('apply', options, world);
  try {
    return await inRun(run, saved, { ...inputs, wishes }, options, world);
  } finally {
    run.close();
  }
}

async function inRun(
  run: RunRecorder,
  saved: Plan | undefined,
  { wishes, ...inputs }: Inputs & { readonly wishes: WindowWishes },
  options: ApplyOptions,
  world: World,
): Promise<ExitCode> {
  world.holdInterrupts();
  const resumed = await resumeFleet(run.journal, inputs, options, world);
  await awaitWindow(inputs, wishes.patienceSeconds, options, world);
  if (saved && wishes.patienceSeconds > 0) requireFresh(saved, inputs, new Date(world.clock.timestamp()));
  const scope = scopeOf(inputs, options, saved);
  const earlier = unfinishedRun(scope, stateFolder(options, world), world);
  const plan = saved
    ? withoutMade(saved, earlier ? [...earlier.made, ...resumed.made] : [])
    : await freshPlan(inputs, resumed.codes, options, world);
  if (!showsDiff(plan, options)) warn(plan.warnings, options, world);
  const limit = overLimit(plan, inputs.playbook.rollout, options.maxChanges);
  if (limit !== undefined) throw refused(limit, 'narrow the plan with --limit or --container, or raise --max-changes');
  const closed = world.interrupted.aborted ? undefined : whyAllClosed(plan, inputs, world);
  if (closed) return endClosed(closed, resumed.codes, world);

  const document = jsonText(planDocument(plan));
  const digest = digestText(document);
  showPlan(plan, run, earlier, options, world);
  run.begin({ document, digest, scope, ...(earlier === undefined ? {} : { continues: earlier.run }) });
  if (wishes.ignoredBecause !== undefined && inputs.playbook.windows.length > 0)
    run.journal.write({ event: 'windows-ignored', at: world.clock.timestamp(), reason: wishes.ignoredBecause });
  const unread = plan.hosts.flatMap((host) => (host.reachable ? [] : [host]));
  for (const { host, because } of unread)
    run.journal.write({ event: 'host-unreached', at: world.clock.timestamp(), host, because });
  const ended =
    changeCount(plan) === 0
      ? { results: [], unreached: [], interrupted: world.interrupted.aborted }
      : await applyFleet({
          plan,
          planDigest: digest,
          savedAt: saved?.createdAt,
          inputs,
          options,
          run: run.journal,
          world,
          earlier,
        });
  const exitCode = endCode(plan, ended, resumed.codes);
  run.end(exitCode);
  showEnd(run, { results: ended.results, unreached: unread.length + ended.unreached.length, exitCode }, options, world);
  return exitCode;
}

/** What was left half done was ended all the same, and may weigh more. */
function endClosed(closed: EnforceError, resumed: readonly ExitCode[], { stderr }: World): ExitCode {
  stderr.write(errorText(closed, { colors: false, verbose: false }));
  return worst([...resumed, 5]);
}

function showPlan(
  plan: Plan,
  { journal }: RunRecorder,
  earlier: UnfinishedRun | undefined,
  options: ApplyOptions,
  world: World,
): void {
  const { json, verbose, color } = options;
  const changes = changeCount(plan);
  if (json) {
    const at = world.clock.timestamp();
    world.stdout.write(
      jsonLine({ type: 'run-started', at, run: journal.run, changes, continues: earlier?.run ?? null }),
    );
    return;
  }
  if (earlier && !options.quiet) world.stderr.write(`${continuesText(earlier, changes)}\n`);
  world.stdout.write(
    showsDiff(plan, options) && !options.quiet
      ? planText(plan, { colors: usesColors(world.stdout, world, color), verbose: verbose > 0 })
      : `${planSummary(plan)}\n`,
  );
}

/** Where a person is asked, each question shows its own part of the diff. */
function showsDiff(plan: Plan, { json, yes }: ApplyOptions): boolean {
  return !json && (yes || changeCount(plan) === 0);
}

interface RunEnd {
  readonly results: readonly ChangeResult[];
  readonly unreached: number;
  readonly exitCode: ExitCode;
}

function showEnd(
  { journal }: RunRecorder,
  { results, unreached, exitCode }: RunEnd,
  { json, color, quiet }: ApplyOptions,
  world: World,
): void {
  if (json) {
    world.stdout.write(
      jsonLine({
        type: 'run-ended',
        at: world.clock.timestamp(),
        run: journal.run,
        exit_code: exitCode,
        hosts_unreached: unreached,
      }),
    );
    return;
  }
  const shown = results.map(({ change, outcome }) => ({
    host: change.host,
    container: change.container,
    outcome,
    notes: [],
  }));
  world.stdout.write(
    runText(
      { run: journal.run, results: shown, unreached, exitCode },
      { colors: usesColors(world.stdout, world, color) },
    ),
  );
  const left = results.filter(({ outcome }) => outcome.result === 'deferred').length;
  if (left > 0 && !quiet)
    world.stderr.write(`next: the same command goes on with ${counted(left, 'change')} that it did not come to\n`);
}

/** A plan is no approval: only a person at a terminal or `--yes` is. */
function requireConsent({ yes, json, input }: ApplyOptions, { stdin, stderr, environment }: World): void {
  if (yes) return;
  if (json) throw usage('--json has nobody to ask', 'add --yes to apply without being asked');
  if (!input || environment['CI'] || !canPrompt(stdin, stderr))
    throw usage(
      'there is nobody to ask: input is off or this is not a terminal',
      'add --yes to apply without being asked',
    );
}

async function freshPlan(
  inputs: Inputs,
  resumed: readonly ExitCode[],
  options: ApplyOptions,
  world: World,
): Promise<Plan> {
  const progress = startProgress(options, world, inputs.hosts.length);
  const results = await scanFleet(inputs, options, progress, world);
  progress.end();
  const readings = results.map(readingOf);
  if (resumed.length === 0) requireContainers(options.container, readings);
  return await planOf(readings, inputs, world);
}

function changeCount({ hosts }: Plan): number {
  return hosts.flatMap((host) => (host.reachable ? host.changes.filter(({ action }) => action === 'recreate') : []))
    .length;
}

function endCode(plan: Plan, { results, unreached, interrupted }: FleetResult, resumed: readonly ExitCode[]): ExitCode {
  const codes: ExitCode[] = [...resumed, ...results.map(({ outcome }) => exitCodeOf(outcome))];
  if (unreached.length > 0 || plan.hosts.some(({ reachable }) => !reachable)) codes.push(4);
  if (plan.hosts.some((host) => host.reachable && host.changes.some(({ action }) => action === 'blocked')))
    codes.push(2);
  const code = worst(codes);
  return interrupted && code !== 6 && code !== 3 ? 130 : code;
}
