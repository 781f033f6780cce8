import { EnforceError, type ErrorCode } from '../model/errors.ts';

/** One thing that is wrong in a file. */
export interface Problem {
  readonly line?: number;
  /** Where in the document: keys and list positions from its root. */
  readonly path: Path;
  /** What is wrong and what was expected: `is 90; expected a port from 1024 to 65535`. */
  readonly text: string;
}

/** Keys and list positions from the root of a document. */
export type Path = readonly PropertyKey[];

const MAXIMUM_SHOWN = 5;

/** The one error of a bad file: a line `FILE:LINE: PATH: what is wrong; expected …` for each of its first problems. */
export function fileError(code: ErrorCode, file: string, problems: readonly Problem[]): EnforceError {
  const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const texts = sorted.slice(0, MAXIMUM_SHOWN).map((problem) => problemText(file, problem));
  const more = sorted.length - texts.length;
  if (more > 0) texts.push(`${file}: and ${more} more`);
  return new EnforceError(code, texts.join('\n'));
}

/** A value as a message shows it: short, on one line, and harmless on a terminal. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string') return 'something else';
  return `"${printable(value.length > 60 ? `${value.slice(0, 60)}…` : value)}"`;
}

function problemText(file: string, { line, path, text }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return path.length === 0 ? `${place}: ${text}` : `${place}: ${printable(pathText(path))}: ${text}`;
}

function pathText(path: Path): string {
  return path.reduce<string>((before, step) => {
    if (typeof step === 'number') return `${before}[${step}]`;
    return before === '' ? String(step) : `${before}.${String(step)}`;
  }, '');
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
