import { PassThrough } from 'node:stream';

/** A terminal without a terminal: what is printed, and keys that are pressed when a text has appeared. */
export interface Keyboard {
  readonly input: PassThrough;
  readonly output: PassThrough;
  /** Everything printed so far, control sequences included. */
  printed(): string;
  /** Presses the keys once the text is on the screen; each answer waits for its own question. */
  press(keys: string, afterText: string): Promise<void>;
}

/** Two streams that stand for a terminal and the person at it. */
export function createKeyboard(): Keyboard {
  const input = new PassThrough();
  const output = new PassThrough();
  let printed = '';
  let read = 0;
  output.setEncoding('utf8');
  output.on('data', (chunk: string) => {
    printed += chunk;
  });
  return {
    input,
    output,
    printed: () => printed,
    press: async (keys, afterText) => {
      let at = printed.indexOf(afterText, read);
      while (at < 0) {
        await new Promise((resolve) => output.once('data', resolve));
        at = printed.indexOf(afterText, read);
      }
      read = printed.length;
      input.write(keys);
    },
  };
}
