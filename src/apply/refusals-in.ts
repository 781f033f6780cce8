import { asEnforceError } from '../model/errors.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { ActionContext, Memory } from './job.ts';
import { jobMember } from './job.ts';
import type { MemberSight } from './observe.ts';
import { takenCapabilities } from './taken-capabilities.ts';
import type { Refusals } from './tools.ts';

/** What the kernel refused a candidate while it was watched; undefined where nobody watched, or could. */
export async function refusalsIn(candidate: ContainerInspect, memory: Memory): Promise<Refusals | undefined> {
  try {
    const refusals = await memory.watches.get(candidate.Id)?.seen();
    if (refusals !== undefined && refusals.lostEvents > 0) noteBlindness(memory, 'the kernel could not keep it all');
    return refusals;
  } catch (error) {
    noteBlindness(memory, error);
    return undefined;
  }
}

/**
 * Begins to watch a candidate that is about to be started, while the old one still serves: that takes time. Only what
 * loses a capability can be refused one, and a watch that cannot be begun is one look less, and told.
 */
export async function armWatch(member: MemberSight, context: ActionContext): Promise<void> {
  const { candidateInspect } = member;
  const { memory } = context;
  if (candidateInspect && !memory.watches.has(candidateInspect.Id)) await beginWatch(member, context);
}

/** The same for one that runs and is stopped and started once more: its stop is watched too. */
export async function watchAgain(member: MemberSight, context: ActionContext): Promise<void> {
  const { candidateInspect } = member;
  if (!candidateInspect) return;
  await context.memory.watches
    .get(candidateInspect.Id)
    ?.stop()
    .catch(() => undefined);
  context.memory.watches.delete(candidateInspect.Id);
  await beginWatch(member, context);
}

/** Starts a candidate before the eyes of whoever watches it. */
export async function watchedStart<Result>(
  { candidateInspect }: MemberSight,
  { memory, tools }: ActionContext,
  start: () => Promise<Result>,
): Promise<Result> {
  const watch = candidateInspect && memory.watches.get(candidateInspect.Id);
  if (!watch) return await start();
  try {
    await watch.starts();
  } catch (error) {
    noteBlindness(memory, error);
  }
  const result = await start();
  const state = await (await tools.engine())
    .inspect(candidateInspect.Id)
    .then((inspect) => inspect?.State)
    .catch(() => undefined);
  watch.started(state?.Running === true ? (state.Pid ?? 0) : 0);
  return result;
}

async function beginWatch(
  { candidateInspect, oldInspect, target }: MemberSight,
  { job, memory, tools }: ActionContext,
): Promise<void> {
  const edits = jobMember(job, target.container)?.edits ?? [];
  if (!candidateInspect || !oldInspect || !tools.watchRefusals) return;
  if (memory.intent === 'roll-back' || takenCapabilities(oldInspect, edits).length === 0) return;
  if (memory.watches.size >= MOST_WATCHES) {
    noteBlindness(memory, 'more containers are changed with it than are watched at once');
    return;
  }
  try {
    memory.watches.set(candidateInspect.Id, await tools.watchRefusals(candidateInspect, oldInspect.State.Pid ?? 0));
  } catch (error) {
    noteBlindness(memory, error);
  }
}

/** Each is a shell of its own on the host, of which a connection carries a few. */
const MOST_WATCHES = 4;

/** What the kernel refuses could not be seen, which is one look less and is told. */
function noteBlindness(memory: Memory, error: unknown): void {
  const because = typeof error === 'string' ? error : asEnforceError(error, 'engine').message;
  memory.notes = [...new Set([...memory.notes, `not looked at: what the kernel refuses (${because})`])];
}
