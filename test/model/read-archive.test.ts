import { describe, expect, test } from '@jest/globals';
import type { ArchiveEntry } from '../../src/model/read-archive.ts';
import { readArchive } from '../../src/model/read-archive.ts';
import { ARCHIVE_END, entryEnd, entryHead } from '../../src/apply/write-archive.ts';
import { failureOf } from '../support/failure-of.ts';
import { block, file, member, records } from '../support/tar-blocks.ts';

describe('an archive is read', () => {
  test('entry by entry, whatever pieces it comes in', async () => {
    const archive = Buffer.concat([file('a', 'one'), file('b', 'x'.repeat(1500)), ARCHIVE_END]);

    const bySize = await Promise.all([1, 7, 512, 100_000].map((size) => contentsOf(pieces(archive, size))));

    for (const contents of bySize) expect(contents).toEqual({ a: 'one', b: 'x'.repeat(1500) });
  });

  test('past what nobody read of an entry', async () => {
    const archive = Buffer.concat([file('a', 'x'.repeat(2000)), file('b', 'two'), ARCHIVE_END]);
    const read: string[] = [];

    for await (const { name, content } of readArchive(pieces(archive, 100))) {
      read.push(name);
      for await (const piece of content) if (piece.length > 0) break;
    }

    expect(read).toEqual(['a', 'b']);
  });

  test('with names, owners and sizes that its headers are too small for', async () => {
    const path = `${'long/'.repeat(60)}\u00ff`;
    const more = records({ path, uid: '3000000', gid: '4000000', size: '8589934593', mtime: '1700000000.5' });

    const entry = await firstOf(Buffer.concat([more, block({ name: 'short', size: 0 })]));

    expect(entry).toMatchObject({
      name: path,
      uid: '3000000',
      gid: '4000000',
      size: 8_589_934_593,
      mtime: '1700000000.5',
    });
  });

  test('and leaves its source when nobody wants the rest', async () => {
    let wasLeft = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(file('a', 'one'));
      } finally {
        wasLeft = true;
      }
    }

    for await (const { name } of readArchive(endless())) if (name === 'a') break;

    expect(wasLeft).toBe(true);
  });
});

describe('an entry written again', () => {
  test.each<readonly [string, Buffer]>([
    [
      'a file with a value that is no text',
      member({ name: 'tool', size: 0 }, { 'SCHILY.xattr.security.capability': '\u0001\0\0\u0002\u0080\u00ff\0\n=' }),
    ],
    ['a folder', member({ name: 'sub/', type: '5', mode: 0o1777 })],
    ['a device', member({ name: 'null', type: '3', device: [1, 3] })],
    ['a link', member({ name: 'link', type: '2', link: '../far' })],
    ['one of set-uid', member({ name: 'su', size: 0, mode: 0o4755, uid: 33, gid: 44 })],
  ])('%s is the same under another name', async (_sentence, bytes) => {
    const before = await firstOf(bytes);

    const after = await firstOf(entryHead({ ...before, name: 'srv/app/other\u00ff' }));

    const { type, mode, uid, gid, mtime, link, device, size } = before;
    expect(after).toMatchObject({ type, mode, uid, gid, mtime, link, device, size, name: 'srv/app/other\u00ff' });
    for (const [key, value] of before.records) if (key !== 'path') expect(after.records.get(key)).toBe(value);
  });

  test('a hard link leads to the other name too', async () => {
    const before = await firstOf(member({ name: 'a/b', type: '1', link: 'a/c' }));

    const after = await firstOf(entryHead({ ...before, name: 'srv/a/b', link: 'srv/a/c' }));

    expect(after).toMatchObject({ type: 'hard link', name: 'srv/a/b', link: 'srv/a/c' });
  });

  test('names of every length have a record that counts itself', async () => {
    for (const length of [1, 80, 90, 91, 92, 93, 98, 99, 100, 980, 990, 991, 992, 993, 4095]) {
      const name = 'n'.repeat(length);

      const after = await firstOf(entryHead({ ...(await firstOf(block({ name: 'a', size: 0 }))), name }));

      expect(after.name).toHaveLength(length);
    }
  });

  test('fills its last block', async () => {
    const entry = await firstOf(file('a', 'x'.repeat(513)));

    expect(entryEnd(entry)).toHaveLength(511);
  });
});

describe('what is no archive is refused', () => {
  const broken = block({ name: 'a', size: 0 });
  broken[0] = 0x62;
  test.each<readonly [string, Buffer, string]>([
    ['another answer', Buffer.from('<html>'.padEnd(512, 'x')), 'has a number that is none'],
    ['a header that was tampered with', broken, 'is no tar archive'],
    ['an entry that ends too early', file('a', 'x'.repeat(600)).subarray(0, 700), 'ends in the middle'],
    ['an unknown kind of entry', block({ name: 'a', type: 'L', size: 0 }), 'unknown type'],
    ['records without an end', block({ name: 'a', type: 'x', size: 2 ** 21 }), 'bytes of records for one entry'],
    [
      'a record longer than there are',
      Buffer.concat([block({ name: 'r', type: 'x', size: 12 }), pad('99 path=abc\n')]),
      'broken record',
    ],
    [
      'a record of no length',
      Buffer.concat([block({ name: 'r', type: 'x', size: 9 }), pad('0 path=a\n')]),
      'broken record',
    ],
    ['an impossible size', Buffer.concat([records({ size: '-1' }), block({ name: 'a', size: 0 })]), 'impossible size'],
    [
      'a size that is no number',
      Buffer.concat([records({ size: 'x' }), block({ name: 'a', size: 0 })]),
      'impossible size',
    ],
  ])('%s', async (_sentence, bytes, because) => {
    const failure = await failureOf(() => contentsOf(pieces(bytes, 512)));

    expect(failure).toMatchObject({ code: 'engine', message: expect.stringContaining(because) });
  });
});

function pad(text: string): Buffer {
  return Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(512 - text.length)]);
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function contentsOf(archive: AsyncIterable<Uint8Array>): Promise<Readonly<Record<string, string>>> {
  const contents: Record<string, string> = {};
  for await (const { name, content } of readArchive(archive)) {
    const read: Buffer[] = [];
    for await (const piece of content) read.push(piece);
    contents[name] = Buffer.concat(read).toString('latin1');
  }
  return contents;
}

async function firstOf(bytes: Buffer): Promise<ArchiveEntry> {
  for await (const entry of readArchive(pieces(bytes, 512))) return entry;
  throw new Error('there is no entry');
}
