import { MOST_PROGRAMS } from '../model/observation.ts';
import type { ProcessFacts } from '../model/runtime.ts';
import type { Identity } from './identities.ts';
import { nameWithoutNumber } from './identities.ts';
import { refusalTexts } from './suspicion.ts';
import type { Signs } from './suspicion.ts';

/**
 * Whether programs that ran before and have no process now can be done without: nobody was refused anything, and the old
 * container had started them later in its life than the new one is old. What begins with a service begins with it again.
 */
export function isAbsenceBorne(absent: readonly Identity[], signs: BorneSigns): boolean {
  return (
    isAbsenceUnrefused(absent, signs) && absent.every(({ name }) => startedAfter(name, signs.before) > signs.seconds)
  );
}

/**
 * Whether the kernel told everything since the new container began, refused nothing that was taken to anybody in it, root
 * or not, and started none of these programs: then it may be that nobody has asked for them yet.
 */
export function isAbsenceUnrefused(
  absent: readonly Identity[],
  { refusals, taken, powered }: Pick<BorneSigns, 'refusals' | 'taken' | 'powered'>,
): boolean {
  if (absent.length === 0 || !refusals?.whole) return false;
  const { whole, lostEvents } = refusals;
  if (lostEvents > 0 || whole.refusedSets.length > 0 || whole.programs.length >= MOST_PROGRAMS) return false;
  if (refusalTexts(whole, taken, powered).length > 0) return false;
  const started = new Set(whole.programs.map(nameWithoutNumber));
  return absent.every(({ name }) => !started.has(name));
}

/** What is known of both containers. */
export interface BorneSigns extends Pick<Signs, 'refusals' | 'taken' | 'powered'> {
  /** Processes of the old one. */
  readonly before: readonly ProcessFacts[];
  /** For so long the new one has been waited for. */
  readonly seconds: number;
}

/** Seconds from the start of a container to the first of these processes that still runs; none where it is not known. */
function startedAfter(name: string, before: readonly ProcessFacts[]): number {
  const startOf = ({ startedAt = 0 }: ProcessFacts): number => startedAt;
  const own = before.filter((one) => nameWithoutNumber(one.name) === name);
  if (own.length === 0 || before.some(({ startedAt }) => startedAt === undefined)) return 0;
  return Math.min(...own.map(startOf)) - Math.min(...before.map(startOf));
}
