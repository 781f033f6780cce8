import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import { openJournalFile } from '../../src/apply/journal-file.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import { failureOf } from '../support/failure-of.ts';
import { folderOf } from '../support/folder-of.ts';
import { memoryHost } from '../support/memory-host.ts';

const ENTRY: JournalEntry = { event: 'run-ended', at: '2026-11-22T05:00:00.000Z', exitCode: 0 };

describe('the journal of a run', () => {
  test('has a line on disk as soon as it is written', () => {
    const folder = join(folderOf({}), 'runs', '7f3a');
    const journal = openJournalFile(folder, '7f3a');

    journal.write(ENTRY);

    expect(readFileSync(join(folder, 'journal.jsonl'), 'utf8')).toBe(`${JSON.stringify(ENTRY)}\n`);
    journal.close();
  });

  test('goes on where an earlier process of the same run stopped', () => {
    const folder = folderOf({});
    for (const exitCode of [0, 3]) {
      const journal = openJournalFile(folder, '7f3a');
      journal.write({ ...ENTRY, exitCode });
      journal.close();
    }

    const lines = readFileSync(join(folder, 'journal.jsonl'), 'utf8').trimEnd().split('\n');

    expect(lines.map((line) => (JSON.parse(line) as { exitCode: number }).exitCode)).toEqual([0, 3]);
  });

  test('is for its owner’s eyes alone, and so is every folder made for it', () => {
    const state = join(folderOf({}), 'enforce');
    const folder = join(state, 'runs', '7f3a');
    openJournalFile(folder, '7f3a').close();

    const modes = [state, join(state, 'runs'), folder, join(folder, 'journal.jsonl')].map(
      (path) => statSync(path).mode & 0o777,
    );

    expect(modes).toEqual([0o700, 0o700, 0o700, 0o600]);
  });

  test('that cannot be opened says so, and where', async () => {
    const folder = join(folderOf({ runs: 'not a folder' }), 'runs');

    const failure = await failureOf(() => openJournalFile(folder, '7f3a'));

    expect(failure).toMatchObject({ code: 'journal', hint: expect.stringContaining('--state-dir') });
    expect(failure.message).toContain(folder);
  });
});

/** /dev/full is a disk without room; only Linux has it. */
const onFullDisk = existsSync('/dev/full') ? describe : describe.skip;

onFullDisk('a journal on a full disk', () => {
  const fullFolder = (): string => {
    const folder = folderOf({});
    symlinkSync('/dev/full', join(folder, 'journal.jsonl'));
    return folder;
  };

  test('fails the write', async () => {
    const journal = openJournalFile(fullFolder(), '7f3a');

    const failure = await failureOf(() => journal.write(ENTRY));

    journal.close();
    expect(failure).toMatchObject({ code: 'journal', hint: expect.stringContaining('nothing more is changed') });
    expect(failure.message).toContain('ENOSPC');
  });

  test('lets no call be made', async () => {
    const host = await memoryHost();
    const journal = openJournalFile(fullFolder(), '7f3a');
    const enforce = { ...(await host.enter()), journal };

    const failure = await failureOf(() => applyChange(host.change, host.settings, enforce));

    const calls = host.calls();
    journal.close();
    await host.close();
    expect(failure.code).toBe('journal');
    expect(calls).toEqual([]);
  });
});

test('a folder that cannot be is an error and not an endless search for one', () => {
  expect(() => openJournalFile('/proc/nowhere/runs/7f3a', '7f3a')).toThrow('cannot be written');
});
