import { STRENGTH } from '../model/evidence-strength.ts';
import type { EvidenceClass } from '../model/evidence.ts';
import type { CapabilityDecision } from '../model/plan.ts';
import type { Container } from '../model/snapshot.ts';
import type { CapabilityChoice, CapabilitySources } from './choose-capabilities.ts';
import { chooseCapabilities } from './choose-capabilities.ts';
import { isNonRoot } from './configuration-needs.ts';
import { heldToday } from './held-today.ts';
import { profilesOf } from './profiles-of.ts';
import { residualRisk } from './residual-risk.ts';
import { hasFailed, isProven } from './trial-lessons.ts';

/**
 * Takes one capability from a container that has a list of its own: the one that least speaks for, so that its gate may
 * tell whether it is needed. Idle once all that is left was pinned, tried, declared or demanded by a file.
 */
export function shrinkCapabilities(container: Container, sources: CapabilitySources): CapabilityChoice {
  const { settings, learned } = sources;
  const choice = chooseCapabilities(container, { ...sources, settings: { ...settings, mode: 'minimal', instead: [] } });
  if (!choice.ok) return choice;
  const { names: held } = heldToday(container);
  const trials = profilesOf(container, held, learned.profiles).exact.flatMap((profile) => profile.trials);
  const without = (name: string): readonly string[] => held.filter((other) => other !== name);
  const tries = triesIn(choice, container).filter(({ capability }) => !hasFailed(without(capability), trials));
  const [first, ...others] = tries;
  if (!first) return { ...choice, edits: [], idle: NOTHING_LEFT };
  const because = `minimal: tried without ${first.capability}; ${others.length} to try after it`;
  const kept = without(first.capability);
  const isKnown = isProven(kept, trials);
  return {
    ...choice,
    edits: [{ path: 'HostConfig.CapAdd', before: container.inspect.HostConfig.CapAdd ?? null, after: [...kept] }],
    decisions: choice.decisions.map((decision) => decided(decision, first, tries)),
    basis: {
      ...choice.basis,
      mode: 'minimal',
      confidence: isKnown ? 'proven' : 'fair',
      because: isKnown ? `${because}; a container of the same making passed the gate and a restart so` : because,
    },
    warnings: [],
  };
}

const NOTHING_LEFT = {
  because: 'nothing is left to try: each capability it holds is pinned, was tried, is declared or demanded by a file',
  hint: 'there is nothing to do',
};

/** What may be tried, what least speaks for first. What stands or falls with another is not tried without it. */
function triesIn(
  { decisions, groups }: Extract<CapabilityChoice, { ok: true }>,
  container: Container,
): readonly CapabilityDecision[] {
  const held = decisions.map(({ capability }) => capability);
  const basis = { runsAsRoot: !isNonRoot(container), overlooks: 1 };
  const weakness = ({ evidence }: CapabilityDecision): number =>
    evidence === 'none' ? STRENGTH.length : STRENGTH.indexOf(evidence);
  return decisions
    .filter(({ evidence }) => evidence === 'none' || !SETTLED.includes(evidence))
    .filter(
      ({ capability }) =>
        !groups.some(
          ({ allOrNone }) =>
            allOrNone.includes(capability) && allOrNone.some((name) => name !== capability && held.includes(name)),
        ),
    )
    .toSorted(
      (a, b) =>
        weakness(b) - weakness(a) ||
        residualRisk(a.capability, basis) - residualRisk(b.capability, basis) ||
        (a.capability < b.capability ? -1 : 1),
    );
}

const SETTLED: readonly EvidenceClass[] = ['pinned', 'required', 'exec', 'declared'];

function decided(
  decision: CapabilityDecision,
  first: CapabilityDecision,
  tries: readonly CapabilityDecision[],
): CapabilityDecision {
  const { capability, verdict, evidence, because, risk } = decision;
  if (capability === first.capability)
    return { capability, verdict: 'drop', evidence, because: `tried without: ${because}`, ...(risk ? { risk } : {}) };
  if (verdict === 'keep') return decision;
  const turn = tries.findIndex((one) => one.capability === capability);
  const when = turn === -1 ? 'it stays' : turn === 1 ? 'its turn is next' : `its turn comes after ${turn - 1} others`;
  return { capability, verdict: 'keep', evidence: 'none', because: `${when}: ${because}` };
}
