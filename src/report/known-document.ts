import type { JsonObject, JsonValue } from '../model/json.ts';
import type { Known } from '../model/machine.ts';

/** A fact in a document, or why it is not known. */
export function knownDocument<Value>(fact: Known<Value>, document: (value: Value) => JsonValue): JsonObject {
  return fact.known ? { known: true, value: document(fact.value) } : { known: false, because: fact.because };
}
