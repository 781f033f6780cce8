import type { Cron, DayOfMonth, DayOfWeek } from './cron.ts';
import type { ZoneTime } from './zone-time.ts';

const DAY = 86_400_000;
/** 29 February comes again after eight years at the latest. */
const LONGEST_DAYS = 366 * 9;

/** The next time, after an instant, at which a schedule begins by the clock of a zone; undefined when it never does. */
export function nextStart(cron: Cron, { wallAt, firstAt }: ZoneTime, after: number): number | undefined {
  const shown = wallAt(after);
  const today = Math.floor(shown / DAY) * DAY;
  for (let days = 0; days < LONGEST_DAYS; days++) {
    const day = today + days * DAY;
    if (!isDayOf(cron, new Date(day))) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const wall = day + (hour * 60 + minute) * 60_000;
        if (wall <= shown) continue;
        const start = firstAt(wall);
        // Not so where the clock shows it for the second time.
        if (start > after) return start;
      }
    }
  }
  return undefined;
}

function isDayOf({ days, months, weekdays }: Cron, day: Date): boolean {
  return (
    months.includes(day.getUTCMonth() + 1) &&
    days.some((wanted) => isDayOfMonth(wanted, day)) &&
    weekdays.some((wanted) => isDayOfWeek(wanted, day))
  );
}

function isDayOfMonth(wanted: DayOfMonth, day: Date): boolean {
  switch (wanted.kind) {
    case 'day':
      return day.getUTCDate() === wanted.day;
    case 'last':
      return day.getUTCDate() === daysIn(day);
    case 'nearest-working-day':
      return wanted.day <= daysIn(day) && day.getUTCDate() === nearestWorkingDay(wanted.day, day);
  }
}

/** Never in another month. */
function nearestWorkingDay(wanted: number, day: Date): number {
  const weekday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), wanted)).getUTCDay();
  if (weekday === 6) return wanted === 1 ? 3 : wanted - 1;
  if (weekday === 0) return wanted === daysIn(day) ? wanted - 2 : wanted + 1;
  return wanted;
}

function isDayOfWeek(wanted: DayOfWeek, day: Date): boolean {
  if (day.getUTCDay() !== wanted.weekday) return false;
  switch (wanted.kind) {
    case 'every':
      return true;
    case 'nth':
      return Math.ceil(day.getUTCDate() / 7) === wanted.nth;
    case 'last':
      return day.getUTCDate() + 7 > daysIn(day);
  }
}

function daysIn(day: Date): number {
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
}
