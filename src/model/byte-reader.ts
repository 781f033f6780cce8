import { EnforceError } from './errors.ts';

/** Takes a stream apart by counts of bytes, holding no more of it than its source gave at once. */
export function byteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator: AsyncIterator<Uint8Array, unknown> = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  /** At least one byte and at most so many; undefined at the end. */
  const some = async (most: number): Promise<Buffer | undefined> => {
    while (held.length === 0) {
      const { done, value } = await iterator.next();
      if (done === true) return undefined;
      held = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const piece = held.subarray(0, most);
    held = held.subarray(piece.length);
    return piece;
  };
  const section = (length: number): Section => {
    let left = length;
    async function* pieces(): AsyncGenerator<Buffer> {
      while (left > 0) {
        const piece = await some(left);
        if (!piece) throw new EnforceError('engine', 'an archive of the engine ends in the middle of an entry');
        left -= piece.length;
        yield piece;
      }
    }
    return {
      pieces,
      async skip() {
        for await (const piece of pieces()) if (piece.length === 0) return;
      },
    };
  };
  const take = async (length: number): Promise<Buffer> => {
    const taken: Buffer[] = [];
    for await (const piece of section(length).pieces()) taken.push(piece);
    return Buffer.concat(taken);
  };
  return {
    take,
    section,
    async takeOrEnd(length) {
      const first = await some(length);
      return first && Buffer.concat([first, await take(length - first.length)]);
    },
    async leave() {
      await iterator.return?.();
    },
  };
}

/** Reads a stream from its beginning to its end. */
export interface ByteReader {
  readonly take: (length: number) => Promise<Buffer>;
  /** Undefined where the stream ends instead. */
  readonly takeOrEnd: (length: number) => Promise<Buffer | undefined>;
  readonly section: (length: number) => Section;
  /** Tells the source that no more is wanted. */
  readonly leave: () => Promise<void>;
}

/** The next so many bytes, to be read or skipped before anything else. */
interface Section {
  readonly pieces: () => AsyncGenerator<Buffer>;
  /** What has not been read of it. */
  readonly skip: () => Promise<void>;
}
