import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEntry, Outcome } from '../model/journal.ts';
import { countOutcomes } from '../report/outcome-text.ts';
import type { RunRecord } from '../report/status-text.ts';

type Started = Extract<JournalEntry, { readonly event: 'run-started' }>;
type BatchStarted = Extract<JournalEntry, { readonly event: 'batch-started' }>;

/** A run as its journal tells it. */
export interface RecordedRun {
  readonly record: RunRecord;
  readonly started: Started;
  readonly batches: readonly BatchStarted[];
  readonly results: readonly { readonly host: string; readonly container: string; readonly outcome: Outcome }[];
  /** Hosts that could not be talked to. */
  readonly unreached: readonly string[];
  /** Why maintenance windows were ignored; undefined where they were not. */
  readonly ignoredWindows: string | undefined;
  /** When it wrote its last line. */
  readonly lastAt: string;
}

/** The runs recorded on this machine, newest first. */
export function readRuns(folder: string): readonly RunRecord[] {
  return runNames(folder).flatMap((name) => {
    const run = readRun(folder, name);
    return run ? [run.record] : [];
  });
}

/** The same, whole, and each read only when it is asked for. */
export function* recordedRuns(folder: string): Generator<RecordedRun> {
  for (const name of runNames(folder)) {
    const run = readRun(folder, name);
    if (run) yield run;
  }
}

/** One run; undefined when there is none of that name, or it never began. A torn last line, as a power cut leaves it, is passed over. */
export function readRun(folder: string, name: string): RecordedRun | undefined {
  if (!/^[0-9a-z]{4,32}$/.test(name)) return undefined;
  const entries = journalEntries(join(folder, 'runs', name, 'journal.jsonl'));
  const started = entries.find((entry) => entry.event === 'run-started');
  if (!started) return undefined;
  const ended = entries.findLast((entry) => entry.event === 'run-ended');
  const results = entries.flatMap((entry) =>
    entry.event === 'change-ended' ? [{ host: entry.host, container: entry.container, outcome: entry.outcome }] : [],
  );
  const away = entries.flatMap((entry) => (entry.event === 'host-unreached' ? [entry.host] : []));
  const unreached = [...new Set(away)];
  return {
    started,
    results,
    unreached,
    ignoredWindows: entries.find((entry) => entry.event === 'windows-ignored')?.reason,
    batches: entries.filter((entry) => entry.event === 'batch-started'),
    lastAt: entries.at(-1)?.at ?? started.at,
    record: {
      run: started.run,
      startedAt: started.at,
      operator: started.operator,
      counts: countOutcomes(results),
      unreached: unreached.length,
      continues: started.continues ?? null,
      exitCode: ended?.exitCode ?? null,
    },
  };
}

/** The hosts on which a run was to change something, by the plan beside its journal. */
export function plannedHosts(folder: string, name: string): readonly string[] {
  try {
    const plan = JSON.parse(readFileSync(join(folder, 'runs', name, 'plan.json'), 'utf8')) as {
      readonly changes: readonly { readonly host: string; readonly action: string }[];
    };
    return plan.changes.filter(({ action }) => action === 'recreate').map(({ host }) => host);
  } catch {
    return [];
  }
}

function runNames(folder: string): readonly string[] {
  try {
    return readdirSync(join(folder, 'runs')).sort().reverse();
  } catch {
    return [];
  }
}

function journalEntries(file: string): readonly JournalEntry[] {
  let text: string;
  try {
    // A device or a pipe in its place may have no end.
    if (!lstatSync(file).isFile()) return [];
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as JournalEntry];
    } catch {
      return [];
    }
  });
}
