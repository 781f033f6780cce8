import type { ChangeResult, Permit } from '../apply/apply-host.ts';
import { applyHost } from '../apply/apply-host.ts';
import type { GateTrial } from '../apply/gate-trial.ts';
import { loadCatalogue } from '../load/catalogue.ts';
import type { Change } from '../model/plan.ts';
import type { Container } from '../model/snapshot.ts';
import type { Approver } from './approver.ts';
import type { FleetJob } from './fleet-job.ts';
import { hostSession } from './host-session.ts';
import { hostTools } from './host-tools.ts';
import type { Inputs } from './inputs.ts';
import { connectionSettings, stateFolder } from './inputs.ts';
import type { LearningGround } from './learn-outcomes.ts';
import type { Lessons } from './lessons.ts';
import { preflightOf } from './preflight.ts';
import { note } from './progress-line.ts';
import type { Progress } from './progress.ts';
import type { WindowGate } from './window-gate.ts';

/** Makes the changes of one host: looked at anew, asked for, each under the host's lock, and told as they end. */
export async function applyOnHost(
  host: Inputs['hosts'][number],
  changes: readonly Change[],
  job: FleetJob,
  { approver, windows, whyStopped, progress, lessons, report }: RunHelpers,
): Promise<void> {
  const { inputs, options, world, run, savedAt, planDigest } = job;
  const session = hostSession(host, connectionSettings(options, world), world.clock);
  try {
    const tools = await hostTools(session, run, progress, world, options);
    const clocks = await windows.compareClocks(tools);
    if (clocks !== undefined) note(`warning: ${clocks}`, progress, options, world);
    const permit = async (change: Change): Promise<Permit> => {
      const stopped = whyStopped();
      if (stopped !== undefined) return notNow(stopped);
      const closed = windows.whyNot(change);
      if (closed) return { go: false, outcome: closed };
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
      whyTooLate: (change: Change) => windows.whyNot(change),
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

/** What the hosts of a run share. */
export interface RunHelpers {
  readonly approver: Approver;
  readonly windows: WindowGate;
  readonly whyStopped: () => string | undefined;
  readonly progress: Progress;
  readonly lessons: Lessons;
  readonly report: (result: ChangeResult) => void;
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
