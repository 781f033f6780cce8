import { parse, stringify } from 'lossless-json';
import type { JsonValue } from '../model/json.ts';

/** A run of digits where JSON has a number, not one within an id; a string may still hold one, which costs only time. */
const LONG_NUMBER = /[:,[\s-]\d{16}/;

/**
 * Reads JSON without losing a digit: integers a double cannot hold become bigint, everything else is as JSON.parse has
 * it. Only text with a long run of digits takes the slower exact way, so ordinary answers cost what JSON.parse costs.
 */
export function parseJson(text: string): JsonValue {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text) as JsonValue;
  return parse(text, null, { parseNumber: exactNumber, onDuplicateKey: lastWins }) as JsonValue;
}

/** Writes JSON with bigint as plain numbers, the inverse of parseJson. */
export function writeJson(value: JsonValue): string {
  return stringify(value) ?? 'null';
}

function exactNumber(digits: string): number | bigint {
  const value = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value;
}

function lastWins({ newValue }: { newValue: unknown }): unknown {
  return newValue;
}
