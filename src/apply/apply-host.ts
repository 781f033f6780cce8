import { asEnforceError } from '../model/errors.ts';
import type { Outcome } from '../model/journal.ts';
import { LABELS, roleName } from '../model/names.ts';
import type { Change } from '../model/plan.ts';
import type { ChangeSettings } from './apply-change.ts';
import { applyChange, lockedOut, outcomeOf } from './apply-change.ts';
import { leftImages, removeLeftImages } from './carried-image.ts';
import type { Job } from './job.ts';
import type { Target } from './observe.ts';
import { observe } from './observe.ts';
import type { Rest } from './settle.ts';
import { reverseChange } from './reverse-change.ts';
import { settle } from './settle.ts';
import type { HostTools } from './tools.ts';
import { currentLock, underLock } from './under-lock.ts';
import type { KeptContainer } from './unfinished.ts';
import { keptContainers, rememberedChanges, unfinishedChanges } from './unfinished.ts';

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
  let stuck = false;
  for (const change of changes.filter(({ partOf }) => partOf === undefined)) {
    const outcome: Outcome = stuck
      ? { result: 'deferred', because: 'another container of this host is stuck' }
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

/** What holds on to a container shares its fate. */
function outcomeOfPart({ container }: Change, whole: Outcome, run: string): Outcome {
  if (whole.result !== 'applied') return whole;
  return { ...whole, kept: whole.kept === null ? null : roleName(container, 'bak', run), answers: [] };
}

/** A change known by name and run, and how it ended. */
export interface TargetResult {
  readonly target: Target;
  readonly outcome: Outcome;
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
    const rest = await settleUnderLock({ members: [{ target }], intent: 'resume', gate }, tools);
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

async function settleUnderLock(job: Job, tools: HostTools): Promise<Rest> {
  const engine = await tools.engine();
  const { members } = await observe(
    engine,
    job.members.map(({ target }) => target),
    tools.facts,
  );
  const containers = members.flatMap(({ oldInspect, candidateInspect }) =>
    [oldInspect, candidateInspect].filter((inspect) => inspect !== undefined),
  );
  const terms = { containers, deadlineSeconds: job.gate.deadlineSeconds };
  return await underLock(terms, tools, async (held) => {
    const rest = await settle(job, held);
    if (rest.at === 'old') await removeLeftImages(held).catch(() => undefined);
    return rest;
  });
}

/** A change that can be taken back. */
export interface RollBackTarget extends Target {
  /** Id of the container that has the name now, where its labels alone tell how the old one was. */
  readonly newId?: string;
}

/**
 * Takes a change back: puts the kept container in its place, and with it those of its dependants; where none is kept, the
 * container is made again with the settings it had.
 */
export async function rollBackTarget(
  target: RollBackTarget,
  gate: ChangeSettings['gate'],
  tools: HostTools,
): Promise<TargetResult> {
  if (target.newId !== undefined) return { target, outcome: await reverse(target, target.newId, gate, tools) };
  try {
    const rest = await settleUnderLock({ members: [{ target }], intent: 'roll-back', gate }, tools);
    const outcome: Outcome =
      rest.at === 'old'
        ? { result: 'rolled-back', because: 'asked for', downtimeMilliseconds: rest.downtimeMilliseconds }
        : outcomeOf(rest, target.container, target.run);
    return ended({ target, outcome }, tools);
  } catch (error) {
    const failure = asEnforceError(error, 'engine');
    if (failure.code !== 'locked') throw failure;
    return ended({ target, outcome: lockedOut(failure) }, tools);
  }
}

async function reverse(
  { container, run }: Target,
  id: string,
  gate: ChangeSettings['gate'],
  tools: HostTools,
): Promise<Outcome> {
  const change = await reverseChange(tools.host, id, await tools.engine());
  if (change?.container !== container) return { result: 'skipped', because: 'it is gone, or has another name now' };
  const outcome = await applyChange(
    change,
    {
      gate,
      planDigest: `takes back ${run}`,
      keepSeconds: 0,
      remembers: 'nothing',
      preflight: () => Promise.resolve({ ready: true }),
    },
    tools,
  );
  switch (outcome.result) {
    case 'applied':
      return { result: 'rolled-back', because: 'asked for', downtimeMilliseconds: outcome.downtimeMilliseconds };
    case 'rolled-back':
      return { result: 'skipped', because: `it could not be made again as it was: ${outcome.because}` };
    default:
      return outcome;
  }
}

function ended(result: TargetResult, { journal, clock, host }: HostTools): TargetResult {
  const { target, outcome } = result;
  journal.write({ event: 'change-ended', at: clock.timestamp(), host, container: target.container, outcome });
  return result;
}

/**
 * The changes of a host that can be taken back: those that were begun and not ended, and those whose new container is the
 * one that has the name now. A change that a later run built upon can only be taken back after the later one.
 */
export async function rollBackTargets(
  run: string | undefined,
  { engine }: Pick<HostTools, 'engine'>,
): Promise<readonly RollBackTarget[]> {
  const containers = await (await engine()).list();
  const unfinished = unfinishedChanges(containers);
  const kept = keptContainers(containers);
  const isCurrent = (target: KeptContainer): boolean =>
    !unfinished.some(({ container }) => container === target.container) &&
    containers.some(({ names, labels }) => names.includes(target.container) && labels[LABELS.run] === target.run);
  // Who holds on to another goes back with it.
  const leaders = kept.filter((target) => target.leader === target.container && isCurrent(target));
  const remembered = rememberedChanges(containers).filter(
    (target) => ![...unfinished, ...kept].some(({ container }) => container === target.container),
  );
  return [...unfinished, ...leaders, ...remembered].filter((target) => run === undefined || target.run === run);
}
