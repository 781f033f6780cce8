import { MOST_PROGRAMS } from '../model/observation.ts';
import type { Identity } from './identities.ts';
import { nameWithoutNumber } from './identities.ts';
import { refusalTexts } from './suspicion.ts';
import type { Signs } from './suspicion.ts';

/**
 * Whether programs that ran before and have no process now can be done without: only where the kernel told everything
 * since the new container began, refused nothing that was taken to anybody in it, root or not, and started none of them.
 * Then nobody has asked for them yet.
 */
export function isAbsenceBorne(absent: readonly Identity[], { refusals, taken, powered }: BorneSigns): boolean {
  if (absent.length === 0 || !refusals?.whole) return false;
  const { whole, lostEvents } = refusals;
  if (lostEvents > 0 || whole.refusedSets.length > 0 || whole.programs.length >= MOST_PROGRAMS) return false;
  if (refusalTexts(whole, taken, powered).length > 0) return false;
  const started = new Set(whole.programs.map(nameWithoutNumber));
  return absent.every(({ name }) => !started.has(name));
}

/** What the kernel told, what was taken, and the programs with power of their own. */
export type BorneSigns = Pick<Signs, 'refusals' | 'taken' | 'powered'>;
