import { readdir, stat } from 'node:fs/promises';
import { EnforceError } from '../model/errors.ts';
import { isAbsence, isSystemError, systemErrorText } from './system-error.ts';

/** Names in a folder, sorted; none when there is no such folder. */
export async function listFolder(path: string, shownPath: string): Promise<readonly string[]> {
  return (await orAbsent(readdir(path), shownPath))?.sort() ?? [];
}

/** What is at a path; `absent` when nothing is. */
export async function kindAt(path: string, shownPath: string): Promise<'folder' | 'file' | 'absent'> {
  const stats = await orAbsent(stat(path), shownPath);
  if (stats === undefined) return 'absent';
  return stats.isDirectory() ? 'folder' : 'file';
}

async function orAbsent<Value>(reading: Promise<Value>, shownPath: string): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    if (!isSystemError(error)) throw error;
    const text = `${shownPath}: ${systemErrorText(error)}; expected what can be read`;
    throw new EnforceError('bad-inventory', text, { cause: error });
  }
}
