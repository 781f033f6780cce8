import type { Journal, JournalEntry } from '../../src/model/journal.ts';

/** A journal that only remembers its lines. */
export interface KeptJournal extends Journal {
  readonly entries: JournalEntry[];
}

/** Opens one for a run. */
export function keptJournal(run: string): KeptJournal {
  const entries: JournalEntry[] = [];
  return { run, entries, write: (entry) => entries.push(entry) };
}
