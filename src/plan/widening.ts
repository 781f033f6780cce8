import type { CapabilityBasis, CapabilityDecision, Edit, Widening } from '../model/plan.ts';
import type { CapabilitySettings } from '../model/playbook.ts';
import { entryFor, holdsOn } from '../model/profile.ts';
import type { Container } from '../model/snapshot.ts';
import { isNonRoot } from './configuration-needs.ts';
import { isForbidden } from './playbook-limits.ts';
import { safeSet } from './safe-set.ts';

/** What a decision about a container's capabilities came to, and what it was made by. */
export interface Decided {
  readonly decisions: readonly CapabilityDecision[];
  /** Absent where none was made. */
  readonly basis?: CapabilityBasis;
  /** What changes; absent: nothing but capabilities. */
  readonly edits?: readonly Edit[];
  /** Its image was tried without what is dropped. */
  readonly isTried: boolean;
  readonly settings: CapabilitySettings | undefined;
  /** `YYYY-MM-DD`, by which pins end. */
  readonly day: string;
}

/**
 * What may be kept beyond the planned set where the new container does not do with it; undefined where nothing may: a
 * person pinned the set or forbids the rest, it is all the container holds today, or it is proven to need nothing.
 */
export function wideningOf(container: Container, decided: Decided): Widening | undefined {
  const { decisions, basis, settings, day, edits = [] } = decided;
  if (!settings || !basis || settings.add === 'profiles' || basis.mode === 'pin') return undefined;
  const written = entryFor(container, settings);
  const person = written !== undefined && holdsOn(written, day) ? written : undefined;
  const isAllowed = (name: string): boolean => person === undefined || !isForbidden(name, person);
  const known = new Set(['NET_BIND_SERVICE', ...safeSet(container).map(({ capability }) => capability)]);
  const refused = decisions
    .filter(({ capability, verdict }) => verdict === 'drop' && isAllowed(capability))
    .map(({ capability }) => capability);
  const safe = decisions
    .filter(
      ({ capability, verdict, evidence }) =>
        verdict === 'keep' || (known.has(capability) && isAllowed(capability) && evidence !== 'refuted'),
    )
    .map(({ capability }) => capability);
  const isNothing = decisions.every(({ verdict }) => verdict === 'drop') && basis.confidence === 'proven';
  if (refused.length === 0 || (isNothing && isNonRoot(container))) return undefined;
  // The safe set is root's: who has another user instead of root is given nothing by it.
  const isRoots = !edits.some(({ path }) => path === 'Config.User');
  const decisive = refused.filter((capability) => isDecisive(capability, basis.mode, decided));
  return {
    refused,
    safe: isRoots && safe.some((capability) => refused.includes(capability)) ? safe : [],
    ...(decisive.length > 0 ? { decisive } : {}),
  };
}

/**
 * Whether its refusal breaks the promise of `equivalent`, that whatever succeeds today goes on to: not where something
 * is known that tells the refusal to be without effect (capabilities.md §10, G7).
 */
function isDecisive(name: string, mode: CapabilityBasis['mode'], { decisions, isTried }: Decided): boolean {
  if (mode !== 'equivalent' && mode !== 'cautious') return false;
  // Whoever may hand capabilities out, and lacks one of them, makes files that do not start: more is not safer here (§2.7).
  if (name === 'SETFCAP') return false;
  // What was tried was not tried on these volumes.
  if (isTried && !['CHOWN', 'DAC_OVERRIDE'].includes(name)) return false;
  const evidence = decisions.find(({ capability }) => capability === name)?.evidence;
  return evidence !== 'advisory' && evidence !== 'refuted';
}

/** How often a change may be tried beyond its plan. */
export function widerTries(widening: Widening | undefined): number {
  return widening ? 1 + (widening.safe.length > 0 ? 1 : 0) : 0;
}
