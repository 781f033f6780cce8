import { parse, stringify } from 'lossless-json';
import { isDeeperThan } from '../model/deeper-than.ts';
import { EnforceError } from '../model/errors.ts';
import type { JsonValue } from '../model/json.ts';

const MAXIMUM_DEPTH = 100;

/** A run of digits where JSON has a number, not one within an id; a string may still hold one, which costs only time. */
const LONG_NUMBER = /[:,[\s-]\d{16}/;

/**
 * Reads JSON without losing a digit: integers a double cannot hold become bigint, everything else is as JSON.parse has
 * it. Only text with a long run of digits takes the slower exact way, so ordinary answers cost what JSON.parse costs.
 * What no engine nests so deeply is refused: whoever walked it would run out of stack.
 */
export function parseJson(text: string): JsonValue {
  if (isDeeperThan(text, MAXIMUM_DEPTH)) {
    throw new EnforceError('engine', `the engine's answer is nested deeper than ${MAXIMUM_DEPTH} levels`, {
      hint: 'the host may be faulty or hostile; nothing of the answer was used',
    });
  }
  if (!LONG_NUMBER.test(text)) return JSON.parse(text) as JsonValue;
  return parse(text, null, { parseNumber: exactNumber, onDuplicateKey: lastWins }) as JsonValue;
}

/** Writes JSON with bigint as plain numbers, the inverse of parseJson. */
export function writeJson(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch {
    // A bigint, and nothing else that JSON holds, is refused there.
    return stringify(value) ?? 'null';
  }
}

function exactNumber(digits: string): number | bigint {
  const value = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value;
}

function lastWins({ newValue }: { newValue: unknown }): unknown {
  return newValue;
}
