import { baseName } from '../model/base-name.ts';
import { MOST_PROGRAMS } from '../model/observation.ts';
import type { PoweredFile } from '../model/runtime.ts';
import type { Identity } from './identities.ts';
import { nameWithoutNumber } from './identities.ts';
import { refusalTexts } from './suspicion.ts';
import type { Signs } from './suspicion.ts';

/**
 * Whether programs that ran before and have no process now can be done without: only where the kernel told everything
 * since the new container began, refused nothing to anybody in it, and started none of them. Then nobody has asked for them
 * yet. What a program is refused that chose its own rights, or is root by its file, counts nowhere, so there must
 * be none.
 */
export function isAbsenceBorne(absent: readonly Identity[], { refusals, taken, powered }: BorneSigns): boolean {
  if (absent.length === 0 || !refusals) return false;
  const { lostEvents, choosers, programs } = refusals;
  if (lostEvents > 0 || choosers?.length !== 0 || !programs || programs.length >= MOST_PROGRAMS) return false;
  if (refusalTexts(refusals, taken, powered).length > 0) return false;
  const started = new Set(programs.map(nameWithoutNumber));
  return [...absent.map(({ name }) => name), ...setuidNames(powered)].every((name) => !started.has(name));
}

/** What the kernel and the files of the old container tell. */
export type BorneSigns = Pick<Signs, 'refusals' | 'taken' | 'powered'>;

/** As the kernel cuts them. */
function setuidNames(powered: readonly PoweredFile[]): readonly string[] {
  return powered
    .filter(({ isSetuidRoot }) => isSetuidRoot)
    .map(({ path }) => nameWithoutNumber(baseName(path).slice(0, 15)));
}
