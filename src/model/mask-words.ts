const SECRET = /pass|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|auth(?!ors?\b)/i;
/** Flags that carry a secret in one program and something harmless in others. */
const SECRET_FLAGS: readonly { readonly program: RegExp; readonly flags: readonly string[] }[] = [
  { program: /redis|valkey/, flags: ['-a'] },
  { program: /curl/, flags: ['-u', '--user'] },
  { program: /sshpass/, flags: ['-p'] },
];
/** These alone take the password without a space: `-psecret`. */
const ATTACHED_PASSWORD = /mysql|mariadb/;

/** What some secret's surroundings show; most command lines show none of it and are not looked at word by word. */
const MAY_HOLD_SECRET = new RegExp(
  [SECRET.source, '://', 'bearer', 'basic', 'redis|valkey|curl|sshpass', ATTACHED_PASSWORD.source].join('|'),
  'i',
);

/** What stands in a secret's place: `sha256:` and twelve hexadecimal digits or more, so that it is known again. */
export type Mask = (secret: string) => string;

/** In an Authorization header the secret comes after one of these. */
const SCHEME = /^(?:bearer|basic)$/i;
const PLAIN_WORD = /^\p{L}+[.,;:!]?$/u;
/** What stands for the value of a JSON field by the time its words are read. */
const MASKED = /^sha256:[0-9a-f]{12}/;

/** Whether a name — of a flag, a variable, a label — tells that its value is to be kept secret. */
export function looksSecret(name: string): boolean {
  return SECRET.test(name);
}

/**
 * The words of one command line with the secrets among them masked. A word may itself hold a command line, as after
 * `sh -c`. It rather digests too much than too little: what is shown is for eyes, nothing is made from it.
 */
export function maskWords(words: readonly string[], mask: Mask): readonly string[] {
  const programs = words.join(' ');
  if (!MAY_HOLD_SECRET.test(programs)) return words;
  const flags = SECRET_FLAGS.filter(({ program }) => program.test(programs)).flatMap((row) => row.flags);
  const reader = { ...anyReader(mask), flags, hasAttached: ATTACHED_PASSWORD.test(programs) };
  return words.map((word) => {
    if (reader.awaitsValue && !isFlag(word)) {
      reader.awaitsValue = false;
      return mask(word);
    }
    return maskText(word, reader);
  });
}

/** A line that people or programs wrote about something, masked likewise; a plain word after `password:` is no secret here. */
export function maskProse(text: string, mask: Mask): string {
  return MAY_HOLD_SECRET.test(text) ? maskText(text, { ...anyReader(mask), isProse: true }) : text;
}

function anyReader(mask: Mask): Reader {
  return { mask, flags: [], hasAttached: false, isProse: false, awaitsValue: false };
}

interface Reader {
  readonly mask: Mask;
  readonly flags: readonly string[];
  readonly hasAttached: boolean;
  readonly isProse: boolean;
  /** The last word was a flag whose value comes next. */
  awaitsValue: boolean;
}

function maskText(text: string, reader: Reader): string {
  const masked = text
    .replace(/"([^"\\]*)"(\s*:\s*)"([^"\\]*)"/g, (whole: string, name: string, colon: string, value: string) =>
      looksSecret(name) ? `"${name}"${colon}"${reader.mask(value)}"` : whole,
    )
    .replace(
      /(:\/\/[^\s:@/]*:)([^\s/]+)@/g,
      (_whole, before: string, password: string) => `${before}${reader.mask(password)}@`,
    );

  const pieces = masked.split(/(\s+)/);
  const out: string[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] ?? '';
    const start = secretStart(piece, reader);
    if (start === undefined) {
      out.push(piece);
      continue;
    }
    const end = closingPiece(pieces, at, start);
    const secret = [piece.slice(start), ...pieces.slice(at + 1, end + 1)].join('');
    out.push(piece.slice(0, start), reader.mask(secret));
    at = end;
  }
  return out.join('');
}

/** Where in this piece a secret starts; undefined where there is none, or only the flag before one. */
function secretStart(piece: string, reader: Reader): number | undefined {
  const bare = piece.replaceAll(/["']/g, '');
  if (bare.trim() === '') return undefined;
  if (reader.awaitsValue && !isFlag(bare)) {
    if (SCHEME.test(bare)) return undefined;
    reader.awaitsValue = false;
    return MASKED.test(bare) || (reader.isProse && PLAIN_WORD.test(bare)) ? undefined : 0;
  }
  reader.awaitsValue = false;
  if (reader.hasAttached && /^-p[^-]/.test(piece)) return 2;
  const assigned = assignedAt(piece);
  if (assigned !== undefined) return assigned < piece.length ? assigned : undefined;
  reader.awaitsValue =
    reader.flags.includes(bare) ||
    SCHEME.test(bare) ||
    (looksSecret(bare) && !piece.includes('=') && (bare.startsWith('-') || bare.endsWith(':')));
  return undefined;
}

/** `--password=x`, `PGPASSWORD=x`, and within `username=u,password=x`. */
function assignedAt(piece: string): number | undefined {
  let start = 0;
  for (const part of piece.split(/(?<=[,;&?])/)) {
    const equals = part.indexOf('=');
    if (equals > 0 && looksSecret(part.slice(0, equals))) return start + equals + 1;
    start += part.length;
  }
  return undefined;
}

/** A value that opens a quote goes on to the piece that closes it. */
function closingPiece(pieces: readonly string[], at: number, start: number): number {
  const value = (pieces[at] ?? '').slice(start);
  const [quote] = value;
  if ((quote !== '"' && quote !== "'") || (value.length > 1 && value.endsWith(quote))) return at;
  for (let end = at + 1; end < pieces.length; end++) if (pieces[end]?.endsWith(quote)) return end;
  return pieces.length - 1;
}

function isFlag(word: string): boolean {
  return /^--\w|^-\w$/.test(word);
}
