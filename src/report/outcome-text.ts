import type { Outcome } from '../model/journal.ts';
import { padTo } from './columns.ts';
import { counted } from './counted.ts';
import { painter } from './paint.ts';
import type { Paint } from './paint.ts';
import { plainText } from './plain-text.ts';

/** How one change ended, and what was seen on the way that is worth telling: `:8080 answers`. */
export interface ChangeResult {
  readonly host: string;
  readonly container: string;
  readonly outcome: Outcome;
  readonly notes: readonly string[];
}

/** What a run did, with the exit code it ends in. */
export interface RunResult {
  readonly run: string;
  readonly results: readonly ChangeResult[];
  /** Hosts that could not be talked to; counted apart from what failed. */
  readonly unreached?: number;
  readonly exitCode: number;
}

/** The line that tells how one change ended, and below it what else is worth telling; what a person has to do stands last. */
export function outcomeText(result: ChangeResult, options: { readonly colors: boolean }): string {
  return [...outcomeLines(result, painter(options.colors)), ''].join('\n');
}

/** The same for a change that was taken back because somebody asked: being rolled back is what was wanted. */
export function putBackText(result: ChangeResult, options: { readonly colors: boolean }): string {
  const { host, container, outcome, notes } = result;
  if (outcome.result !== 'rolled-back') return outcomeText(result, options);
  const what = `${plainText(host, 64)}/${plainText(container, 64)}  put back`;
  const seen = notes.map((note) => plainText(note));
  return `${line(painter(options.colors)('good', '✓'), what, [...seen, down(outcome.downtimeMilliseconds)])}\n`;
}

/** The last lines of a run: what needs a person, again, and how many of each. */
export function runText(
  { run, results, unreached = 0, exitCode }: RunResult,
  options: { readonly colors: boolean },
): string {
  const paint = painter(options.colors);
  const stuck = results.filter(({ outcome }) => outcome.result === 'stuck');
  const none = exitCode === 0 ? 'nothing to do' : 'nothing could be done';
  const missed = unreached === 0 ? '' : `, ${counted(unreached, 'host')} not reached`;
  const summary = `Run ${plainText(run, 40)}: ${outcomeCounts(countOutcomes(results), none)}${missed}.`;
  return [
    ...stuck.flatMap((result) => outcomeLines(result, paint)),
    `${paint('strong', summary)}  exit ${exitCode}`,
    '',
  ].join('\n');
}

/** How many changes ended in each way. */
export type OutcomeCounts = Readonly<Partial<Record<Outcome['result'], number>>>;

/** Counts how changes ended. */
export function countOutcomes(results: readonly Pick<ChangeResult, 'outcome'>[]): OutcomeCounts {
  const counts: Partial<Record<Outcome['result'], number>> = {};
  for (const { outcome } of results) counts[outcome.result] = (counts[outcome.result] ?? 0) + 1;
  return counts;
}

/** Such counts in words: `1 applied, 1 rolled back`. */
export function outcomeCounts(counts: OutcomeCounts, none = 'nothing to do'): string {
  const parts = ORDER.flatMap((result) => (counts[result] === undefined ? [] : [`${counts[result]} ${WORDS[result]}`]));
  return parts.length === 0 ? none : parts.join(', ');
}

const ORDER: readonly Outcome['result'][] = ['applied', 'rolled-back', 'stuck', 'skipped', 'deferred'];

const WORDS: Readonly<Record<Outcome['result'], string>> = {
  applied: 'applied',
  'rolled-back': 'rolled back',
  stuck: 'stuck',
  skipped: 'skipped',
  deferred: 'deferred',
};

function outcomeLines({ host, container, outcome, notes }: ChangeResult, paint: Paint): readonly string[] {
  const what = `${plainText(host, 64)}/${plainText(container, 64)}  ${WORDS[outcome.result]}`;
  const seen = notes.map((note) => plainText(note));
  switch (outcome.result) {
    case 'applied': {
      const kept = outcome.kept === null ? 'its specification is kept' : `kept ${plainText(outcome.kept, 120)}`;
      return [
        line(paint('good', '✓'), what, [...seen, down(outcome.downtimeMilliseconds), kept]),
        ...(outcome.notes ?? []).map((note) => `      ${plainText(note, 500)}`),
      ];
    }
    case 'rolled-back':
      return [line(paint('bad', '✗'), `${what}: ${because(outcome)}`, [...seen, down(outcome.downtimeMilliseconds)])];
    case 'stuck':
      return [
        line(paint('bad', '✗'), `${what}: ${because(outcome)}`, seen),
        // A command that ended in `…` could not be run, so it is given whole.
        `      recover with: ${plainText(outcome.recover, 4000)}`,
      ];
    case 'skipped':
    case 'deferred':
      return [line(paint('faint', '·'), `${what}: ${because(outcome)}`, seen)];
  }
}

function line(mark: string, what: string, rest: readonly string[]): string {
  return `  ${mark} ${rest.length === 0 ? what : padTo(what, 32)}${rest.map((part) => `  ${part}`).join('')}`;
}

function because(outcome: { readonly because: string }): string {
  return plainText(outcome.because, 500);
}

function down(milliseconds: number | null): string {
  if (milliseconds === null) return 'down since before this run';
  return milliseconds === 0 ? 'no downtime' : `down ${(milliseconds / 1000).toFixed(1)} s`;
}
