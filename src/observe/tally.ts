import type { CapabilityUse } from '../model/observation.ts';
import type { Check, Rights } from './noise.ts';
import { foreignCredentials, isNoise, isOutside, isRefused } from './noise.ts';

/** One check that a program of the container made. */
export interface CountedCheck extends Check {
  readonly program: string;
  readonly phase: 'start' | 'run';
  readonly times: number;
  /** Whoever asked was root by all that was seen of it. */
  readonly ofRoot: boolean;
}

/** Counts checks; whose rights they were is judged at the end, when all that these rights were granted is known. */
export interface Tally {
  add(check: CountedCheck): void;
  /** The container's own uses and refusals, of what it may hold. */
  result(bounding: string | null, held: ReadonlySet<string>): TallyResult;
}

/** What a container used, and what it was refused. */
export interface TallyResult {
  readonly uses: readonly CapabilityUse[];
  readonly refusals: readonly CapabilityUse[];
  /** Those of them that root met with. */
  readonly refusalsOfRoot: readonly CapabilityUse[];
}

/** Programs are told apart up to here: a program may give itself any number of names. */
const MOST_PROGRAMS = 200;
/** Rights are as many as there were processes; those not seen for longest are taken for the container's own. */
const MOST_CREDENTIALS = 5_000;
const MOST_USES = 500;
const OTHERS = '(others)';

interface Count {
  readonly check: CountedCheck;
  times: number;
}

/** A new count. What it takes of memory has a limit, however long and whatever is watched. */
export function newTally(): Tally {
  const programs = new Set<string>();
  // By the rights, then by everything that is told of a check.
  const byCredential = new Map<string, Map<string, Count>>();
  const settled = new Map<string, Count>();

  const put = (counts: Map<string, Count>, check: CountedCheck): void => {
    const key = JSON.stringify([
      check.capability,
      check.granted,
      check.call,
      check.within,
      check.phase,
      check.program,
      check.bounding,
      check.namespace,
      check.ofRoot,
    ]);
    const count = counts.get(key);
    if (count) count.times += check.times;
    else counts.set(key, { check, times: check.times });
  };
  const settleOldest = (): void => {
    for (const [credential, counts] of byCredential) {
      if (byCredential.size <= MOST_CREDENTIALS) return;
      byCredential.delete(credential);
      for (const { check, times } of counts.values()) put(settled, { ...check, credential: '', times });
    }
  };

  return {
    add(check) {
      const program = programs.has(check.program) || programs.size < MOST_PROGRAMS ? check.program : OTHERS;
      programs.add(program);
      const counts = byCredential.get(check.credential) ?? new Map<string, Count>();
      byCredential.delete(check.credential);
      byCredential.set(check.credential, counts);
      put(counts, { ...check, program });
      settleOldest();
    },
    result(bounding, held) {
      const all = [...byCredential.values(), settled].flatMap((counts) => [...counts.values()]);
      const foreign = foreignCredentials(
        [...byCredential.values()].flatMap((counts) => [...counts.values()].map(({ check }) => check)),
        held,
      );
      const rights: Rights = { bounding, held, foreign, namespace: usualNamespace(all, foreign) };
      const own = all.filter(({ check }) => !isNoise(check, rights));
      const overriders = new Set(
        own.flatMap(({ check: { capability, program } }) => (capability === 'DAC_OVERRIDE' ? [program] : [])),
      );
      const refusals = own.filter(({ check }) => isRefused(check) && !isFirstHalf(check, overriders));
      return {
        uses: summed(own.filter(({ check }) => !isRefused(check) && !isOutside(check, rights))),
        refusals: summed(refusals),
        refusalsOfRoot: summed(refusals.filter(({ check }) => check.ofRoot)),
      };
    },
  };
}

/** Where calls are only counted, their order is gone; who asked to read everything asked to override next. */
function isFirstHalf({ capability, program }: CountedCheck, overriders: ReadonlySet<string>): boolean {
  return capability === 'DAC_READ_SEARCH' && overriders.has(program);
}

/** The namespace most of its own checks were about: the one it was put into. */
function usualNamespace(counts: readonly Count[], foreign: ReadonlySet<string>): string | null {
  const times = new Map<string, number>();
  for (const { check, times: more } of counts) {
    if (check.bounding !== null || check.namespace === null || foreign.has(check.credential)) continue;
    times.set(check.namespace, (times.get(check.namespace) ?? 0) + more);
  }
  return [...times].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

function summed(counts: readonly Count[]): readonly CapabilityUse[] {
  const told = sum(counts);
  if (told.length <= MOST_USES) return told;
  // Which capability it was always is told; who asked for it in which call, only where that can be read.
  return sum(counts.map(({ check, times }) => ({ check: { ...check, program: OTHERS, call: null }, times })));
}

function sum(counts: readonly Count[]): readonly CapabilityUse[] {
  const uses = new Map<string, CapabilityUse>();
  for (const { check, times } of counts) {
    const { capability, phase, program, call } = check;
    const key = JSON.stringify([capability, phase, program, call]);
    uses.set(key, { capability, phase, program, call, times: (uses.get(key)?.times ?? 0) + times });
  }
  return [...uses.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use);
}
