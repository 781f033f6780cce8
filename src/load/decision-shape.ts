import * as z from 'zod';
import { STRENGTH } from '../model/evidence-strength.ts';
import type { EvidenceClass } from '../model/evidence.ts';
import type { CapabilityBasis, CapabilityDecision, Confidence } from '../model/plan.ts';
import type { BetterAnswer } from '../model/playbook.ts';

/** One capability of a saved plan. */
export const decisionShape = z
  .object({
    capability: z.string(),
    verdict: z.enum(['keep', 'drop'] satisfies CapabilityDecision['verdict'][]),
    evidence: z.enum([...STRENGTH, 'none'] as [EvidenceClass | 'none']),
    because: z.string(),
    tolerated: z.boolean().exactOptional(),
    added: z.boolean().exactOptional(),
    risk: z.number().min(0).max(1).exactOptional(),
  })
  .transform(
    ({ tolerated, added, ...decision }): CapabilityDecision => ({
      ...decision,
      ...(tolerated === true ? { isTolerated: true } : {}),
      ...(added === true ? { isAdded: true } : {}),
    }),
  );

/** What the decisions of one change rest on. */
export const basisShape = z.object({
  mode: z.enum(['equivalent', 'minimal', 'cautious', 'pin'] satisfies CapabilityBasis['mode'][]),
  confidence: z.enum(['proven', 'strong', 'fair', 'weak'] satisfies Confidence[]),
  because: z.string(),
  notes: z.array(z.string()),
  advice: z.array(
    z
      .object({
        kind: z.enum(['sysctl', 'ulimit', 'user'] satisfies BetterAnswer[]),
        instead_of: z.array(z.string()),
        setting: z.string(),
        because: z.string(),
        applied: z.boolean(),
      })
      .transform(({ instead_of, applied, ...advice }) => ({ ...advice, insteadOf: instead_of, isApplied: applied })),
  ),
});
