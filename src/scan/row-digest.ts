import { createHash } from 'node:crypto';
import { canonicalJson } from '../model/canonical-json.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';

/**
 * What tells that a container is listed as it was: everything in its row but the words for how long it has been up and how
 * large it is. Engines write lists of a row (ports, mounts) in any order, so that order counts for nothing.
 */
export function rowDigest(row: JsonObject): string {
  const lasting = Object.entries(row).filter(([field]) => !PASSING.includes(field));
  return createHash('sha256')
    .update(canonicalJson(sorted(Object.fromEntries(lasting))))
    .digest('hex');
}

const PASSING: readonly string[] = ['Status', 'SizeRw', 'SizeRootFs'];

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value))
    return (value as readonly JsonValue[])
      .map((item) => sorted(item))
      .toSorted((one, other) => (canonicalJson(one) < canonicalJson(other) ? -1 : 1));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, sorted(item)]])),
  );
}
