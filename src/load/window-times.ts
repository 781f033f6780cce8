import { nextStart } from '../model/cron-starts.ts';
import type { Cron } from '../model/cron.ts';
import { readCron } from '../model/cron.ts';
import type { Window } from '../model/playbook.ts';
import { zoneTime } from '../model/zone-time.ts';

type Recurring = Extract<Window, { readonly kind: 'recurring' }>;

/** More starts in a day than this is a cron job and no window. */
const MOST_A_DAY = 96;
/** Any year does: a schedule and a length are the same in all of them. */
const BEGINNING = Date.UTC(2027, 0, 1);
const YEAR = 366 * 86_400_000;

/** Why a window that recurs is of no use to anybody: it never opens, or never closes; and which key says so. */
export function whyNeverUseful(window: Recurring): { readonly path: string[]; readonly message: string } | undefined {
  const cron = readCron(window.schedule);
  if (!cron.known) return undefined;
  const perDay = cron.value.hours.length * cron.value.minutes.length;
  if (perDay > MOST_A_DAY) {
    const message = `begins ${perDay} times on a day; expected its start alone, and its length as duration ("0 22 * * SAT" and 4h)`;
    return { path: ['schedule'], message };
  }
  const gaps = gapsOf(cron.value, window);
  if (gaps === 'never') return { path: ['schedule'], message: 'never comes; expected days that the calendar has' };
  if (gaps === 'none')
    return { path: ['duration'], message: 'lasts until it begins again: it never closes; expected a shorter one' };
  return undefined;
}

/** Whether an IANA name stands for a zone here. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Looks until the first time it is closed, within a year in which no clock is put forward or back. */
function gapsOf(cron: Cron, { durationSeconds }: Recurring): 'never' | 'none' | 'some' {
  const zone = zoneTime('UTC');
  let start = nextStart(cron, zone, BEGINNING);
  if (start === undefined) return 'never';
  const first = start;
  while (start - first <= YEAR) {
    const next = nextStart(cron, zone, start);
    if (next === undefined || next - start > durationSeconds * 1000) return 'some';
    start = next;
  }
  return 'none';
}
