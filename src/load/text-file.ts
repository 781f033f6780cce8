import { open, stat } from 'node:fs/promises';
import { EnforceError, type ErrorCode } from '../model/errors.ts';
import { isSystemError, systemErrorText } from './system-error.ts';

/** A file that people wrote, as text and as the bytes a digest is taken of. */
export interface TextFile {
  /** As the person named it; for messages. */
  readonly file: string;
  readonly text: string;
  readonly bytes: Uint8Array;
}

const MAXIMUM_BYTES = 1024 * 1024;

/** Reads a file of UTF-8 text of at most 1 MiB; anything else is an error that says what it found. */
export async function readTextFile(path: string, code: ErrorCode, file = path): Promise<TextFile> {
  const bytes = await readBytes(path, code, file);
  if (bytes.length > MAXIMUM_BYTES) {
    throw new EnforceError(code, `${file}: the file is larger than 1 MiB; expected a file that a person wrote`);
  }
  const text = decode(bytes);
  if (text === undefined) {
    throw new EnforceError(code, `${file}:${badLine(bytes)}: bytes that are not UTF-8; expected UTF-8 text`);
  }
  return { file, text, bytes };
}

/** Reads one byte more than is allowed, so that pipes work and a device without an end does no harm. */
async function readBytes(path: string, code: ErrorCode, file: string): Promise<Uint8Array> {
  try {
    // Opening a pipe that nobody writes to never returns; one the shell made, as for <(command), has its writer.
    if ((await stat(path)).isFIFO() && !/^\/(?:dev|proc\/self)\/fd\//.test(path)) {
      throw new EnforceError(code, `${file}: is a named pipe; expected a file`);
    }
    const handle = await open(path);
    try {
      if ((await handle.stat()).isDirectory()) {
        throw new EnforceError(code, `${file}: is a directory; expected a file`);
      }
      const chunks: Buffer[] = [];
      for await (const chunk of handle.createReadStream({ end: MAXIMUM_BYTES })) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new EnforceError(code, `${file}: ${systemErrorText(error)}; expected a file that can be read`, {
      cause: error,
    });
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** A line feed is never part of a longer UTF-8 sequence, so lines can be judged one by one. */
function badLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (decode(bytes.subarray(start, end < 0 ? undefined : end)) === undefined || end < 0) return line;
    start = end + 1;
    line++;
  }
}
