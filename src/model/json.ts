/**
 * A JSON value as the engine wrote it. Integers outside the range a double holds exactly are `bigint`,
 * so that a limit of 9223372036854775807 is sent back as it came (recreate.md I18).
 */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** An object as the engine wrote it, fields that enforce does not know included. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Whether a value is a JSON object: not null, not a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
