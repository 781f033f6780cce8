import { EnforceError } from './errors.ts';
import { byteReader, type ByteReader } from './byte-reader.ts';

/**
 * Reads a tar stream as an engine sends it (POSIX, with PAX records), entry by entry. Texts are bytes, one character each
 * (latin1), as names need not be UTF-8 and an attribute's value is binary: a library that decodes them destroys file
 * capabilities. What a hostile host could send instead of an archive ends with an error.
 */
export async function* readArchive(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveEntry> {
  const bytes = byteReader(pieces);
  try {
    for (;;) {
      const entry = await nextEntry(bytes);
      if (!entry) return;
      const content = bytes.section(entry.size);
      yield { ...entry, content: content.pieces() };
      await content.skip();
      await bytes.take(padding(entry.size));
    }
  } finally {
    await bytes.leave();
  }
}

/** One file, folder, link or device of an archive. */
export interface ArchiveEntry {
  /** Without a slash at its end. */
  readonly name: string;
  readonly type: EntryType;
  /** The permission bits, with those of set-uid, set-gid and sticky. */
  readonly mode: number;
  readonly uid: string;
  readonly gid: string;
  /** Seconds since 1970; as the engine cuts it. */
  readonly mtime: string;
  /** Where a link leads, or which entry a hard link is one with. */
  readonly link: string;
  readonly device: string;
  readonly size: number;
  /** Every PAX record, among them extended attributes (`SCHILY.xattr.…`). */
  readonly records: ReadonlyMap<string, string>;
  /** As it came: what writes the entry again changes only its names. */
  readonly header: Buffer;
  /** To be read before the next entry is asked for; what is left of it is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

/** What an entry is. */
export type EntryType = 'file' | 'hard link' | 'link' | 'character device' | 'block device' | 'folder' | 'pipe';

const TYPES: Readonly<Record<string, EntryType>> = {
  '0': 'file',
  '\0': 'file',
  '1': 'hard link',
  '2': 'link',
  '3': 'character device',
  '4': 'block device',
  '5': 'folder',
  '6': 'pipe',
};

/** Everything in an archive fills whole blocks. */
export const BLOCK = 512;
/** PAX records of one entry: a path and a link of 4 KiB each, and attributes, which a kernel cuts at 64 KiB. */
const MOST_RECORD_BYTES = 1024 * 1024;

type EntryHead = Omit<ArchiveEntry, 'content'>;

async function nextEntry(bytes: ByteReader): Promise<EntryHead | undefined> {
  let records: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const header = await bytes.takeOrEnd(BLOCK);
    if (!header || header.every((byte) => byte === 0)) return undefined;
    expectChecksum(header);
    const flag = field(header, 156, 1);
    if (flag !== 'x') return headOf(header, flag, records);
    const size = octal(header, 124, 12);
    if (size > MOST_RECORD_BYTES) throw odd(`has ${size} bytes of records for one entry`);
    records = readRecords(await bytes.take(size));
    await bytes.take(padding(size));
  }
}

function headOf(header: Buffer, flag: string, records: ReadonlyMap<string, string>): EntryHead {
  const type = TYPES[flag === '' ? '\0' : flag];
  if (type === undefined) throw odd(`has an entry of the unknown type ${JSON.stringify(flag)}`);
  const prefix = field(header, 345, 155);
  const ownName = field(header, 0, 100);
  const number = (record: string, offset: number, length: number): string =>
    records.get(record) ?? String(octal(header, offset, length));
  const size = type === 'file' ? Number(number('size', 124, 12)) : 0;
  if (!Number.isSafeInteger(size) || size < 0) throw odd('has an entry of an impossible size');
  return {
    name: (records.get('path') ?? (prefix === '' ? ownName : `${prefix}/${ownName}`)).replace(/\/+$/, ''),
    type,
    mode: octal(header, 100, 8) % 0o10000,
    uid: number('uid', 108, 8),
    gid: number('gid', 116, 8),
    mtime: number('mtime', 136, 12),
    link: records.get('linkpath') ?? field(header, 157, 100),
    device: type.endsWith('device') ? `${octal(header, 329, 8)}:${octal(header, 337, 8)}` : '',
    size,
    records,
    header,
  };
}

/** `LENGTH KEY=VALUE\n`, where the length counts all of it; a value may hold any byte. */
function readRecords(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const [, digits = '', key = ''] = /^(\d{1,7}) ([^=]{1,300})=/.exec(bytes.toString('latin1', at, at + 400)) ?? [];
    const end = at + Number(digits);
    const begin = at + digits.length + 1 + key.length + 1;
    if (digits === '' || end > bytes.length || end <= begin) throw odd('has a broken record');
    records.set(key, bytes.toString('latin1', begin, end - 1));
    at = end;
  }
  return records;
}

function expectChecksum(header: Buffer): void {
  if (octal(header, 148, 8) !== checksumOf(header)) throw odd('is no tar archive');
}

/** The sum of a header's bytes, its own place counted as spaces. */
export function checksumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
}

function field(header: Buffer, offset: number, length: number): string {
  const text = header.toString('latin1', offset, offset + length);
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

function octal(header: Buffer, offset: number, length: number): number {
  const text = field(header, offset, length).trim();
  if (text === '') return 0;
  if (!/^[0-7]+$/.test(text)) throw odd('has a number that is none');
  return Number.parseInt(text, 8);
}

/** How many bytes fill the last block of a content. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function odd(what: string): EnforceError {
  return new EnforceError('engine', `what the engine sent as an archive ${what}`, {
    hint: 'the engine may be faulty or hostile; nothing of it was used',
  });
}
