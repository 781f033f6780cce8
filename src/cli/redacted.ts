/**
 * A value as it may be logged: secrets taken out by the name they have, errors told by name, message, code and cause,
 * and nothing so deep or so circular that it could not be written.
 */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return withoutSecrets(value);
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAXIMUM_DEPTH) return '…';
  if (value instanceof Error) return toldError(value, depth);
  if (Array.isArray(value)) return value.slice(0, MAXIMUM_ITEMS).map((item) => redacted(item, depth + 1));
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  const members = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(members.slice(0, MAXIMUM_ITEMS).map(([key, member]) => redactedMember(key, member, depth)));
}

const MAXIMUM_DEPTH = 6;
const MAXIMUM_ITEMS = 100;
const SECRET_NAME = /pass|secret|token|api[-_]?key|authorization|registry-auth|private[-_]?key/i;
const REDACTED = '[redacted]';

function toldError(error: Error, depth: number): unknown {
  return {
    name: error.name,
    message: withoutSecrets(error.message),
    ...('code' in error && error.code !== undefined ? { code: redacted(error.code, depth + 1) } : {}),
    ...(error.cause === undefined ? {} : { cause: redacted(error.cause, depth + 1) }),
  };
}

function redactedMember(key: unknown, value: unknown, depth: number): readonly [string, unknown] {
  const name = String(key);
  return [name, SECRET_NAME.test(name) ? REDACTED : redacted(value, depth + 1)];
}

/**
 * In running text, secrets are told by what they follow: `NAME_TOKEN=…`, `Authorization: …`, `https://user:…@`. A name is
 * looked for only where one begins, so that a text made to be slow costs little more than others.
 */
function withoutSecrets(text: string): string {
  return text
    .replace(
      /(?<![\w-])([\w-]*(?:pass|secret|token|api[-_]?key|private[-_]?key)[\w-]*["']?\s*[=:]\s*)[^\s,;]+/gi,
      `$1${REDACTED}`,
    )
    .replace(/\b(authorization["']?\s*[=:]\s*(?:basic |bearer )?)[^\s,;]+/gi, `$1${REDACTED}`)
    .replace(/(:\/\/[^\s:/@]*:)[^\s/@]+@/g, `$1${REDACTED}@`);
}
