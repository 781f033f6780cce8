import type { JsonObject, JsonValue } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import type { ContainerInspect, ImageFacts } from '../model/snapshot.ts';
import { digestOf } from './digest-of.ts';
import { digestWords, looksSecret } from './digest-words.ts';

/** Pairs of fields that are one command line. */
const COMMAND_PAIRS = [
  ['Path', 'Args'],
  ['Entrypoint', 'Cmd'],
] as const;
/** Fields that hold a command line of their own, or in which a program or the engine quotes one. */
const COMMANDS: ReadonlySet<string> = new Set(['Test', 'Shell', 'OnBuild', 'Output', 'Error']);
/** Fields that map names people choose to values: labels, and options of log, volume and network drivers. */
const OPTIONS: ReadonlySet<string> = new Set(['Labels', 'Annotations', 'Options', 'DriverOpts', 'StorageOpt']);
const HTPASSWD = /\$(?:apr1|2[abxy]?|5|6|7|y|argon2\w*)\$|\{SHA\}/;

/**
 * A container or image with its secrets replaced by digests, which still show whether two are the same: every environment
 * value, what follows or fills a flag like --password, and options whose name or value looks secret. All else is kept.
 */
export function digestSecrets<Value extends ContainerInspect | ImageFacts>(value: Value): Value {
  // Interfaces lack the index signature of JSON objects; what they describe came from JSON and keeps its shape.
  return digestValue('', value as unknown as JsonValue) as unknown as Value;
}

function digestValue(field: string, value: JsonValue): JsonValue {
  if (COMMANDS.has(field)) return digestCommand(value);
  if (Array.isArray(value)) {
    return value.map((item: JsonValue) => (field === 'Env' ? digestVariable(item) : digestValue('', item)));
  }
  if (!isJsonObject(value)) return value;
  const commands = new Map(COMMAND_PAIRS.flatMap((pair) => digestPair(value, pair)));
  // fromEntries defines fields and never assigns them, so a field called __proto__ is one like every other.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (inner === undefined) return [key, inner];
      if (OPTIONS.has(field) && typeof inner === 'string') return [key, digestOption(key, inner)];
      return [key, commands.get(key) ?? digestValue(optionsOfLog(field, key), inner)];
    }),
  );
}

/** A log driver's options are called Config, as is the whole configuration of the container. */
function optionsOfLog(field: string, key: string): string {
  return field === 'LogConfig' && key === 'Config' ? 'Options' : key;
}

/** A name without `=` takes the variable away and holds no value. */
function digestVariable(entry: JsonValue): JsonValue {
  if (typeof entry !== 'string') return entry;
  const at = entry.indexOf('=', 1);
  return at < 0 ? entry : `${entry.slice(0, at)}=${digestOf(entry.slice(at + 1))}`;
}

/** A flag may end the first field and its value begin the second, so both are read as one. */
function digestPair(
  object: JsonObject,
  [first, second]: (typeof COMMAND_PAIRS)[number],
): readonly (readonly [string, JsonValue])[] {
  const head = wordsOf(object[first]);
  const tail = wordsOf(object[second]);
  const digested = digestWords([...(head ?? []), ...(tail ?? [])]);
  const split = head?.length ?? 0;
  return [
    ...(head ? [[first, like(object[first], digested.slice(0, split))] as const] : []),
    ...(tail ? [[second, like(object[second], digested.slice(split))] as const] : []),
  ];
}

function digestCommand(value: JsonValue): JsonValue {
  const words = wordsOf(value);
  return words ? like(value, digestWords(words)) : value;
}

function wordsOf(value: JsonValue | undefined): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return isTexts(value) ? value : undefined;
}

function isTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((item: JsonValue) => typeof item === 'string');
}

function like(before: JsonValue | undefined, words: readonly string[]): JsonValue {
  return typeof before === 'string' ? (words[0] ?? '') : words;
}

function digestOption(name: string, value: string): string {
  if (value !== '' && (looksSecret(name) || HTPASSWD.test(value))) return digestOf(value);
  return digestWords([value])[0] ?? '';
}
