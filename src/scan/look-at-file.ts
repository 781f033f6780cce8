import type { EngineReader } from '../engine/engine.ts';
import type { ArchiveEntry } from '../model/read-archive.ts';
import { readArchive } from '../model/read-archive.ts';
import type { FileCapabilities } from '../model/runtime.ts';
import { fileCapabilities } from './file-capabilities.ts';

/** What reads files out of containers. */
export type Files = Pick<EngineReader, 'archive' | 'linkTarget'>;

/** One file of a container, links followed. */
export interface SeenFile {
  /** As the container sees it. */
  readonly path: string;
  readonly isSetuidRoot: boolean;
  readonly capabilities: FileCapabilities | null;
  /** What a script says, its first 64 KiB; null where it is a program. */
  readonly text: string | null;
}

/**
 * A file of a container as the engine reads it out, undefined where there is none at that path. It is the engine that
 * follows links, within the container; the stream is left as soon as enough is known, which of a program is its head.
 */
export async function lookAtFile(engine: Files, id: string, path: string): Promise<SeenFile | undefined> {
  const found = await firstAt(engine, id, path);
  if (found !== 'link') return found;
  const target = await engine.linkTarget(id, path);
  if (target === undefined) return undefined;
  const end = await firstAt(engine, id, target);
  return end === 'link' ? undefined : end;
}

/** The scripts in a folder of a container and below it; programs are left out, and too much is an error. */
export async function scriptsIn(
  engine: Pick<Files, 'archive'>,
  id: string,
  folder: string,
): Promise<readonly SeenFile[]> {
  const pieces = await engine.archive(id, folder);
  if (!pieces) return [];
  const parent = folder.slice(0, folder.lastIndexOf('/'));
  const files: SeenFile[] = [];
  let [entries, bytes] = [0, 0];
  for await (const entry of readArchive(pieces)) {
    entries++;
    bytes += entry.size;
    if (entries > MOST_ENTRIES || bytes > MOST_BYTES) throw new Error(`${folder} holds more than a start goes through`);
    if (entry.type !== 'file') continue;
    const file = await seenFile(entry, `${parent}/${nameOf(entry)}`);
    if (file.text !== null) files.push(file);
  }
  return files;
}

const MOST_ENTRIES = 1024;
const MOST_BYTES = 8 * 1024 * 1024;
/** Of one script. */
const MOST_TEXT = 64 * 1024;
/** Enough to tell a script from a program. */
const HEAD = 512;

async function firstAt(
  engine: Pick<Files, 'archive'>,
  id: string,
  path: string,
): Promise<SeenFile | 'link' | undefined> {
  const pieces = await engine.archive(id, path);
  if (!pieces) return undefined;
  for await (const entry of readArchive(pieces)) {
    if (entry.type === 'link') return 'link';
    return entry.type === 'file' ? seenFile(entry, path) : undefined;
  }
  return undefined;
}

async function seenFile(entry: ArchiveEntry, path: string): Promise<SeenFile> {
  const attribute = entry.records.get('SCHILY.xattr.security.capability');
  return {
    path,
    isSetuidRoot: (entry.mode & 0o4000) !== 0 && entry.uid === '0',
    capabilities: attribute === undefined ? null : (fileCapabilities(attribute) ?? null),
    text: await textOf(entry),
  };
}

/** A program has a zero byte at its very beginning, where a script has none. */
async function textOf({ content }: ArchiveEntry): Promise<string | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes < HEAD) continue;
    if (isProgram(pieces)) return null;
    if (bytes >= MOST_TEXT) break;
  }
  if (isProgram(pieces)) return null;
  return Buffer.concat(pieces).subarray(0, MOST_TEXT).toString('utf8');
}

function isProgram(pieces: readonly Buffer[]): boolean {
  return Buffer.concat(pieces.slice(0, HEAD)).subarray(0, HEAD).includes(0);
}

/** The reader keeps names as bytes. */
function nameOf({ name }: ArchiveEntry): string {
  return Buffer.from(name, 'latin1').toString('utf8');
}
