import { asEnforceError } from '../model/errors.ts';
import type { Outcome } from '../model/journal.ts';
import { roleName } from '../model/names.ts';
import type { Change } from '../model/plan.ts';
import type { ChangeSettings } from './apply-change.ts';
import { applyChange, outcomeOf } from './apply-change.ts';
import { leftImages, removeLeftImages } from './carried-image.ts';
import type { TargetResult } from './settle-under-lock.ts';
import { ended, settleUnderLock } from './settle-under-lock.ts';
import type { HostTools } from './tools.ts';
import { currentLock, underLock } from './under-lock.ts';
import { unfinishedChanges } from './unfinished.ts';

/** What is done to one host: the unit of work a pool, and later a worker near the host, calls. */
export interface HostJob {
  readonly changes: readonly Change[];
  readonly settings: ChangeSettings;
  /** Asked before each change; a person, a budget or a closing window may say no. */
  readonly permit: (change: Change) => Promise<Permit>;
}

/** Whether a change may be begun; when not, how it ends instead. */
export type Permit = { readonly go: true } | { readonly go: false; readonly outcome: Outcome };

/** A planned change and how it ended. */
export interface ChangeResult {
  readonly change: Change;
  readonly outcome: Outcome;
}

/** Makes the changes of one host one after the other. A container that gets stuck ends the host's turn: nothing more is risked on it. */
export async function applyHost(
  { changes, settings, permit }: HostJob,
  tools: HostTools,
  report: (result: ChangeResult) => void,
): Promise<readonly ChangeResult[]> {
  const results: ChangeResult[] = [];
  const left = await leftBehind(tools);
  let stuck = false;
  for (const change of changes.filter(({ partOf }) => partOf === undefined)) {
    const outcome: Outcome =
      left !== undefined || stuck
        ? { result: 'deferred', because: left ?? 'another container of this host is stuck' }
        : await oneChange(change);
    stuck ||= outcome.result === 'stuck';
    tell({ change, outcome });
    for (const own of changes.filter(({ partOf }) => partOf === change.container))
      tell({ change: own, outcome: outcomeOfPart(own, outcome, tools.journal.run) });
  }
  for (const change of changes.filter((own) => !results.some((result) => result.change === own)))
    tell({ change, outcome: { result: 'skipped', because: `it is part of the change of ${change.partOf ?? '?'}` } });
  return results;

  function tell(result: ChangeResult): void {
    results.push(result);
    report(result);
  }

  async function oneChange(change: Change): Promise<Outcome> {
    const permission = await permit(change);
    if (permission.go) return await applyChange(change, settings, tools);
    const { journal, clock, host } = tools;
    const { outcome } = permission;
    journal.write({ event: 'change-ended', at: clock.timestamp(), host, container: change.container, outcome });
    return outcome;
  }
}

/** Why nothing more is risked on a host: what a run left there could not be brought to an end, and nobody is at work on it. */
async function leftBehind({ engine }: HostTools): Promise<string | undefined> {
  const reader = await engine();
  const [left] = unfinishedChanges(await reader.list());
  if (!left || (await currentLock(reader))) return undefined;
  return `the change of ${left.container} that run ${left.run} began is unfinished, and must be ended first`;
}

/** What holds on to a container shares its fate. */
function outcomeOfPart({ container }: Change, whole: Outcome, run: string): Outcome {
  if (whole.result !== 'applied') return whole;
  return { ...whole, kept: whole.kept === null ? null : roleName(container, 'bak', run), answers: [] };
}

/**
 * Finishes or undoes what an interrupted run left on a host, and takes away the lock of a holder who is known to be gone.
 * Throws `locked` when somebody who may be at work has it.
 */
export async function resumeHost(
  { gate }: Pick<ChangeSettings, 'gate'>,
  tools: HostTools,
): Promise<readonly TargetResult[]> {
  const engine = await tools.engine();
  const results: TargetResult[] = [];
  for (const target of unfinishedChanges(await engine.list())) {
    const { container, run } = target;
    tools.emit({ kind: 'resumed', host: tools.host, container, run, text: `finishing what run ${run} left` });
    const rest = await settleUnderLock({ members: [{ target }], intent: 'resume', gate, stops: new Map() }, tools);
    results.push(ended({ target, outcome: outcomeOf(rest, container, run) }, tools));
  }
  await removeDeadLock({ gate }, tools);
  await removeImages({ gate }, tools);
  return results;
}

/** Images of changes that never began or were undone; not while somebody is at work, who may have just made one. */
async function removeImages({ gate }: Pick<ChangeSettings, 'gate'>, tools: HostTools): Promise<void> {
  const engine = await tools.engine();
  if ((await leftImages(engine)).length === 0) return;
  const [first] = await engine.list();
  const inspect = first && (await engine.inspect(first.id));
  if (!inspect) return;
  try {
    await underLock({ containers: [inspect], deadlineSeconds: gate.deadlineSeconds }, tools, removeLeftImages);
  } catch (error) {
    if (asEnforceError(error, 'engine').code !== 'locked') throw error;
  }
}

async function removeDeadLock({ gate }: Pick<ChangeSettings, 'gate'>, tools: HostTools): Promise<void> {
  const engine = await tools.engine();
  const lock = await currentLock(engine);
  if (!lock || lock.process === '' || !tools.lock.isGone(lock.process)) return;
  const inspect = await engine.inspect(lock.id);
  if (!inspect) return;
  const terms = { containers: [inspect], deadlineSeconds: gate.deadlineSeconds };
  await underLock(terms, tools, () => Promise.resolve());
}
