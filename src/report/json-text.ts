import type { JsonObject, JsonValue } from '../model/json.ts';

/**
 * A document as JSON, properties in the order they have, bigint as the number it is. The same value gives the same text.
 * Characters a terminal would obey are `\u` escapes, so that a document may be printed.
 */
export function jsonText(value: JsonValue): string {
  return `${written(value, '\n')}\n`;
}

/** The same on one line, for JSON lines. */
export function jsonLine(value: JsonValue): string {
  return `${written(value, '')}\n`;
}

/** A document that is written piece by piece: what it begins with, a list whose items come one by one, and the rest. */
export interface DocumentWriter {
  readonly begin: () => string;
  readonly item: (value: JsonValue) => string;
  readonly end: (rest: JsonObject) => string;
}

/** Writes it as `jsonText` writes the whole. */
export function documentWriter(head: JsonObject, list: string): DocumentWriter {
  let isEmpty = true;
  return {
    begin: () => `{${members(head, '\n  ')},\n  ${quoted(list)}: [`,
    item(value) {
      const comma = isEmpty ? '' : ',';
      isEmpty = false;
      return `${comma}\n    ${written(value, '\n    ')}`;
    },
    end: (rest) => `${isEmpty ? '' : '\n  '}],${members(rest, '\n  ')}\n}\n`,
  };
}

function members(object: JsonObject, newline: string): string {
  return Object.entries(object)
    .flatMap(([key, member]) => (member === undefined ? [] : [`${newline}${quoted(key)}: ${written(member, newline)}`]))
    .join(',');
}

// `newline` is the line end with the indentation so far; empty for everything on one line.
function written(value: JsonValue, newline: string): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = newline === '' ? '' : `${newline}  `;
  if (isList(value))
    return enclosed(
      '[',
      value.map((item) => written(item, inner)),
      ']',
      newline,
      inner,
    );
  const colon = newline === '' ? ':' : ': ';
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${quoted(key)}${colon}${written(member, inner)}`],
  );
  return enclosed('{', members, '}', newline, inner);
}

function enclosed(open: string, parts: readonly string[], close: string, newline: string, inner: string): string {
  return parts.length === 0 ? open + close : `${open}${inner}${parts.join(`,${inner}`)}${newline}${close}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
