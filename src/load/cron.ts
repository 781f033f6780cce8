const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Names that stand for the numbers from the minimum on. */
  readonly names: readonly string[];
  /** Forms beyond numbers, lists, ranges and steps: the last day, the second Tuesday. */
  readonly special: RegExp;
}

const NEVER = /^(?!)/;
const FIELDS: readonly Field[] = [
  { name: 'minute', minimum: 0, maximum: 59, names: [], special: NEVER },
  { name: 'hour', minimum: 0, maximum: 23, names: [], special: NEVER },
  { name: 'day of the month', minimum: 1, maximum: 31, names: [], special: /^(?:L|(?:[1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', minimum: 1, maximum: 12, names: MONTHS, special: NEVER },
  {
    name: 'day of the week',
    minimum: 0,
    maximum: 7,
    names: DAYS,
    special: /^(?:[0-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(?:#[1-5]|L)$/,
  },
];

/** What is wrong with a cron schedule of five fields; undefined when it is right. */
export function cronProblem(schedule: string): string | undefined {
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return `has ${parts.length} fields; expected five: minute, hour, day of the month, month, day of the week`;
  }
  const badAt = FIELDS.findIndex((field, index) => !isField(parts[index] ?? '', field));
  const bad = FIELDS[badAt];
  if (bad !== undefined)
    return `has ${JSON.stringify(parts[badAt])} as ${bad.name}; expected ${bad.minimum} to ${bad.maximum}, *, or a list, range or step of them`;
  if (parts[2] !== '*' && parts[4] !== '*') {
    return 'names days of the month and of the week, and cron opens on either; expected one of them (TUE#2 is the second Tuesday)';
  }
  return undefined;
}

function isField(text: string, field: Field): boolean {
  return text.split(',').every((part) => {
    if (field.special.test(part.toUpperCase())) return true;
    const match = /^(?:\*|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/.exec(part);
    if (!match?.groups) return false;
    const { from, to, step }: Readonly<Record<string, string | undefined>> = match.groups;
    const first = numberOf(from ?? String(field.minimum), field);
    const last = numberOf(to ?? from ?? String(field.maximum), field);
    return first !== undefined && last !== undefined && first <= last && step !== '0';
  });
}

function numberOf(text: string, { minimum, maximum, names }: Field): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return minimum + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : -1;
  return value >= minimum && value <= maximum ? value : undefined;
}
