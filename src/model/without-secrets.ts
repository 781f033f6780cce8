import type { JsonValue } from './json.ts';
import { isJsonObject } from './json.ts';
import { maskSecrets } from './mask-secrets.ts';
import { maskProse } from './mask-words.ts';

/**
 * What a container or its engine said, without secrets: values of the container's environment stand as their names, and
 * whatever else of its configuration would be digested, or looks like a secret where it stands, is hidden. `about` is the
 * container as the engine has it, or as it is to be created; undefined where nothing is known of it.
 */
export function withoutSecrets(text: string, about?: object): string {
  return withoutKnownSecrets(text, about)
    .split('\n')
    .map((line) => maskProse(line, () => MASK))
    .join('\n')
    .replaceAll(MASK, HIDDEN);
}

/** The same without what only looks like a secret where it stands. */
export function withoutKnownSecrets(text: string, about?: object): string {
  // Interfaces lack the index signature of JSON objects; what they describe came from JSON.
  const known = [...secretsOf(about as JsonValue | undefined)].toSorted(([a], [b]) => b.length - a.length);
  return known.reduce((rest, [secret, name]) => rest.replaceAll(secret, name), text);
}

/** Shorter values stand in ordinary words too, and taking them out would leave nothing to read. */
const SHORTEST = 6;
const HIDDEN = '[hidden]';
const MASK = `sha256:${'0'.repeat(12)}`;

/** The secrets of a container, each with what is to stand for it. */
function secretsOf(about: JsonValue | undefined): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>();
  if (about === undefined) return secrets;
  const add = (secret: string, shown: string): void => {
    const bare = secret.replace(/^(["'])(.*)\1$/s, '$2');
    if (bare.length >= SHORTEST) secrets.set(bare, shown);
  };
  maskSecrets(about, (secret) => {
    add(secret, HIDDEN);
    return MASK;
  });
  for (const [name, value] of environmentOf(about)) {
    if (name === 'PATH') secrets.delete(value);
    else add(value, `[${name}]`);
  }
  return secrets;
}

function environmentOf(about: JsonValue): readonly (readonly [string, string])[] {
  if (!isJsonObject(about)) return [];
  const config = isJsonObject(about['Config']) ? about['Config'] : about;
  const entries = Array.isArray(config['Env']) ? (config['Env'] as readonly JsonValue[]) : [];
  return entries.flatMap((entry): readonly (readonly [string, string])[] => {
    if (typeof entry !== 'string' || entry.indexOf('=') < 1) return [];
    return [[entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]];
  });
}
