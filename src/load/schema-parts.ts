import * as z from 'zod';
import { parseDuration } from './duration.ts';
import { nearest } from './nearest.ts';
import { shown } from './problem.ts';

/** The message of a value that is not what was expected. */
export function wrong(expected: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) =>
    input === undefined ? `is missing; expected ${expected}` : `is ${shown(input)}; expected ${expected}`;
}

/** A mapping with exactly these keys; another key is an error that names the nearest of them. */
export function fields<Shape extends z.core.$ZodShape>(
  shape: Shape,
  expected: string,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownKey(issue.keys[0] ?? '', known) : wrong(expected)(issue),
  });
}

/** What is said of a key that is not known. */
function unknownKey(key: string, known: readonly string[]): string {
  const expected = nearest(key, known) ?? (known.length === 0 ? 'no keys' : known.join(', '));
  return `is not a known key; expected ${expected}`;
}

/** For a judgement of the whole that is worth hearing only when every part is right. */
export const whenPartsAreRight = ({ issues }: z.core.ParsePayload): boolean => issues.length === 0;

/** A text that says something. */
export function text(expected: string): z.ZodString {
  return z.string({ error: wrong(expected) }).regex(/\S/, { error: wrong(expected) });
}

/** One of a few words. */
export function oneOf<const Word extends string>(
  words: readonly [Word, ...Word[]],
): z.ZodEnum<{ [Each in Word]: Each }> {
  const last = words.at(-1) ?? '';
  const expected = words.length === 1 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
  return z.enum(words, { error: wrong(expected) });
}

/** A list of texts. */
export function texts(expected: string): z.ZodArray<z.ZodString> {
  return z.array(text(expected), { error: wrong(`a list: ${expected}`) });
}

/** A whole number within bounds. */
export function whole(minimum: number, maximum: number, expected: string): z.ZodNumber {
  const error = wrong(expected);
  return z.int({ error }).min(minimum, { error }).max(maximum, { error });
}

const LENGTH = 'a length of time such as 10s, 2m, 4h, 7d or 1h30m';

/** A length of time, as seconds. */
export const duration = z.union([z.string(), z.number()], { error: wrong(LENGTH) }).transform((value, context) => {
  const seconds = parseDuration(value);
  if (seconds !== undefined) return seconds;
  context.addIssue({ code: 'custom', message: wrong(LENGTH)({ input: value }) });
  return z.NEVER;
});

/** A count of at least one, or a share of all such as `25%`. */
export function countOrShare(expected: string): z.ZodType<number | `${number}%`> {
  const error = wrong(expected);
  const shares = z
    .string()
    .regex(/^(?:[1-9]\d?|100)%$/, { error })
    .transform((value) => value as `${number}%`);
  return z.union([z.int().min(1, { error }), shares], { error });
}

const DAY = 'a day of the calendar such as 2027-01-31';

/** A day, as `2027-01-31`. */
export const day = z.string({ error: wrong(DAY) }).refine(isDay, { error: wrong(DAY) });

/** Whether a text is a day that the calendar has, as `YYYY-MM-DD`. */
export function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}
