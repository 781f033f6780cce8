import type { GateTrial } from '../apply/gate-trial.ts';
import type { ChangeResult, Permit } from '../apply/apply-host.ts';
import { applyHost } from '../apply/apply-host.ts';
import { loadCatalogue } from '../load/catalogue.ts';
import { EnforceError } from '../model/errors.ts';
import { matchesGlob } from '../model/glob.ts';
import type { Journal } from '../model/journal.ts';
import type { Change, Plan } from '../model/plan.ts';
import { jsonLine } from '../report/json-text.ts';
import { outcomeDocument } from '../report/outcome-document.ts';
import { outcomeText } from '../report/outcome-text.ts';
import type { Container } from '../model/snapshot.ts';
import { onEachHost } from '../transport/fleet.ts';
import type { Approver } from './approver.ts';
import { askingApprover, unattendedApprover } from './approver.ts';
import { batchesOf } from './batches.ts';
import { hostSession } from './host-session.ts';
import { hostTools } from './host-tools.ts';
import type { Inputs } from './inputs.ts';
import { connectionSettings, stateFolder } from './inputs.ts';
import type { ApplyOptions } from './commands/apply.ts';
import { usesColors } from './output.ts';
import type { Lessons } from './lessons.ts';
import { lessonsQueue } from './lessons.ts';
import type { LearningGround } from './learn-outcomes.ts';
import { preflightOf } from './preflight.ts';
import { startChangeProgress } from './progress-line.ts';
import type { Progress } from './progress.ts';
import type { World } from './world.ts';

/** One run over a fleet. */
export interface FleetJob {
  readonly plan: Plan;
  readonly planDigest: string;
  /** When it was made, where it comes from a file. */
  readonly savedAt?: string | undefined;
  readonly inputs: Inputs;
  readonly options: ApplyOptions;
  readonly run: Journal;
  readonly world: World;
}

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
  const { plan, inputs, options, world } = job;
  const progress = startChangeProgress(options, world);
  const planned = plan.hosts.flatMap((host) =>
    host.reachable ? host.changes.filter(({ action }) => action === 'recreate') : [],
  );
  const changes = planned.filter((change) => whyLeftOut(change, job) === undefined);
  const approver = options.yes ? unattendedApprover() : askingApprover(changes, options, progress, world);
  const budget = failureBudget(options.maxFailures ?? inputs.playbook.rollout.maxFailures);
  const lessons = lessonsQueue(progress, world);
  const results: ChangeResult[] = [];
  const unreached: string[] = [];
  const report = (result: ChangeResult): void => {
    budget.count(result);
    results.push(result);
    tell(result, job, progress);
  };
  const batches = batchesOf([...new Set(changes.map(({ host }) => host))], inputs.playbook.rollout.batches);

  try {
    for (const [index, batch] of batches.entries()) {
      if (index > 0 && !budget.isSpent()) await pause(inputs.playbook.rollout.pauseSeconds, world);
      const hosts = inputs.hosts.filter(({ name }) => batch.includes(name));
      const ended = await onEachHost(hosts, options.yes ? options.concurrency : 1, (host) => {
        const own = changes.filter((change) => change.host === host.name);
        return oneHost(host, own, job, { approver, budget, progress, lessons, report });
      });
      for (const result of ended) {
        if (result.ok) continue;
        // Without a journal nothing more may be done, and what is half done needs a person.
        if (result.error instanceof EnforceError && result.error.code === 'journal') throw result.error;
        unreached.push(result.host.name);
        const open = changes.filter(
          (change) => change.host === result.host.name && !results.some((told) => told.change === change),
        );
        for (const change of open) report({ change, outcome: { result: 'skipped', because: result.error.message } });
      }
    }
    for (const change of planned) {
      const because = whyLeftOut(change, job);
      if (because !== undefined) report({ change, outcome: { result: 'skipped', because } });
    }
  } finally {
    progress.end();
  }
  return { results, unreached, interrupted: world.interrupted.aborted || approver.wasInterrupted() };
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

interface Helpers {
  readonly approver: Approver;
  readonly budget: FailureBudget;
  readonly progress: Progress;
  readonly lessons: Lessons;
  readonly report: (result: ChangeResult) => void;
}

async function oneHost(
  host: Inputs['hosts'][number],
  changes: readonly Change[],
  job: FleetJob,
  { approver, budget, progress, lessons, report }: Helpers,
): Promise<void> {
  const { inputs, options, world, run, savedAt, planDigest } = job;
  const session = hostSession(host, connectionSettings(options, world), world.clock);
  try {
    const tools = await hostTools(session, run, progress, world, options);
    const permit = async (change: Change): Promise<Permit> => {
      if (world.interrupted.aborted) return notNow('interrupted before it was begun');
      if (budget.isSpent())
        return notNow(`the run has had ${budget.spent()} failures, as many as it may have (max_failures)`);
      const permission = await approver.permit(change);
      if (permission.go) progress.report({ event: 'change-started', host: change.host, container: change.container });
      return permission;
    };
    const catalogue = await loadCatalogue();
    const containers = new Map<string, Container>();
    const ground = {
      stateFolder: stateFolder(options, world),
      engine: tools.facts,
      catalogue,
      day: world.now().toISOString().slice(0, 10),
      changes,
      containers,
    };
    const settings = {
      gate: inputs.playbook.health,
      keepSeconds: inputs.playbook.keepSeconds,
      planDigest,
      remembers: 'settings' as const,
      isInterrupted: () => world.interrupted.aborted,
      preflight: preflightOf(
        session,
        inputs,
        {
          catalogue,
          savedAt,
          see(seen) {
            for (const container of seen) containers.set(container.id, container);
          },
        },
        world,
      ),
      learn: (trials: readonly GateTrial[]) => lessons.add(() => learn(trials, ground)),
    };
    await applyHost({ changes, settings, permit }, tools, report);
  } finally {
    await session.close();
  }
}

// What reads and checks profiles is loaded only where there is something to learn.
async function learn(trials: readonly GateTrial[], ground: LearningGround): Promise<void> {
  if (trials.length === 0) return;
  const { learnOutcomes } = await import('./learn-outcomes.ts');
  await learnOutcomes(trials, ground);
}

function notNow(because: string): Permit {
  return { go: false, outcome: { result: 'deferred', because } };
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

interface FailureBudget {
  readonly count: (result: ChangeResult) => void;
  readonly isSpent: () => boolean;
  readonly spent: () => number;
}

function failureBudget(most: number): FailureBudget {
  let failures = 0;
  return {
    count: ({ outcome }) => {
      if (outcome.result === 'rolled-back' || outcome.result === 'stuck') failures++;
    },
    isSpent: () => failures >= most,
    spent: () => failures,
  };
}
