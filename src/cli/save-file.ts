import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EnforceError } from '../model/errors.ts';

/** Writes a file that only its owner can read, whole or not at all: beside first, then renamed into place. */
export function saveFile(path: string, text: string | Uint8Array): void {
  const file = openSavedFile(path);
  file.write(text);
  file.commit();
}

/** A file that is written piece by piece, and is not there before it is whole. */
export interface SavedFile {
  readonly write: (text: string | Uint8Array) => void;
  readonly commit: () => void;
  /** Leaves no trace of it, unless it was committed. */
  readonly discard: () => void;
}

/** Begins such a file. */
export function openSavedFile(path: string): SavedFile {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  let file: number | undefined;
  const discard = (): void => {
    if (file === undefined) return;
    closeQuietly(file);
    file = undefined;
    removeQuietly(beside);
  };
  const orTell = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      discard();
      throw new EnforceError('usage', `${path} cannot be written: ${(error as Error).message}`, {
        hint: 'choose another file with -o',
        cause: error,
      });
    }
  };
  orTell(() => (file = openSync(beside, 'wx', 0o600)));
  return {
    write: (text) => orTell(() => writeWhole(file ?? -1, Buffer.from(text))),
    commit: () =>
      orTell(() => {
        fsyncSync(file ?? -1);
        closeSync(file ?? -1);
        file = undefined;
        renameSync(beside, path);
      }),
    discard,
  };
}

function writeWhole(file: number, bytes: Buffer): void {
  if (writeSync(file, bytes) < bytes.length) throw new Error('no space left for the whole file');
}

function closeQuietly(file: number): void {
  try {
    closeSync(file);
  } catch {
    // It is closed already.
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made, or is already in place.
  }
}
