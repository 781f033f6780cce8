import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EnforceError } from '../model/errors.ts';

/** Writes a file that only its owner can read, whole or not at all: beside first, then renamed into place. */
export function saveFile(path: string, text: string): void {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    const file = openSync(beside, 'wx', 0o600);
    try {
      const bytes = Buffer.from(text);
      if (writeSync(file, bytes) < bytes.length) throw new Error('no space left for the whole file');
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    removeQuietly(beside);
    throw new EnforceError('usage', `${path} cannot be written: ${(error as Error).message}`, {
      hint: 'choose another file with -o',
      cause: error,
    });
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made, or is already in place.
  }
}
