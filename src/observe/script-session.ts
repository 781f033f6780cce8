import { EnforceError } from '../model/errors.ts';
import type { RunningScript } from '../transport/connection.ts';
import type { TraceLine } from './parse-line.ts';
import { parseLine } from './parse-line.ts';

/** The host's script, spoken to: one command, and what it says to it. */
export interface ScriptSession {
  /** Gives the lines to a command, in their order, as they come; ends when the script waits for the next one. */
  ask(command: string, line: (line: TraceLine) => void): Promise<void>;
  /** Closes the script's input, whereupon it takes away what it made; waits until it has. */
  end(): Promise<void>;
}

/** What one answer may be long; a script that says more is not enforce's. */
const MOST_BYTES = 64 * 1024 * 1024;
const LONGEST_LINE = 8_192;

/** So long a host may take for one answer; it takes a second at most where nobody else wants its processors. */
const ANSWER_MILLISECONDS = 120_000;
const END_MILLISECONDS = 10_000;

type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Speaks to a script that was begun; its first answer comes unasked. */
export function scriptSession(script: RunningScript, host: string, pause: Pause): ScriptSession {
  const lines = linesOf(script.output);
  const answer = async (take: (line: TraceLine) => void): Promise<void> => {
    let bytes = 0;
    for (;;) {
      const next = await lines.next();
      if (next.done === true) throw await whyItEnded(script, host);
      if (next.value === 'ready') return;
      bytes += next.value.length + 1;
      if (bytes > MOST_BYTES) throw new EnforceError('engine', `the kernel of ${host} tells more than can be followed`);
      const line = parseLine(next.value);
      if (line) take(line);
    }
  };
  const allSaid = async (): Promise<void> => {
    while ((await lines.next()).done !== true);
    await script.ended;
  };
  return {
    async ask(command, take) {
      if (command !== '') script.send(`${command}\n`);
      const answered = await within(ANSWER_MILLISECONDS, answer(take), pause);
      if (!answered) throw new EnforceError('timed-out', `the shell on ${host} does not answer`);
    },
    async end() {
      script.end();
      await within(END_MILLISECONDS, allSaid(), pause);
    },
  };
}

/** Whether it was done in time. */
async function within(milliseconds: number, work: Promise<void>, pause: Pause): Promise<boolean> {
  const waiting = new AbortController();
  try {
    return await Promise.race([work.then(() => true), pause(milliseconds, waiting.signal).then(() => false)]);
  } finally {
    waiting.abort();
    // What comes too late has nobody to tell.
    work.catch(() => undefined);
  }
}

async function whyItEnded(script: RunningScript, host: string): Promise<EnforceError> {
  const { exitCode, stderr } = await script.ended;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return new EnforceError('engine', `the shell on ${host} ended (exit ${exitCode})${said === '' ? '' : `: ${said}`}`, {
    hint: 'what was seen until then is not complete; run it again, its remains are removed first',
  });
}

/** Lines of at most so many characters; what is longer is cut, as no line of the script's own is. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
    rest = (parts.pop() ?? '').slice(0, LONGEST_LINE);
    for (const part of parts) yield part.slice(0, LONGEST_LINE);
  }
  return undefined;
}
