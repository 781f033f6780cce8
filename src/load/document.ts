import * as z from 'zod';
import { EnforceError } from '../model/errors.ts';
import { isJsonObject } from '../model/json.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { parseDocument } from './parse-document.ts';
import { fileError, shown } from './problem.ts';
import type { Path, Problem } from './problem.ts';

/** A kind of document that enforce writes and reads back. */
export interface DocumentKind {
  readonly noun: string;
  readonly code: 'bad-plan' | 'bad-scan' | 'bad-observation';
  /** How to get a good one. */
  readonly hint: string;
  readonly maximumMebibytes: number;
}

/**
 * Reads a document: JSON with exact integers, of a format this enforce knows, in the shape that is asked for. Whatever is
 * wrong with it is one error naming the file, the path and what was expected. Fields it does not know are passed over:
 * within one major version every object may grow.
 */
export function readDocument<Shape extends z.ZodType>(
  text: string,
  fileName: string,
  kind: DocumentKind,
  shape: Shape,
): z.output<Shape> {
  const refuse = (problems: readonly Problem[], cause?: unknown): EnforceError =>
    new EnforceError(kind.code, fileError(kind.code, fileName, problems).message, { hint: kind.hint, cause });
  if (text.length > kind.maximumMebibytes * 1024 * 1024) {
    throw refuse([{ path: [], text: `is too large; expected a ${kind.noun} of at most ${kind.maximumMebibytes} MiB` }]);
  }
  const parsed = parseDocument(text);
  if (!parsed.ok) throw refuse([{ path: [], text: `${parsed.because}; expected a ${kind.noun}` }]);
  const document = parsed.value;
  if (!isJsonObject(document)) throw refuse([{ path: [], text: `is ${shown(document)}; expected a ${kind.noun}` }]);
  const version = document['format_version'];
  if (typeof version !== 'string' || !/^1\.\d{1,4}$/.test(version)) {
    throw refuse([{ path: ['format_version'], text: `is ${shown(version)}; expected "1.0"` }]);
  }
  const result = shape.safeParse(document);
  if (result.success) return result.data;
  throw refuse(
    result.error.issues.map((issue) => problemOf(issue, document)),
    result.error,
  );
}

/** One object inside a document, untouched. */
export const carriedObject = z.custom<JsonObject>(isJsonObject, 'a mapping');

function problemOf(issue: z.core.$ZodIssue, document: JsonValue): Problem {
  const value = valueAt(document, issue.path);
  return {
    path: issue.path,
    text: `${value === undefined ? 'is missing' : `is ${shown(value)}`}; expected ${expectation(issue)}`,
  };
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => (value === null ? 'null' : shown(value))).join(' or ');
    default:
      return issue.message;
  }
}

function valueAt(document: JsonValue, path: Path): JsonValue | undefined {
  let at: JsonValue | undefined = document;
  for (const step of path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<PropertyKey, JsonValue>>)[step];
  }
  return at;
}
