import type { ArchiveEntry } from '../model/read-archive.ts';
import { BLOCK, checksumOf, padding } from '../model/read-archive.ts';

/** What stands before an entry's content when it is written again under another name; everything else of it stays. */
export function entryHead(entry: ArchiveEntry): Buffer {
  const { name, type, link, header } = entry;
  const records = new Map(entry.records).set('path', type === 'folder' ? `${name}/` : name);
  if (type === 'hard link') records.set('linkpath', link);
  const body = Buffer.from([...records].map(([key, value]) => recordText(key, value)).join(''), 'latin1');
  const renamed = Buffer.from(header);
  renamed.fill(0, 0, 100).write('carried', 0, 'latin1');
  renamed.fill(0, 345, 500);
  if (type === 'hard link') renamed.fill(0, 157, 257);
  return Buffer.concat([recordHeader(body.length), body, Buffer.alloc(padding(body.length)), withChecksum(renamed)]);
}

/** What fills the last block of an entry's content. */
export function entryEnd({ size }: ArchiveEntry): Buffer {
  return Buffer.alloc(padding(size));
}

/** What ends an archive. */
export const ARCHIVE_END = Buffer.alloc(2 * BLOCK);

/** The length at the beginning counts its own digits too. */
function recordText(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const guess = rest.length + String(rest.length).length;
  const length = rest.length + String(guess).length;
  return `${length}${rest}`;
}

function recordHeader(size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write('carried', 0, 'latin1');
  header.write('0000644\0' + '0000000\0'.repeat(2), 100, 'latin1');
  header.write(`${size.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124, 'latin1');
  header.write('x', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  return withChecksum(header);
}

function withChecksum(header: Buffer): Buffer {
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}
