import { asEnforceError } from '../model/errors.ts';
import type { Outcome } from '../model/journal.ts';
import { LABELS } from '../model/names.ts';
import type { ChangeSettings } from './apply-change.ts';
import { applyChange, lockedOut, outcomeOf } from './apply-change.ts';
import type { Target } from './observe.ts';
import { observe } from './observe.ts';
import { reverseChange } from './reverse-change.ts';
import type { TargetResult } from './settle-under-lock.ts';
import { ended, settleUnderLock } from './settle-under-lock.ts';
import type { HostTools } from './tools.ts';
import type { KeptContainer } from './unfinished.ts';
import { keptContainers, rememberedChanges, unfinishedChanges } from './unfinished.ts';
import type { MayLose } from './why-not-put-back.ts';
import { whyNotPutBack } from './why-not-put-back.ts';

/** A change that can be taken back. */
export interface RollBackTarget extends Target, MayLose {
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
  const engine = await tools.engine();
  const { members } = await observe(engine, [target], tools.facts);
  const because = await whyNotPutBack(members, engine, target);
  if (because !== undefined) return ended({ target, outcome: { result: 'skipped', because } }, tools);
  try {
    const rest = await settleUnderLock({ members: [{ target }], intent: 'roll-back', gate, stops: new Map() }, tools);
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
  target: RollBackTarget,
  id: string,
  gate: ChangeSettings['gate'],
  tools: HostTools,
): Promise<Outcome> {
  const { container, run } = target;
  const change = await reverseChange(id, target, tools);
  if (change?.container !== container)
    return { result: 'skipped', because: 'it is gone, has another name now, or no change of enforce made it' };
  if (change.blocked) return { result: 'skipped', because: change.blocked.because };
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
  return [...unfinished, ...leaders, ...rememberedChanges(containers)].filter(
    (target) => run === undefined || target.run === run,
  );
}
