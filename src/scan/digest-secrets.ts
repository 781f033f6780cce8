import type { JsonValue } from '../model/json.ts';
import { maskSecrets } from '../model/mask-secrets.ts';
import type { ContainerInspect, ImageFacts } from '../model/snapshot.ts';
import { digestOf } from './digest-of.ts';

/** A container or image with its secrets replaced by digests, which still show whether two are the same. */
export function digestSecrets<Value extends ContainerInspect | ImageFacts>(value: Value): Value {
  // Interfaces lack the index signature of JSON objects; what they describe came from JSON and keeps its shape.
  return maskSecrets(value as unknown as JsonValue, digestOf) as unknown as Value;
}
