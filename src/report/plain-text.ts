/**
 * Text of a host, made safe for a terminal: what could move the cursor, reorder the line or hide in it becomes a visible
 * `\u{…}`, and what is longer than the maximum ends in `…`. Every renderer passes all text it did not write through this.
 */
export function plainText(value: unknown, maxLength = 200): string {
  const text = typeof value === 'string' ? value : describe(value);
  let plain = '';
  let length = 0;
  for (const character of text) {
    const shown = isUnsafe(character) ? `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}` : character;
    length += shown.length > 1 && shown !== character ? shown.length : 1;
    if (length > maxLength) return `${shortened(plain, maxLength)}…`;
    plain += shown;
  }
  return plain;
}

/** Such text of several lines, each made safe by itself; for messages, where the lines are wanted. */
export function plainLines(value: string, maxLength = 500): readonly string[] {
  const lines = value.slice(0, MAXIMUM_LINES * maxLength).split(/\r?\n/);
  const shown = lines.slice(0, MAXIMUM_LINES).map((line) => plainText(line, maxLength));
  return lines.length > MAXIMUM_LINES ? [...shown, '…'] : shown;
}

const MAXIMUM_LINES = 40;

// Controls, formats (bidi, zero width, tags), line and paragraph separators, lone surrogates, and everything that is
// drawn as nothing at all.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

function isUnsafe(character: string): boolean {
  // Nearly every character there is, and far cheaper to tell.
  if (character >= ' ' && character <= '~') return false;
  return UNSAFE.test(character);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : '?';
}

/** Leaves room for the `…`. */
function shortened(plain: string, maxLength: number): string {
  const characters = Array.from(plain);
  return characters.length < maxLength ? plain : characters.slice(0, maxLength - 1).join('');
}
