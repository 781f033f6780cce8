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

/** The first refusal of the kernel that comes of the change, in words; undefined when there is none. */
export function refusalText(
  refusals: Refusals,
  taken: readonly string[],
  powered: readonly PoweredFile[],
): string | undefined {
  const use = refusals.refusals.find((refusal) => taken.includes(refusal.capability) && !isAdvisory(refusal));
  if (use) return `the kernel refused ${use.capability} to ${use.program}${use.call === null ? '' : ` (${use.call})`}`;
  const [program] = refusals.refusedPrograms;
  if (program !== undefined && filePowers(powered).some((name) => taken.includes(name)))
    return `${program} did not start: a file capability of it could not be had`;
  const [chroot] = refusals.refusedChroots;
  return chroot !== undefined && taken.includes('SYS_CHROOT') ? `chroot was refused to ${chroot}` : undefined;
}

function refusedCapabilities(
  { refusals, refusedPrograms, refusedChroots }: Refusals,
  taken: readonly string[],
  powered: readonly PoweredFile[],
): readonly string[] {
  const refused = new Set([
    ...refusals.filter((refusal) => !isAdvisory(refusal)).map(({ capability }) => capability),
    ...(refusedPrograms.length > 0 ? filePowers(powered) : []),
    ...(refusedChroots.length > 0 ? ['SYS_CHROOT'] : []),
  ]);
  return taken.filter((name) => refused.has(name));
}

/** Asked for in passing: nothing fails without it (capabilities.md §4.4). */
function isAdvisory({ capability, call }: Refusals['refusals'][number]): boolean {
  return capability === 'FSETID' || (capability === 'SETPCAP' && call?.includes('capset') === true);
}

function filePowers(powered: readonly PoweredFile[]): readonly string[] {
  return powered.flatMap(({ capabilities }) => (capabilities?.isEffective === true ? capabilities.permitted : []));
}
