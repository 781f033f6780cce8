import type { EvidenceClass } from './evidence.ts';

/** Reasons to keep a capability, strongest first. */
export const KEEPING: readonly EvidenceClass[] = [
  'pinned',
  'required',
  'exec',
  'declared',
  'used-at-start',
  'used',
  'latent',
  'catalogue',
  'configuration',
  'safe-set',
];

/** Every reason, strongest first: one to keep is stronger than any to drop. */
export const STRENGTH: readonly EvidenceClass[] = [...KEEPING, 'advisory', 'refuted', 'silent'];

/** Reasons that were seen or said, not inferred: dropping against them breaks what works. */
const CERTAIN: readonly string[] = ['pinned', 'required', 'exec', 'declared', 'used-at-start', 'used'];

/** Whether a reason was seen or said, and is no inference. */
export function isCertain(kind: EvidenceClass | 'none'): boolean {
  return CERTAIN.includes(kind);
}
