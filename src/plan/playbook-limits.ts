import { isCertain } from '../model/evidence-strength.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Blocked, CapabilityDecision } from '../model/plan.ts';
import type { ContainerCapabilities } from '../model/playbook.ts';

/** What a person wants kept in any case, as evidence. */
export function floorOf({ floor, source, reason }: ContainerCapabilities): readonly Evidence[] {
  return floor.map((capability) => ({
    capability,
    class: 'pinned',
    because: `the playbook always keeps it (${source}: ${reason})`,
  }));
}

/** What a person asks to keep that a container does not hold today, unless it is allowed by name. */
export function beyondToday(
  { add, floor, allowAdd, source }: ContainerCapabilities,
  held: readonly string[],
): Blocked | undefined {
  const beyond = (names: readonly string[]): readonly string[] =>
    [...new Set(names)].filter((name) => !held.includes(name) && !allowAdd.includes(name));
  const asked = beyond([...add, ...floor]);
  if (asked.length === 0) return undefined;
  const pinned = beyond(add);
  const says = [
    ...(pinned.length > 0 ? [`pins ${pinned.join(', ')}`] : []),
    ...(asked.length > pinned.length
      ? [`always keeps ${asked.filter((name) => !pinned.includes(name)).join(', ')} as a floor`]
      : []),
  ];
  const from = [...(pinned.length > 0 ? ['the pin'] : []), ...(asked.length > pinned.length ? ['the floor'] : [])];
  return {
    because: `the playbook ${says.join(' and ')} (${source}), which it does not hold today`,
    hint: `take it off ${from.join(' and ')}; if it is to get that power, name it under allow_add: [${asked.join(', ')}]`,
  };
}

/** Whether a person never wants a capability kept. */
export function isForbidden(name: string, { never, ceiling }: ContainerCapabilities): boolean {
  return never.includes(name) || (ceiling !== undefined && !ceiling.includes(name));
}

/** Decisions with what a person never wants kept taken out; blocked where it is seen to be needed. */
export function withinLimits(
  decisions: readonly CapabilityDecision[],
  person: ContainerCapabilities,
): readonly CapabilityDecision[] | Blocked {
  const { never, source, reason } = person;
  const forbidden = decisions.filter(
    ({ capability, verdict }) => verdict === 'keep' && isForbidden(capability, person),
  );
  const needed = forbidden.filter(({ evidence }) => isCertain(evidence));
  if (needed.length > 0) {
    const byRule = (['never', 'ceiling'] as const).flatMap((rule) => {
      const own = needed.filter(({ capability }) => never.includes(capability) === (rule === 'never'));
      return own.length === 0 ? [] : [{ rule, own, names: own.map(({ capability }) => capability).join(', ') }];
    });
    return {
      because: byRule
        .map(({ rule, own, names }) => `the playbook forbids ${names} (${rule}, ${source}), and ${whyNeeded(own)}`)
        .join('; '),
      hint: `${byRule.map(({ rule, names }) => (rule === 'never' ? `take ${names} off never` : `put ${names} on the ceiling`)).join(', ')}, or change the service so that it does without`,
    };
  }
  return decisions.map((decision) =>
    forbidden.includes(decision)
      ? {
          capability: decision.capability,
          verdict: 'drop',
          evidence: 'pinned',
          because: `the playbook forbids it (${source}: ${reason}), although: ${decision.because}`,
        }
      : decision,
  );
}

/** Each with a reason of its own. */
function whyNeeded(decisions: readonly CapabilityDecision[]): string {
  const [first, ...others] = decisions;
  if (others.length === 0) return `it is needed: ${first?.because ?? ''}`;
  return `they are needed: ${decisions.map(({ capability, because }) => `${capability} (${because})`).join(', ')}`;
}
