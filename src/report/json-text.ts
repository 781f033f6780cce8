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
  try {
    const text = JSON.stringify(value, null, newline === '' ? 0 : 2);
    // Within a string a line end is an escape, so those that are there are the layout's.
    return withEscapes(newline === '' || newline === '\n' ? text : text.replaceAll('\n', newline));
  } catch {
    // A bigint, and nothing else that JSON holds, is refused there.
    const pieces: string[] = [];
    write(value, newline, pieces);
    return pieces.join('');
  }
}

// Into one list of pieces: a text made of the texts of its parts would be copied once for each level above it.
function write(value: JsonValue, newline: string, pieces: string[]): void {
  if (typeof value === 'string') pieces.push(quoted(value));
  else if (value === null || typeof value !== 'object')
    pieces.push(typeof value === 'bigint' ? String(value) : JSON.stringify(value));
  else if (isList(value)) writeList(value, newline, pieces);
  else writeObject(value, newline, pieces);
}

function writeList(list: readonly JsonValue[], newline: string, pieces: string[]): void {
  const inner = newline === '' ? '' : `${newline}  `;
  let before = `[${inner}`;
  for (const item of list) {
    pieces.push(before);
    write(item, inner, pieces);
    before = `,${inner}`;
  }
  pieces.push(list.length === 0 ? '[]' : `${newline}]`);
}

function writeObject(object: JsonObject, newline: string, pieces: string[]): void {
  const inner = newline === '' ? '' : `${newline}  `;
  const colon = newline === '' ? ':' : ': ';
  const before = `,${inner}`;
  let isEmpty = true;
  for (const [key, member] of Object.entries(object)) {
    if (member === undefined) continue;
    pieces.push(isEmpty ? `{${inner}` : before, quoted(key), colon);
    isEmpty = false;
    write(member, inner, pieces);
  }
  pieces.push(isEmpty ? '{}' : `${newline}}`);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function quoted(text: string): string {
  return withEscapes(JSON.stringify(text));
}

/** JSON with the characters a terminal would obey as escapes; most has none, which is found out much faster. */
function withEscapes(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

const PLAIN = /^[ -~\n]*$/;
