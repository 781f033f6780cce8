import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEntry, Outcome } from '../model/journal.ts';
import { countOutcomes } from '../report/outcome-text.ts';
import type { RunRecord } from '../report/status-text.ts';

/** A run as its journal tells it. */
export interface RecordedRun {
  readonly record: RunRecord;
  readonly results: readonly { readonly host: string; readonly container: string; readonly outcome: Outcome }[];
}

/** The runs recorded on this machine, newest first. */
export function readRuns(folder: string): readonly RunRecord[] {
  return runNames(folder).flatMap((name) => {
    const run = readRun(folder, name);
    return run ? [run.record] : [];
  });
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
  return {
    results,
    record: {
      run: started.run,
      startedAt: started.at,
      operator: started.operator,
      counts: countOutcomes(results),
      exitCode: ended?.exitCode ?? null,
    },
  };
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
