import { KEEPING, STRENGTH } from '../model/evidence-strength.ts';
import type { Evidence } from '../model/evidence.ts';
import type { CapabilityDecision } from '../model/plan.ts';

/**
 * Keeps or drops each capability that is held, by the strongest reason there is for it. What stands or falls together
 * stands together: a program that is given file capabilities does not start where one of them is missing.
 */
export function weighEvidence(
  held: readonly string[],
  evidence: readonly Evidence[],
  whyDropped: (capability: string) => string,
): readonly CapabilityDecision[] {
  const decisions = held.map((capability): CapabilityDecision => {
    const [reason] = reasonsFor(capability, evidence);
    if (reason === undefined) return { capability, verdict: 'drop', evidence: 'none', because: whyDropped(capability) };
    const { class: kind, because, isTolerated } = reason;
    return KEEPING.includes(kind)
      ? { capability, verdict: 'keep', evidence: kind, because, ...(isTolerated === true ? { isTolerated } : {}) }
      : { capability, verdict: 'drop', evidence: kind, because };
  });
  return together(decisions, evidence);
}

function reasonsFor(capability: string, evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence
    .filter((one) => one.capability === capability)
    .toSorted((a, b) => STRENGTH.indexOf(a.class) - STRENGTH.indexOf(b.class));
}

/** What stands or falls together, each group once. */
export function groupsIn(
  evidence: readonly Evidence[],
): readonly { readonly allOrNone: readonly string[]; readonly because: string }[] {
  const groups = new Map<string, { readonly allOrNone: readonly string[]; readonly because: string }>();
  for (const { allOrNone, because } of evidence) {
    const sorted = allOrNone?.toSorted();
    if (sorted !== undefined && !groups.has(String(sorted))) groups.set(String(sorted), { allOrNone: sorted, because });
  }
  return [...groups.values()];
}

function together(
  decisions: readonly CapabilityDecision[],
  evidence: readonly Evidence[],
): readonly CapabilityDecision[] {
  const groups = groupsIn(evidence).map(({ allOrNone }) => allOrNone);
  let settled = decisions;
  // One group may pull in a member of another.
  for (let round = 0; round <= groups.length; round++) {
    settled = settled.map((decision) => {
      if (decision.verdict === 'keep') return decision;
      const leader = settled.find(
        ({ capability, verdict }) =>
          verdict === 'keep' &&
          groups.some((group) => group.includes(capability) && group.includes(decision.capability)),
      );
      return leader === undefined
        ? decision
        : {
            capability: decision.capability,
            verdict: 'keep',
            evidence: leader.evidence,
            because: `stands or falls with ${leader.capability}: ${leader.because}`,
          };
    });
  }
  return settled;
}
