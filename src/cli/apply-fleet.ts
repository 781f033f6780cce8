import type { ChangeResult } from '../apply/apply-host.ts';
import { EnforceError } from '../model/errors.ts';
import { matchesGlob } from '../model/glob.ts';
import type { Outcome } from '../model/journal.ts';
import type { Change } from '../model/plan.ts';
import { jsonLine } from '../report/json-text.ts';
import { outcomeDocument } from '../report/outcome-document.ts';
import { outcomeText } from '../report/outcome-text.ts';
import { onEachHost } from '../transport/fleet.ts';
import { applyOnHost } from './apply-on-host.ts';
import { askingApprover, unattendedApprover } from './approver.ts';
import type { Batch } from './batches.ts';
import { nextBatch, NOT_BEGUN } from './batches.ts';
import { failureBudget } from './failure-budget.ts';
import { changesByHost } from './changes-by-host.ts';
import type { FleetJob } from './fleet-job.ts';
import type { Inputs } from './inputs.ts';
import { usesColors } from './output.ts';
import { lessonsQueue } from './lessons.ts';
import { note, startChangeProgress } from './progress-line.ts';
import type { Progress } from './progress.ts';
import type { RolloutSteps } from './roll-out.ts';
import { rollOut } from './roll-out.ts';
import { windowGate } from './window-gate.ts';
import type { World } from './world.ts';

/** How the changes of a run ended, and whether somebody ended the run before its time. */
export interface FleetResult {
  readonly results: readonly ChangeResult[];
  /** Hosts whose changes could not be made because they could not be talked to. */
  readonly unreached: readonly string[];
  readonly interrupted: boolean;
}

/**
 * Makes the changes of a plan, batch by batch: hosts of a batch side by side when nobody is asked, one after the other
 * when somebody is. Once the run has as many failures as it may have, nothing new is started.
 */
export async function applyFleet(job: FleetJob): Promise<FleetResult> {
  const { plan, inputs, options, world, run } = job;
  const { rollout } = inputs.playbook;
  const progress = startChangeProgress(options, world);
  const planned = plan.hosts.flatMap((host) =>
    host.reachable ? host.changes.filter(({ action }) => action === 'recreate') : [],
  );
  const changes = planned.filter((change) => whyLeftOut(change, job) === undefined);
  const approver = options.yes
    ? unattendedApprover()
    : askingApprover(changes, { options, progress, world, approved: inputs.playbook.autoApprove });
  const budget = failureBudget(options.maxFailures ?? rollout.maxFailures, changes.length);
  const lessons = lessonsQueue(progress, world);
  const windows = windowGate({ windows: inputs.windows, isUnattended: options.yes }, world);
  const results: ChangeResult[] = [];
  const unreached = new Set<string>();
  const report = (result: ChangeResult, batch: Pick<Batch, 'isCanary'>): void => {
    budget.count(result, batch);
    windows.noteEnd(result.change, result.outcome, run);
    results.push(result);
    tell(result, job, progress);
  };
  const close = (change: Change, outcome: Outcome): void => {
    const { host, container } = change;
    run.write({ event: 'change-ended', at: world.clock.timestamp(), host, container, outcome });
    report({ change, outcome }, { isCanary: false });
  };
  let byHost = changesByHost(changes);
  const ownOf = (host: string): readonly Change[] => byHost.get(host) ?? [];
  const leadersOf = (host: string): readonly Change[] => ownOf(host).filter(({ partOf }) => partOf === undefined);
  const whyStopped = (): string | undefined =>
    world.interrupted.aborted ? 'interrupted before it was begun' : budget.whySpent();

  /** Nobody connects to a host to be told that nothing is to be done there. */
  const withoutDeclined = (hosts: readonly string[]): readonly string[] =>
    hosts.filter((host) => {
      const permits = leadersOf(host).map((change) => approver.decided(change));
      if (permits.length === 0 || !permits.every((permit) => permit?.go === false)) return true;
      const [first] = permits;
      if (first?.go === false) for (const change of ownOf(host)) close(change, first.outcome);
      return false;
    });

  const runBatch = async (batch: Batch): Promise<readonly Outcome[]> => {
    begin(batch, job, progress);
    const told = results.length;
    const names = new Set(batch.hosts);
    const hosts = inputs.hosts.filter(({ name }) => names.has(name));
    const helpers = {
      approver,
      windows,
      whyStopped,
      progress,
      lessons,
      report: (result: ChangeResult) => report(result, batch),
    };
    const work = (host: Inputs['hosts'][number]): Promise<void> => applyOnHost(host, ownOf(host.name), job, helpers);
    const isAsked = ({ name }: Inputs['hosts'][number]): boolean =>
      leadersOf(name).some((change) => approver.decided(change) === undefined);
    const asked = hosts.filter(isAsked);
    const unasked = hosts.filter((host) => !asked.includes(host));
    const ended = [...(await onEachHost(unasked, options.concurrency, work)), ...(await onEachHost(asked, 1, work))];
    for (const result of ended) {
      if (result.ok) continue;
      // Without a journal nothing more may be done, and what is half done needs a person.
      if (result.error instanceof EnforceError && result.error.code === 'journal') throw result.error;
      const { host, error } = result;
      unreached.add(host.name);
      run.write({ event: 'host-unreached', at: world.clock.timestamp(), host: host.name, because: error.message });
      const open = ownOf(host.name).filter((change) => !results.some((one) => one.change === change));
      for (const change of open) close(change, { result: 'skipped', because: error.message });
    }
    return results.slice(told).map(({ outcome }) => outcome);
  };

  try {
    await approver.prepare();
    const steps: RolloutSteps = {
      sizes: rollout.batches,
      runBatch,
      stillOpen: withoutDeclined,
      whyStopped,
      mayBegin: (hosts, after) => hosts.filter((host) => windows.whyClosed(ownOf(host), after) === undefined),
      pauseSeconds: rollout.pauseSeconds,
      pause: () => pause(rollout.pauseSeconds, world),
      leave: (hosts, because) => {
        for (const change of hosts.flatMap(ownOf)) close(change, { result: 'deferred', because });
      },
      close: (hosts, after) => {
        for (const host of hosts)
          for (const change of ownOf(host)) close(change, windows.whyClosed(ownOf(host), after) ?? OPENED_LATE);
      },
    };
    let state = { soFar: job.earlier?.soFar ?? NOT_BEGUN, hasChanged: false };
    for (const turn of inTurn(changes, job)) {
      byHost = changesByHost(turn);
      state = await rollOut([...byHost.keys()], state, steps);
    }
    for (const change of planned) {
      const because = whyLeftOut(change, job);
      if (because !== undefined) report({ change, outcome: { result: 'skipped', because } }, { isCanary: false });
    }
  } finally {
    progress.end();
  }
  return { results, unreached: [...unreached], interrupted: world.interrupted.aborted || approver.wasInterrupted() };
}

