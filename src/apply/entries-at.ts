import { createHash } from 'node:crypto';
import type { EngineReader } from '../engine/engine.ts';
import { EnforceError } from '../model/errors.ts';
import type { CarriedRoot } from '../model/writable-layer.ts';
import type { ArchiveEntry } from '../model/read-archive.ts';
import { readArchive } from '../model/read-archive.ts';
import { ARCHIVE_END, entryEnd, entryHead } from './write-archive.ts';
import { baseName } from '../model/base-name.ts';

/** What must be the same of a file in both containers. */
export interface Print {
  readonly type: ArchiveEntry['type'];
  readonly mode: number;
  readonly uid: string;
  readonly gid: string;
  readonly size: number;
  readonly link: string;
  readonly device: string;
  readonly attributes: string;
  /** Of files and folders. */
  readonly modified: string;
  /** sha256 of the content. */
  readonly content: string;
}

/** Prints by path from the root, one character for each byte. */
export type Prints = Map<string, Print>;

/** A container whose files are read. */
export interface FileSource {
  readonly engine: EngineReader;
  readonly id: string;
  /** One that is carried over has everything that is asked for; a candidate may lack it. */
  readonly whose: 'old' | 'candidate';
}

/** The prints of what a container has at these places. */
export async function printsAt(source: FileSource, roots: readonly CarriedRoot[]): Promise<Prints> {
  const prints: Prints = new Map();
  for (const root of roots) {
    for await (const entry of entriesAt(source, root)) {
      const hash = createHash('sha256');
      for await (const piece of entry.content) hash.update(piece);
      prints.set(entry.name, printOf(entry, hash.digest('hex')));
    }
  }
  return prints;
}

/** One archive of all that a container has at these places, by their paths from the root; the prints are noted meanwhile. */
export async function* repacked(
  source: FileSource,
  roots: readonly CarriedRoot[],
  prints: Prints,
): AsyncGenerator<Uint8Array> {
  prints.clear();
  for (const root of roots) {
    for await (const entry of entriesAt(source, root)) {
      yield entryHead(entry);
      const hash = createHash('sha256');
      for await (const piece of entry.content) {
        hash.update(piece);
        yield piece;
      }
      yield entryEnd(entry);
      prints.set(entry.name, printOf(entry, hash.digest('hex')));
    }
  }
  yield ARCHIVE_END;
}

/** What is at one place of a container, by the path from the root; a socket is in no archive. */
async function* entriesAt({ engine, id, whose }: FileSource, root: CarriedRoot): AsyncGenerator<ArchiveEntry> {
  const pieces = await engine.archive(id, root.path);
  if (!pieces && whose === 'candidate') return;
  if (!pieces) throw new EnforceError('engine', `the engine lists ${root.path} as changed and cannot read it: ${WHY}`);
  const path = inBytes(root.path);
  const base = baseName(path);
  let entries = 0;
  for await (const entry of readArchive(pieces)) {
    if (++entries > root.entries + (whose === 'old' ? 0 : MOST_STRANGERS))
      throw new EnforceError('engine', `the engine sent more of ${root.path} than it lists as changed`);
    yield {
      ...entry,
      name: moved(entry.name, base, path),
      ...(entry.type === 'hard link' ? { link: moved(entry.link, base, path) } : {}),
    };
    if (!root.whole) return;
  }
}

/** The candidate may have what the old one does not have any more. */
const MOST_STRANGERS = 100_000;

/** The engine's list is JSON, where such a name is not what it is. */
const WHY = 'a name that is not UTF-8 can only be carried within a folder that was added';

/** Every name is made of the path that was asked for; a host must not be able to lead somewhere else. */
function moved(name: string, base: string, path: string): string {
  const isBelow = name === base || name.startsWith(`${base}/`);
  const below = name.slice(base.length);
  if (isBelow && !below.split('/').some((part) => part === '..' || part === '.')) return `${path}${below}`;
  throw new EnforceError('engine', `the engine sent ${JSON.stringify(name.slice(0, 200))} in the archive of ${path}`, {
    hint: 'the engine may be faulty or hostile; nothing of it was used',
  });
}

/** A path as the prints have it: without its first slash, one character for each byte. */
export function inBytes(path: string): string {
  return Buffer.from(path.slice(1), 'utf8').toString('latin1');
}

function printOf(entry: ArchiveEntry, content: string): Print {
  const { type, mode, uid, gid, size, link, device, mtime, records } = entry;
  const attributes = [...records]
    .filter(([key]) => key.startsWith('SCHILY.xattr.'))
    .map(([key, value]) => `${key}=${value}`);
  return {
    type,
    mode,
    uid,
    gid,
    size,
    link,
    device,
    attributes: attributes.toSorted().join('\n'),
    modified: type === 'file' || type === 'folder' ? mtime : '',
    content,
  };
}
