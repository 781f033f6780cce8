import { parse } from 'lossless-json';
import type { JsonValue } from '../model/json.ts';

/** A text as JSON, or why it is none. */
export type ParsedDocument =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly because: string };

/** Reads JSON without losing a digit: an integer that a double cannot hold becomes a bigint. */
export function parseDocument(text: string): ParsedDocument {
  // Whatever walks a deeper value later could run out of stack.
  if (isDeeperThan(text, MAXIMUM_DEPTH)) return { ok: false, because: `is nested deeper than ${MAXIMUM_DEPTH} levels` };
  try {
    // JSON.parse is many times faster, and exact where no integer is longer than a double holds.
    const isExact = !/[:[,]\s*-?\d{16}/.test(text);
    return { ok: true, value: (isExact ? JSON.parse(text) : parse(text, null, LOSSLESS)) as JsonValue };
  } catch (error) {
    return { ok: false, because: `is not JSON (${error instanceof Error ? error.message : String(error)})` };
  }
}

const MAXIMUM_DEPTH = 100;

const LOSSLESS = {
  parseNumber: (digits: string): number | bigint => {
    const value = Number(digits);
    return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value;
  },
  // As JSON.parse does.
  onDuplicateKey: ({ newValue }: { readonly newValue: unknown }): unknown => newValue,
};

function isDeeperThan(text: string, maximum: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (++depth > maximum) return true;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
    }
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return text.length;
}
