import type { Dependant, Holders } from '../model/references.ts';
import { dependantsIn, holdersAmong } from '../model/references.ts';
import type { Blocked, Change, DependantChange } from '../model/plan.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { parseRoleName } from '../model/names.ts';
import { activityOf } from '../model/activity-of.ts';
import { ownerOf } from './owner.ts';

/** What decides about dependants, beside the host they are on. */
export interface DependantGuards {
  /** Why a container must not be made again; undefined where it may. */
  readonly guard: (container: Container) => Blocked | undefined;
  /** How its files come along. */
  readonly carryOf: (container: Container) => Change['carry'];
  /** Whether the playbook leaves a container out. */
  readonly isExcluded: (container: Container) => boolean;
}

/**
 * The changes of a host, each with those that hold on to its container as part of it: one unit, stopped, made again and
 * started together. A dependant that must not be touched blocks the container it holds on to; one with findings of its own
 * is mended along with it.
 */
export function withDependants(
  changes: readonly Change[],
  snapshot: Snapshot,
  guards: DependantGuards,
): readonly Change[] {
  const leaderOf = new Map<string, string>();
  const results = new Map<string, Change>();
  const host = {
    byId: new Map(snapshot.containers.map((one) => [one.id, one])),
    holders: holdersAmong(snapshot.containers),
  };
  const recreated = changes.filter(({ action }) => action === 'recreate');
  // One that holds on to another that is changed is part of that one's change, and no leader.
  const closures = new Map(recreated.map((change) => [change.id, closureOf(change, host)]));
  const led = new Set([...closures.values()].flatMap((closure) => closure.map(({ member }) => member.id)));

  for (const change of recreated.filter(({ id }) => !led.has(id))) {
    const closure = closures.get(change.id) ?? [];
    const blocked = whyBlocked(change, closure, leaderOf, guards);
    if (blocked) {
      results.set(change.id, asBlocked(change, blocked));
      for (const { member } of closure) {
        const own = changes.find(({ id }) => id === member.id);
        if (own?.action === 'recreate') results.set(member.id, alone(own, change, host));
      }
      continue;
    }
    for (const { member } of closure) leaderOf.set(member.id, change.container);
    results.set(change.id, { ...change, ...unitFacts(change, closure, changes, { snapshot, guards }) });
  }
  return changes.map((change) => {
    const leader = leaderOf.get(change.id);
    const result = results.get(change.id) ?? change;
    return leader === undefined || change.action !== 'recreate' ? result : { ...change, partOf: leader };
  });
}

/** The containers of a host by id, and who holds on to whom. */
interface Known {
  readonly byId: ReadonlyMap<string, Container>;
  readonly holders: Holders<Container>;
}

function closureOf({ id }: Change, { byId, holders }: Known): readonly Dependant<Container>[] {
  const leader = byId.get(id);
  return leader ? dependantsIn(leader, holders) : [];
}

function whyBlocked(
  change: Change,
  closure: readonly Dependant<Container>[],
  leaderOf: ReadonlyMap<string, string>,
  { guard, isExcluded }: DependantGuards,
): Blocked | undefined {
  for (const { member, through } of closure) {
    const holds = `${member.name} holds on to it (${through.join(', ')})`;
    const other = leaderOf.get(member.id);
    if (other !== undefined)
      return {
        because: `${holds} and to ${other}, which is changed too`,
        hint: `change them one after the other: --container ${change.container}, then --container ${other}`,
      };
    const kept = parseRoleName(member.name);
    if (kept && isExcluded(member))
      return {
        because: `${holds}, which is kept of ${kept.target} by run ${kept.run} and could not be put back afterwards`,
        hint: `enforce prune --all --container ${kept.target} removes it, enforce rollback --container ${kept.target} puts it back`,
      };
    if (isExcluded(member))
      return {
        because: `${holds} and would have to be made again with it, but the playbook leaves it out`,
        hint: 'include it in the playbook under containers, or write an exception',
      };
    const blocked = guard(member);
    if (blocked) return { because: `${holds} and must not be made again: ${blocked.because}`, hint: blocked.hint };
  }
  return undefined;
}

/** A dependant whose leader is left alone is changed by itself: its leader keeps its id. */
function alone(own: Change, leader: Change, host: Known): Change {
  return closureOf(own, host).length === 0
    ? own
    : asBlocked(own, {
        because: `it is part of the change of ${leader.container}, which is blocked`,
        hint: `see ${leader.container}`,
      });
}

function asBlocked(change: Change, blocked: Blocked): Change {
  return {
    ...change,
    action: 'blocked',
    edits: [],
    portMoves: [],
    capabilities: [],
    warnings: [],
    blocked,
    carry: 'none',
    carriedFiles: 0,
    dependants: [],
    downtimeSeconds: 0,
    worstCaseSeconds: 0,
  };
}

function unitFacts(
  change: Change,
  closure: readonly Dependant<Container>[],
  changes: readonly Change[],
  { snapshot, guards }: { readonly snapshot: Snapshot; readonly guards: DependantGuards },
): Pick<Change, 'dependants' | 'keeps' | 'order' | 'carry' | 'worstCaseSeconds'> {
  const dependants = closure.map(({ member, through }): DependantChange => {
    const own = changes.find(({ id, action }) => id === member.id && action === 'recreate');
    return {
      container: member.name,
      id: member.id,
      through,
      activity: activityOf(member.inspect),
      edits: own?.edits ?? [],
      ...(own?.widening ? { widening: own.widening } : {}),
      staleIf: { engineId: snapshot.engine.id, configDigest: member.configDigest, imageId: member.inspect.Image },
    };
  });
  // Compose would take up a kept container of its own, whoever leads the unit (recreate.md §14).
  const hasCompose = closure.some(({ member }) => ownerOf(member, snapshot).kind === 'compose');
  return {
    dependants,
    keeps: hasCompose ? 'specification' : change.keeps,
    carry: closure.map(({ member }) => guards.carryOf(member)).find((how) => how !== 'none') ?? change.carry,
    order: dependants.length === 0 ? change.order : 'stop-first',
    worstCaseSeconds: change.worstCaseSeconds * (1 + dependants.length),
  };
}
