import { whyAdvisory } from '../model/advisory-use.ts';
import type { PoweredFile } from '../model/runtime.ts';
import { capabilitiesToldBy } from './capabilities-told-by.ts';
import type { Refusals } from './tools.ts';

/** Which capabilities a new container seems to lack, and how that is known. */
export interface Suspicion {
  readonly from: 'kernel' | 'log';
  readonly capabilities: readonly string[];
}

/** Nothing points at a capability. */
export const NOTHING_SUSPECTED: Suspicion = { from: 'log', capabilities: [] };

/** Where a suspicion comes from. */
export interface Signs {
  /** Capabilities the change takes; no other can be what is lacking. */
  readonly taken: readonly string[];
  readonly refusals: Refusals | undefined;
  /** Lines of its log, or of the engine, that tell of a refused right. */
  readonly lines: readonly string[];
  /** Programs of the old container that take power from their files. */
  readonly powered: readonly PoweredFile[];
}

/** What a new container lacks: as the kernel told it, which is exact, else as its log reads. */
export function suspicionOf({ taken, refusals, lines, powered }: Signs): Suspicion {
  const refused = refusals ? refusedCapabilities(refusals, taken, powered) : [];
  if (refused.length > 0) return { from: 'kernel', capabilities: refused };
  const told = lines.flatMap((line) => capabilitiesToldBy(line, powered));
  return { from: 'log', capabilities: taken.filter((name) => told.includes(name)) };
}

/** The refusals of the kernel that come of taking these, in words: one for each capability, the first of it. */
export function refusalTexts(
  { refusals, refusedPrograms, refusedChroots }: Omit<Refusals, 'lostEvents' | 'whole'>,
  taken: readonly string[],
  powered: readonly PoweredFile[],
): readonly string[] {
  const earnest = refusals.filter(
    (refusal) => taken.includes(refusal.capability) && whyAdvisory(refusal) === undefined,
  );
  const first = earnest.filter(
    ({ capability }, at) => earnest.findIndex((other) => other.capability === capability) === at,
  );
  const [program] = refusedPrograms;
  const [chroot] = refusedChroots;
  const isPowerless = filePowers(powered).some((name) => taken.includes(name));
  return [
    ...first.map(
      (use) => `the kernel refused ${use.capability} to ${use.program}${use.call === null ? '' : ` (${use.call})`}`,
    ),
    ...(program !== undefined && isPowerless
      ? [`a program that ${program} was to start did not: a file capability of it could not be had`]
      : []),
    ...(chroot !== undefined && taken.includes('SYS_CHROOT') ? [`chroot was refused to ${chroot}`] : []),
  ];
}

/** Why a new container did not do, with what the kernel refused it meanwhile: who pinned too little has to be told what. */
export function withRefusals(
  because: string,
  { refusals, taken, powered }: Pick<Signs, 'refusals' | 'taken' | 'powered'>,
): string {
  return [because, ...(refusals ? refusalTexts(refusals, taken, powered) : [])].join('; ');
}

function refusedCapabilities(
  { refusals, refusedPrograms, refusedChroots }: Refusals,
  taken: readonly string[],
  powered: readonly PoweredFile[],
): readonly string[] {
  const refused = new Set([
    ...refusals.filter((refusal) => whyAdvisory(refusal) === undefined).map(({ capability }) => capability),
    ...(refusedPrograms.length > 0 ? filePowers(powered) : []),
    ...(refusedChroots.length > 0 ? ['SYS_CHROOT'] : []),
  ]);
  return taken.filter((name) => refused.has(name));
}

/** Of the programs that ran, as which one it was is not told; where none did, of all there are. */
function filePowers(powered: readonly PoweredFile[]): readonly string[] {
  const used = powered.filter(({ isUsed }) => isUsed);
  return (used.length > 0 ? used : powered).flatMap(({ capabilities }) =>
    capabilities?.isEffective === true ? capabilities.permitted : [],
  );
}
