import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EnforceError } from '../model/errors.ts';
import type { Journal, JournalEntry } from '../model/journal.ts';

/**
 * A journal of JSON lines, one file per run. A line is on disk before `write` returns, so the call it tells of never
 * happens unrecorded; when the disk is full the write fails and with it the run, before anything else is changed.
 */
export function openJournalFile(folder: string, run: string): Journal & { readonly close: () => void } {
  try {
    makeFolder(folder);
    const file = openSync(join(folder, 'journal.jsonl'), 'a', 0o600);
    return {
      run,
      write: (entry) => append(file, entry),
      close: () => closeSync(file),
    };
  } catch (error) {
    throw new EnforceError('journal', `the journal in ${folder} cannot be written: ${(error as Error).message}`, {
      hint: 'make room or choose another folder with --state-dir',
      cause: error,
    });
  }
}

/** Node's own way to make the folders above spins for ever where there can be none, as under /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder, { mode: 0o700 });
}

function append(file: number, entry: JournalEntry): void {
  try {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    if (writeSync(file, line) < line.length) throw new Error('no space left for the whole line');
    fsyncSync(file);
  } catch (error) {
    throw new EnforceError('journal', `the journal cannot be written: ${(error as Error).message}`, {
      hint: 'nothing more is changed; make room, then run enforce apply again to finish or undo what was begun',
      cause: error,
    });
  }
}