/**
 * What failed in a run that this one goes on with comes after all else, and of that what failed last at the end, or each
 * of them would end at the same change.
 */
function inTurn(changes: readonly Change[], { earlier, inputs }: FleetJob): readonly (readonly Change[])[] {
  const hosts = [...changesByHost(changes).keys()];
  const soFar = earlier?.soFar ?? NOT_BEGUN;
  // Until its canary has passed, it is the canary that is to be mended.
  if (nextBatch(hosts, soFar, inputs.playbook.rollout.batches)?.isCanary === true) return [changes];
  const failures = (earlier?.failed ?? []).map(({ host, container }) => `${host}/${container}`);
  const failedAt = ({ host, container, partOf = container }: Change): number =>
    failures.lastIndexOf(`${host}/${partOf}`);
  return [
    changes.filter((change) => failedAt(change) < 0),
    changes.filter((change) => failedAt(change) >= 0).toSorted((one, other) => failedAt(one) - failedAt(other)),
  ];
}

const OPENED_LATE: Outcome = { result: 'deferred', because: 'its window opened when the run was over' };

/** Writes down that a batch begins, and says so where there are several. */
function begin({ number, hosts, isCanary, of }: Batch, job: FleetJob, progress: Progress): void {
  const { run, world, options } = job;
  const at = world.clock.timestamp();
  run.write({ event: 'batch-started', at, batch: number, hosts, isCanary, of });
  if (hosts.length === of) return;
  if (options.json)
    world.stdout.write(jsonLine({ type: 'batch-started', at, batch: number, canary: isCanary, hosts: [...hosts] }));
  const named = hosts.length > 5 ? `${hosts.length} of ${of} hosts` : hosts.join(', ');
  note(`batch ${number}${isCanary ? ' (canary)' : ''}: ${named}`, progress, options, world);
}

/** In steps, so that nobody who interrupts it has to wait for its end. */
async function pause(seconds: number, { clock, interrupted }: World): Promise<void> {
  for (let left = seconds; left > 0 && !interrupted.aborted; left--) await clock.delay(1000);
}

/** A saved plan may know hosts the inventory does not have any more, and more than the command line selects. */
function whyLeftOut({ host, container }: Change, { inputs, options }: FleetJob): string | undefined {
  if (!inputs.hosts.some(({ name }) => name === host))
    return 'its host is not in the inventory, or not selected by --limit';
  if (options.container.length > 0 && !options.container.some((glob) => matchesGlob(glob, container)))
    return 'not selected by --container';
  return undefined;
}

/** Prints a result where results go, out of the way of the live line. */
function tell(result: ChangeResult, { options, world }: FleetJob, progress: Progress): void {
  const { change, outcome } = result;
  progress.report({ event: 'change-ended', host: change.host, container: change.container, text: outcome.result });
  progress.pause();
  const notes = outcome.result === 'applied' ? outcome.answers.map((port) => `:${port} answers`) : [];
  const shown = { host: change.host, container: change.container, outcome, notes };
  world.stdout.write(
    options.json
      ? jsonLine(outcomeDocument(shown, world.clock.timestamp()))
      : outcomeText(shown, { colors: usesColors(world.stdout, world, options.color) }),
  );
  progress.resume();
}
