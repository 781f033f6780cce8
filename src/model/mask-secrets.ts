import type { JsonObject, JsonValue } from './json.ts';
import type { Mask } from './mask-words.ts';
import { looksSecret, maskWords } from './mask-words.ts';

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
 * What an engine tells of a container or image with its secrets masked: every environment value, what follows or fills a
 * flag like --password, and options and fields whose name or value looks secret. All else is kept.
 */
export function maskSecrets(value: JsonValue, mask: Mask): JsonValue {
  return maskValue('', value, mask);
}

/** What holds no secret is given back as it is: most of what an engine tells is that. */
function maskValue(field: string, value: JsonValue, mask: Mask): JsonValue {
  if (value === null || typeof value !== 'object') return COMMANDS.has(field) ? maskCommand(value, mask) : value;
  if (COMMANDS.has(field)) return maskCommand(value, mask);
  if (isList(value)) {
    const masked = value.map((item) => (field === 'Env' ? maskVariable(item, mask) : maskValue('', item, mask)));
    return masked.some((item, at) => item !== value[at]) ? masked : value;
  }
  const commands = commandsOf(value, mask);
  const entries = Object.entries(value);
  const masked = entries.map((entry): (typeof entries)[number] => {
    const [key, inner] = entry;
    const now = inner === undefined ? inner : maskMember(field, key, inner, commands?.get(key), mask);
    return now === inner ? entry : [key, now];
  });
  // fromEntries defines fields and never assigns them, so a field called __proto__ is one like every other.
  return masked.some((entry, at) => entry !== entries[at]) ? Object.fromEntries(masked) : value;
}

function isList(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function maskMember(
  field: string,
  key: string,
  inner: JsonValue,
  command: JsonValue | undefined,
  mask: Mask,
): JsonValue {
  if (typeof inner === 'string') {
    if (OPTIONS.has(field)) return maskOption(key, inner, mask);
    if (inner !== '' && !key.includes('/') && looksSecret(key)) return mask(inner);
  }
  return command ?? maskValue(optionsOfLog(field, key), inner, mask);
}

function commandsOf(value: JsonObject, mask: Mask): ReadonlyMap<string, JsonValue> | undefined {
  const pairs = COMMAND_PAIRS.filter(([first, second]) => value[first] !== undefined || value[second] !== undefined);
  return pairs.length === 0 ? undefined : new Map(pairs.flatMap((pair) => maskPair(value, pair, mask)));
}

/** A log driver's options are called Config, as is the whole configuration of the container. */
function optionsOfLog(field: string, key: string): string {
  return field === 'LogConfig' && key === 'Config' ? 'Options' : key;
}

/** A name without `=` takes the variable away and holds no value. */
function maskVariable(entry: JsonValue, mask: Mask): JsonValue {
  if (typeof entry !== 'string') return entry;
  const at = entry.indexOf('=', 1);
  return at < 0 ? entry : `${entry.slice(0, at)}=${mask(entry.slice(at + 1))}`;
}

/** A flag may end the first field and its value begin the second, so both are read as one. */
function maskPair(
  object: JsonObject,
  [first, second]: (typeof COMMAND_PAIRS)[number],
  mask: Mask,
): readonly (readonly [string, JsonValue])[] {
  const head = wordsOf(object[first]);
  const tail = wordsOf(object[second]);
  const masked = maskWords([...(head ?? []), ...(tail ?? [])], mask);
  const split = head?.length ?? 0;
  return [
    ...(head ? [[first, like(object[first], masked.slice(0, split))] as const] : []),
    ...(tail ? [[second, like(object[second], masked.slice(split))] as const] : []),
  ];
}

function maskCommand(value: JsonValue, mask: Mask): JsonValue {
  const words = wordsOf(value);
  return words ? like(value, maskWords(words, mask)) : value;
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

function maskOption(name: string, value: string, mask: Mask): string {
  if (value !== '' && (looksSecret(name) || HTPASSWD.test(value))) return mask(value);
  return maskWords([value], mask)[0] ?? '';
}
