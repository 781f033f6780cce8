import type { CapabilityDecision } from '../model/plan.ts';
import type { Container } from '../model/snapshot.ts';
import type { Ledger } from './capability-ledger.ts';
import { isNonRoot } from './configuration-needs.ts';
import { OVERLOOKS, residualRisk } from './residual-risk.ts';
import { whyNotSafe } from './safe-set.ts';

/** Decisions with the risk of each drop; what a person decided has none, as it is not an estimate. */
export function withRisks(
  decisions: readonly CapabilityDecision[],
  ledger: Ledger,
  container: Container,
): readonly CapabilityDecision[] {
  const runsAsRoot = !isNonRoot(container);
  return decisions.map((decision) => {
    if (decision.verdict === 'keep' || decision.evidence === 'pinned') return decision;
    const isRefuted = decision.evidence === 'refuted' || decision.evidence === 'advisory';
    const overlooks = isRefuted ? OVERLOOKS.refuted : overlookedBy(ledger);
    return { ...decision, risk: residualRisk(decision.capability, { runsAsRoot, overlooks }) };
  });
}

/** Why a capability falls that nothing speaks for or against. */
export function whyUnknown(
  { provenZero, entry, watched }: Ledger,
  container: Container,
): (capability: string) => string {
  if (provenZero !== null) return () => provenZero;
  if (entry !== undefined) return () => `not needed by ${entry.image} (${entry.source})`;
  if (isNonRoot(container)) return () => 'its processes are not root and hold no capability';
  if (watched.extent === 'whole') return () => 'nothing speaks for it';
  return whyNotSafe;
}

function overlookedBy({ provenZero, watched, entry }: Ledger): number {
  if (provenZero !== null) return OVERLOOKS.proven;
  if (watched.extent === 'whole')
    return watched.flaws.length === 0 ? OVERLOOKS.watched : OVERLOOKS['watched with flaws'];
  switch (entry?.confidence) {
    case 'high':
      return OVERLOOKS['catalogue, tried'];
    case 'fair':
      return OVERLOOKS['catalogue, read'];
    case 'low':
      return OVERLOOKS['catalogue, inferred'];
    case undefined:
      return OVERLOOKS.unknown;
  }
}
