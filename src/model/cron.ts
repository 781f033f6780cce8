import type { Known } from './machine.ts';

/** A cron schedule of five fields, as the values that each field stands for. */
export interface Cron {
  /** Ascending. */
  readonly minutes: readonly number[];
  /** Ascending. */
  readonly hours: readonly number[];
  readonly days: readonly DayOfMonth[];
  readonly months: readonly number[];
  readonly weekdays: readonly DayOfWeek[];
}

/** A day by its number, the working day that is nearest to it, or the last of its month. */
export type DayOfMonth =
  | { readonly kind: 'day' | 'nearest-working-day'; readonly day: number }
  | { readonly kind: 'last' };

/** Every such day of the week (0 is Sunday), the nth of a month, or its last. */
export type DayOfWeek =
  | { readonly kind: 'every' | 'last'; readonly weekday: number }
  | { readonly kind: 'nth'; readonly weekday: number; readonly nth: number };

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Names that stand for the numbers from the minimum on. */
  readonly names: readonly string[];
}

const MINUTE: Field = { name: 'minute', minimum: 0, maximum: 59, names: [] };
const HOUR: Field = { name: 'hour', minimum: 0, maximum: 23, names: [] };
const DAY: Field = { name: 'day of the month', minimum: 1, maximum: 31, names: [] };
const MONTH: Field = { name: 'month', minimum: 1, maximum: 12, names: MONTHS };
const WEEKDAY: Field = { name: 'day of the week', minimum: 0, maximum: 7, names: DAYS };

/** Reads a cron schedule; why not, when it is none, or when it does not mean what it seems to. */
export function readCron(schedule: string): Known<Cron> {
  const texts = schedule.trim().split(/\s+/);
  if (texts.length !== 5)
    return bad(`has ${texts.length} fields; expected five: minute, hour, day of the month, month, day of the week`);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = texts;
  const minutes = values(minute, MINUTE);
  const hours = values(hour, HOUR);
  const days = each(day, dayOfMonth);
  const months = values(month, MONTH);
  const weekdays = each(weekday, dayOfWeek);
  if (!minutes) return wrongField(minute, MINUTE);
  if (!hours) return wrongField(hour, HOUR);
  if (!days) return wrongField(day, DAY);
  if (!months) return wrongField(month, MONTH);
  if (!weekdays) return wrongField(weekday, WEEKDAY);
  if (day !== '*' && weekday !== '*')
    return bad(
      'names days of the month and of the week, and cron opens on either; expected one of them (TUE#2 is the second Tuesday)',
    );
  return { known: true, value: { minutes, hours, days, months, weekdays } };
}

function bad(because: string): Known<Cron> {
  return { known: false, because };
}

function wrongField(text: string, { name, minimum, maximum }: Field): Known<Cron> {
  const expected = `${minimum} to ${maximum}, *, or a list, range or step of them`;
  return bad(`has ${JSON.stringify(text)} as ${name}; expected ${expected}`);
}

/** What every part of a list stands for; undefined when one of them is nothing. */
function each<Value>(text: string, read: (part: string) => readonly Value[] | undefined): readonly Value[] | undefined {
  const parts = text.split(',').map(read);
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function dayOfMonth(part: string): readonly DayOfMonth[] | undefined {
  const text = part.toUpperCase();
  if (text === 'L') return [{ kind: 'last' }];
  const nearest = /^([1-9]|[12]\d|3[01])W$/.exec(text);
  if (nearest) return [{ kind: 'nearest-working-day', day: Number(nearest[1]) }];
  return range(part, DAY)?.map((day) => ({ kind: 'day', day }));
}

function dayOfWeek(part: string): readonly DayOfWeek[] | undefined {
  const special = /^([0-7]|[A-Z]{3})(?:#([1-5])|L)$/.exec(part.toUpperCase());
  const named = special && numberOf(special[1] ?? '', WEEKDAY);
  if (named !== undefined && named !== null) {
    const weekday = named % 7;
    return special?.[2] === undefined
      ? [{ kind: 'last', weekday }]
      : [{ kind: 'nth', weekday, nth: Number(special[2]) }];
  }
  return range(part, WEEKDAY)?.map((weekday) => ({ kind: 'every', weekday: weekday % 7 }));
}

function values(text: string, field: Field): readonly number[] | undefined {
  const all = each(text, (part) => range(part, field));
  return all && [...new Set(all)].sort((a, b) => a - b);
}

/** A number, a range, or every so many of either. */
function range(part: string, field: Field): readonly number[] | undefined {
  const match = /^(?:\*|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/.exec(part);
  if (!match?.groups) return undefined;
  const { from, to, step }: Readonly<Record<string, string | undefined>> = match.groups;
  const open = from === undefined || (to === undefined && step !== undefined);
  const first = numberOf(from ?? String(field.minimum), field);
  const last = open ? field.maximum : numberOf(to ?? from, field);
  const width = Number(step ?? 1);
  if (first === undefined || last === undefined || first > last || width === 0) return undefined;
  return Array.from({ length: Math.floor((last - first) / width) + 1 }, (_, index) => first + index * width);
}

function numberOf(text: string, { minimum, maximum, names }: Field): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return minimum + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : -1;
  return value >= minimum && value <= maximum ? value : undefined;
}
