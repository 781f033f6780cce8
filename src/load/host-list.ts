import { EnforceError } from '../model/errors.ts';
import { absolutePath, type Surroundings } from './surroundings.ts';
import { readTextFile } from './text-file.ts';

/** A host pattern with each `@FILE` in it replaced by the hosts that the file lists, one on a line. */
export async function readHostList(pattern: string, surroundings: Surroundings): Promise<string> {
  const parts = await Promise.all(
    pattern
      .split(',')
      .map((part) =>
        part.trim().startsWith('@') ? listedIn(part.trim().slice(1), surroundings) : Promise.resolve(part),
      ),
  );
  return parts.join(',');
}

async function listedIn(file: string, surroundings: Surroundings): Promise<string> {
  const { text } = await readTextFile(absolutePath(file, surroundings.workingFolder, surroundings), 'usage', file);
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const listed = lines.filter((line) => line !== '');
  // An empty list must not become a pattern that means every host.
  if (listed.length === 0) throw new EnforceError('usage', `${file}: lists no host; expected one on each line`);
  return listed.join(',');
}
