import { EnforceError } from '../model/errors.ts';
import { painter } from './paint.ts';
import { plainLines, plainText } from './plain-text.ts';

/** How an error is told: `verbose` adds what caused it. */
export interface ErrorTextOptions {
  readonly colors: boolean;
  readonly verbose: boolean;
}

/** A failure as a person reads it: what went wrong, what to do, and on request what lies beneath. */
export function errorText(error: Error, { colors, verbose }: ErrorTextOptions): string {
  const paint = painter(colors);
  const hint = error instanceof EnforceError ? error.hint : undefined;
  return [
    ...titled('error: ', error.message, (title) => paint('bad', title)),
    ...(hint === undefined ? [] : titled('hint:  ', hint, (title) => paint('strong', title))),
    ...(verbose ? causeLines(error) : []),
    '',
  ].join('\n');
}

/** Further lines are indented, so that no text of a host can pass for a line of enforce's own. */
function titled(title: string, text: string, shown: (title: string) => string): readonly string[] {
  return plainLines(text).map((line, at) => (at === 0 ? shown(title) : ' '.repeat(title.length)) + line);
}

function causeLines(error: Error): readonly string[] {
  const lines: string[] = [];
  let cause = error.cause;
  for (let depth = 0; depth < MAXIMUM_CAUSES && cause !== undefined && cause !== null; depth++) {
    lines.push(...titled('cause: ', causeText(cause), (title) => title));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}

// A chain may run in a circle.
const MAXIMUM_CAUSES = 5;

function causeText(cause: unknown): string {
  if (!(cause instanceof Error)) return plainText(cause, 500);
  const code = 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
  return `${cause.name}: ${cause.message}${code}`;
}
