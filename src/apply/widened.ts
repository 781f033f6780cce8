import type { Change, Edit, Widening } from '../model/plan.ts';
import type { Failure } from './job.ts';

/** A change that keeps more than was planned, and why. */
export interface Widened {
  readonly change: Change;
  readonly because: string;
  /** The whole set that is kept. */
  readonly keeps: readonly string[];
  /** How far it was widened. */
  readonly to: 'refused' | 'safe';
}

/**
 * What is tried next when the new container did not do: once, the capabilities it showed that it was refused; then the
 * safe set. Both are named in the plan, and neither holds what the old container does not. Undefined: the old one stays.
 */
export function widened(change: Change, { container, suspicion }: Failure, last?: Widened['to']): Widened | undefined {
  const member = [change, ...change.dependants].find((one) => one.container === container);
  const widening = member?.widening;
  const keeps = member && keptBy(member.edits);
  if (!widening || !keeps || last === 'safe') return undefined;
  const missing = suspicion.capabilities.filter((name) => widening.refused.includes(name) && !keeps.includes(name));
  if (last === undefined && missing.length > 0)
    return made(change, container, [...keeps, ...missing], { because: whyRefused(missing, suspicion), to: 'refused' });
  const all = [...new Set([...keeps, ...widening.safe, ...missing])];
  if (widening.safe.length === 0 || all.length === keeps.length) return undefined;
  const why = missing.length === 0 ? 'nothing tells what it lacks' : whyRefused(missing, suspicion);
  return made(change, container, all, { because: `the safe set is kept, as ${why}`, to: 'safe' });
}

function whyRefused(missing: readonly string[], { from }: Failure['suspicion']): string {
  const source = from === 'kernel' ? 'the kernel refused it' : 'its log reads as if it lacks';
  return `${source} ${missing.join(', ')}`;
}

function made(
  change: Change,
  container: string,
  set: readonly string[],
  { because, to }: Pick<Widened, 'because' | 'to'>,
): Widened {
  const keeps = set.toSorted();
  const edited = <Member extends Widenable>(member: Member): Member =>
    member.container === container
      ? { ...member, edits: member.edits.map((edit) => withSet(edit, keeps)), ...stillDecisive(member.widening, to) }
      : member;
  const wider = edited(change);
  return { change: { ...wider, dependants: wider.dependants.map(edited) }, because, keeps, to };
}

interface Widenable {
  readonly container: string;
  readonly edits: readonly Edit[];
  readonly widening?: Widening;
}

/** A refusal alone decides only where the next set would mend it: what does well is not taken back for nothing. */
function stillDecisive(widening: Widening | undefined, to: Widened['to']): Pick<Widenable, 'widening'> {
  if (!widening) return {};
  const decisive = to === 'safe' ? [] : (widening.decisive ?? []).filter((name) => widening.safe.includes(name));
  return { widening: { ...widening, decisive } };
}

/** What a change of capabilities keeps; undefined where it takes none. */
export function keptBy(edits: readonly Edit[]): readonly string[] | undefined {
  const edit = edits.find(({ path }) => path === KEPT);
  if (!edit) return undefined;
  return Array.isArray(edit.after) ? edit.after.filter((name) => typeof name === 'string') : [];
}

function withSet(edit: Edit, keeps: readonly string[]): Edit {
  return edit.path === KEPT ? { ...edit, after: [...keeps] } : edit;
}

const KEPT = 'HostConfig.CapAdd';
