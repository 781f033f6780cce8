import type { JsonObject, JsonValue } from '../../../src/model/json.ts';
import { isJsonObject } from '../../../src/model/json.ts';

type Field = JsonValue | undefined;

/** A field as an object; nothing is an empty one. */
export function object(field: Field): JsonObject {
  return isJsonObject(field) ? field : {};
}

/** A field as a list of texts; nothing is an empty one. */
export function texts(field: Field): readonly string[] {
  return list(field).filter((item) => typeof item === 'string');
}

/** A field as a list; nothing is an empty one. */
export function list(field: Field): readonly JsonValue[] {
  return Array.isArray(field) ? (field as readonly JsonValue[]) : [];
}

/** A field as a text; nothing is the empty one. */
export function text(field: Field): string {
  return typeof field === 'string' ? field : '';
}

/** A field as a number; nothing is 0. */
export function number(field: Field): number {
  return typeof field === 'number' ? field : 0;
}

/** The fields of an object that were really given: null means "not said" to the engine. */
export function given(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}
