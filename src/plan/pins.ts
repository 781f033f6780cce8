import { isCertain } from '../model/evidence-strength.ts';
import type { Evidence } from '../model/evidence.ts';
import type { CapabilityBasis, CapabilityDecision } from '../model/plan.ts';
import type { CapabilityProfile, ContainerCapabilities } from '../model/playbook.ts';
import type { Ledger } from './capability-ledger.ts';
import { weighEvidence } from './weigh-evidence.ts';

/** What a person pins, as evidence. */
export interface Pins {
  readonly evidence: readonly Evidence[];
  readonly whyDropped: string;
  /** How far it can be trusted, given what it leaves out although it was seen to be needed. */
  readonly trustAgainst: (
    against: readonly Pick<CapabilityDecision, 'capability'>[],
  ) => Pick<CapabilityBasis, 'confidence' | 'because'>;
}

/** What a person's entry pins, else what the profile of a playbook does; undefined where neither pins anything. */
export function pinsFor(
  person: ContainerCapabilities | undefined,
  profile: CapabilityProfile | undefined,
): Pins | undefined {
  if (person?.mode === 'pin') {
    const { add, source, reason } = person;
    return pins(add, `pinned in the playbook (${source}: ${reason})`, `not in the pin (${source})`);
  }
  if (profile === undefined) return undefined;
  const { match, keep } = profile;
  return pins(keep, `pinned in the playbook for ${match}`, `not in the profile ${match}`);
}

function pins(names: readonly string[], because: string, whyDropped: string): Pins {
  return {
    evidence: names.map((capability) => ({ capability, class: 'pinned', because })),
    whyDropped,
    trustAgainst: (against) =>
      against.length === 0
        ? { confidence: 'strong', because }
        : {
            confidence: 'weak',
            because: `${because}, against what is known of ${against.map(({ capability }) => capability).join(', ')}`,
          },
  };
}

/** What is held today and seen to be needed, and not kept. */
export function belowEvidence(
  kept: readonly string[],
  held: readonly string[],
  { evidence }: Pick<Ledger, 'evidence'>,
): readonly CapabilityDecision[] {
  return weighEvidence(held, evidence, () => '').filter(
    (decision) => decision.verdict === 'keep' && isCertain(decision.evidence) && !kept.includes(decision.capability),
  );
}
