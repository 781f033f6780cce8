/**
 * The chance that a container needs a capability all the same: how often containers need it (240 that run as root, 303
 * that do not), times how often what the decision rests on overlooks a need (53 services). An estimate, never a promise.
 */
export function residualRisk(capability: string, { runsAsRoot, overlooks }: RiskBasis): number {
  const prior = runsAsRoot ? (PRIORS[capability] ?? PRIOR_OF_OTHERS) : PRIOR_OF_NON_ROOT;
  return Math.round(prior * overlooks * 10_000) / 10_000;
}

/** What an estimate of risk rests on. */
export interface RiskBasis {
  readonly runsAsRoot: boolean;
  /** Share of needs that are overlooked, 0 to 1. */
  readonly overlooks: number;
}

/** Share of needs that each way to know overlooks (capabilities.md §9.3; of 118 needs, watching missed one). */
export const OVERLOOKS = {
  proven: 0.005,
  watched: 0.017,
  'watched with flaws': 0.1,
  'catalogue, tried': 0.05,
  'catalogue, read': 0.25,
  'catalogue, inferred': 0.5,
  refuted: 0.01,
  unknown: 0.5,
} as const;

const PRIORS: Readonly<Record<string, number>> = {
  CHOWN: 0.475,
  SETUID: 0.442,
  SETGID: 0.442,
  FOWNER: 0.433,
  DAC_OVERRIDE: 0.425,
  NET_BIND_SERVICE: 0.079,
  KILL: 0.071,
  NET_RAW: 0.046,
  SYS_CHROOT: 0.017,
  SETPCAP: 0.017,
  SETFCAP: 0.017,
  AUDIT_WRITE: 0.012,
  FSETID: 0.004,
  MKNOD: 0.004,
};
const PRIOR_OF_OTHERS = 0.02;
const PRIOR_OF_NON_ROOT = 0.066;
