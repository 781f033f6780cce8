import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

/** Where questions are asked and answers come from. */
export interface PromptStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly output: NodeJS.WritableStream & { readonly columns?: number };
  /** Ends a question that is open, as Ctrl-C does. */
  readonly signal?: AbortSignal;
}

/** One question that is answered with one line. */
export interface LineQuestion {
  readonly prefix: string;
  readonly message: string;
  /** True when the answer will do, else what it has to be. */
  readonly check?: (text: string) => true | string;
  /** Whether an answer that will not do stays in the line to be mended, or goes, as one wrong key does. */
  readonly wrong?: 'stays' | 'goes';
  /** Taken when the line is empty. */
  readonly proposed?: string;
}

/** A line, or how the person ended it: Ctrl-D quits; Ctrl-C, a closed terminal and the signal interrupt. */
export type Line =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'ended'; readonly by: 'quit' | 'interrupted' };

/** Asks for one line. */
export type LinePrompt = (question: LineQuestion) => Promise<Line>;

/** Questions of one line each on these streams; what was typed before a question is on the screen answers nothing. */
export function createLinePrompt(streams: PromptStreams): LinePrompt {
  return async (question) => {
    const closed = new AbortController();
    let by: 'quit' | 'interrupted' = 'interrupted';
    const close = (): void => closed.abort();
    // inquirer waits forever when its input ends under it.
    const onKey = (_text: string | undefined, key: { readonly ctrl?: boolean; readonly name?: string }): void => {
      if (key.ctrl !== true || key.name !== 'd') return;
      by = 'quit';
      close();
    };
    if (streams.signal?.aborted === true || !streams.input.readable) return { kind: 'ended', by };
    streams.signal?.addEventListener('abort', close);
    streams.input.on('end', close).on('close', close).on('keypress', onKey);
    try {
      await discardTyped(streams.input);
      return { kind: 'line', text: await ask(question, streams, closed.signal) };
    } catch (error) {
      if (error instanceof Error && (ENDED.has(error.name) || hasLostItsTerminal(error))) return { kind: 'ended', by };
      throw error;
    } finally {
      streams.signal?.removeEventListener('abort', close);
      streams.input.off('end', close).off('close', close).off('keypress', onKey);
    }
  };
}

/** Whoever hung up cannot be asked any more. */
function hasLostItsTerminal(error: Error): boolean {
  return 'code' in error && (error.code === 'EIO' || error.code === 'EPIPE' || error.code === 'ENXIO');
}

const ENDED = new Set(['ExitPromptError', 'AbortPromptError']);

async function ask(question: LineQuestion, { input, output }: PromptStreams, signal: AbortSignal): Promise<string> {
  // Loaded only when someone is asked.
  const { createPromptModule } = await import('inquirer');
  const prompt = createPromptModule({ input, output: stayingOpen(output), signal });
  const answers: { readonly line?: unknown } = await prompt([
    {
      type: 'input',
      name: 'line',
      message: question.message,
      ...(question.check === undefined ? {} : { validate: question.check }),
      ...(question.proposed === undefined ? {} : { default: question.proposed }),
      theme: {
        prefix: question.prefix,
        validationFailureMode: question.wrong === 'goes' ? 'clear' : 'keep',
        style: {
          message: itself,
          answer: itself,
          error: itself,
          defaultAnswer: (text: string) => `[${text}]`,
        },
      },
    },
  ]);
  return typeof answers.line === 'string' ? answers.line : '';
}

function itself(text: string): string {
  return text;
}

/**
 * A `y` that was meant for an earlier question, or for none, must not approve a change. inquirer waits for the end of the
 * present turn only, in which nothing may have been read; two turns have a whole reading between them.
 */
async function discardTyped(input: PromptStreams['input']): Promise<void> {
  if (input.isTTY !== true) return;
  // Else the terminal itself would hold back an unfinished line.
  input.setRawMode?.(true);
  input.resume();
  await setImmediate();
  await setImmediate();
  input.pause();
}

/** inquirer ends its output with every question. */
function stayingOpen(output: PromptStreams['output']): NodeJS.WritableStream {
  const forward = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      output.write(chunk);
      done();
    },
  });
  return Object.assign(forward, { columns: output.columns });
}
