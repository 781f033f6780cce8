import type { JsonValue } from './json.ts';
import { isJsonObject } from './json.ts';

/** A JSON value as one text, the same for equal values: keys sorted, no spaces, integers of any size exact. */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value).flatMap(([key, field]) =>
    field === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(field)}`],
  );
  return `{${fields.toSorted().join(',')}}`;
}
