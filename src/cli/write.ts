import type { Writable } from 'node:stream';

/** Writes a text and waits until it is on its way; whether its reader has gone is seen elsewhere. */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve) => stream.write(text, () => resolve()));
}
