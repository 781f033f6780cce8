import type { Evidence } from '../model/evidence.ts';
import type { ProfileTrial } from '../model/learned.ts';

/** What the gate's answers prove of single capabilities, and no more than that. */
export function trialLessons(trials: readonly ProfileTrial[]): readonly Evidence[] {
  const differences = failuresIn(trials).flatMap((failed) => [
    // With what it held before it did well: only where one thing was taken is it known which was missing.
    ...[missing(failed.before, failed.set)].filter(({ length }) => length === 1),
    ...trials
      .filter(({ result, set }) => result === 'passed' && failed.set.every((name) => set.includes(name)))
      .map(({ set }) => missing(set, failed.set)),
  ]);
  const required = new Set(differences.flatMap((names) => (names.length === 1 ? names : [])));
  const oneOf = differences.filter((names) => names.length > 1 && !names.some((name) => required.has(name)));
  return [
    ...[...required].map((capability): Evidence => ({ capability, class: 'required', because: NEEDED })),
    ...refusedIn(trials, required),
    ...oneOf.flatMap((names) =>
      names.map(
        (capability): Evidence => ({
          capability,
          class: 'latent',
          because: `one of ${names.join(', ')} is needed: without them a container of the same making failed its gate, with them it passed`,
        }),
      ),
    ),
  ];
}

/** What the kernel refused where the gate failed, as long as no set without it has passed since. */
function refusedIn(trials: readonly ProfileTrial[], required: ReadonlySet<string>): readonly Evidence[] {
  const refused = failuresIn(trials).flatMap(({ refused: names = [], at }) =>
    names.filter((name) => !trials.some((one) => one.result === 'passed' && one.at > at && !one.set.includes(name))),
  );
  return [...new Set(refused)]
    .filter((name) => !required.has(name))
    .map((capability): Evidence => ({ capability, class: 'latent', because: REFUSED }));
}

const REFUSED = 'the kernel refused it to a container of the same making, which failed its gate without it';
const NEEDED = 'without it, and nothing else, a container of the same making failed its gate';

/** Whether a set failed its gate, and did not pass it since. */
export function hasFailed(set: readonly string[], trials: readonly ProfileTrial[]): boolean {
  return failuresIn(trials).some((failed) => isSameSet(failed.set, set));
}

/** Whether exactly this set passed the gate and a restart. */
export function isProven(set: readonly string[], trials: readonly ProfileTrial[]): boolean {
  return !hasFailed(set, trials) && trials.some((trial) => passedRestart(trial) && isSameSet(trial.set, set));
}

/** On how many hosts the gate and a restart were passed without a capability. */
export function hostsWithout(capability: string, trials: readonly ProfileTrial[]): number {
  return new Set(
    trials.filter((trial) => passedRestart(trial) && !trial.set.includes(capability)).map(({ host }) => host),
  ).size;
}

/** Trials of two profiles as one list: of each set the last answer of each host counts, and the list stays short. */
export function mergeTrials(one: readonly ProfileTrial[], other: readonly ProfileTrial[]): readonly ProfileTrial[] {
  const latest = new Map<string, ProfileTrial>();
  for (const trial of [...one, ...other].toSorted(inTime))
    latest.set(JSON.stringify([trial.host, trial.result, trial.set.toSorted(), passedRestart(trial)]), trial);
  return [...latest.values()].toSorted(inTime).slice(-MOST_TRIALS);
}

const MOST_TRIALS = 200;

function failuresIn(trials: readonly ProfileTrial[]): readonly ProfileTrial[] {
  return trials.filter(
    (failed) =>
      failed.result === 'failed' &&
      !trials.some(({ result, set, at }) => result === 'passed' && at > failed.at && isSameSet(set, failed.set)),
  );
}

function passedRestart({ result, gate }: ProfileTrial): boolean {
  return result === 'passed' && gate.includes('G8');
}

function missing(all: readonly string[], kept: readonly string[]): readonly string[] {
  return all.filter((name) => !kept.includes(name)).toSorted();
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return missing(one, other).length === 0 && missing(other, one).length === 0;
}

function inTime(a: ProfileTrial, b: ProfileTrial): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.container < b.container ? -1 : a.container > b.container ? 1 : a.set.length - b.set.length;
}
