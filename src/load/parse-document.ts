import { parse } from 'lossless-json';
import { isDeeperThan } from '../model/deeper-than.ts';
import type { JsonValue } from '../model/json.ts';

/** A text as JSON, or why it is none. */
export type ParsedDocument =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly because: string };

/** Reads JSON without losing a digit: an integer that a double cannot hold becomes a bigint. */
export function parseDocument(text: string): ParsedDocument {
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
