import { durationText } from '../model/duration-text.ts';
import { momentText } from '../model/moment-text.ts';
import type { Opening, WindowState } from '../model/opening.ts';
import type { WindowCalendar } from './window-calendar.ts';

/** When it is asked, and in which zone the one who asks is. */
export interface Moment {
  readonly now: number;
  readonly timeZone: string;
}

/** Why work that may take so many seconds must not start now; undefined where it may: it is over before the window is. */
export function whyNotNow(calendar: WindowCalendar, seconds: number, moment: Moment): string | undefined {
  const state = calendar.stateAt(moment.now);
  if (!state.isOpen)
    return `${whyClosed(state)}; ${whenNext(openingFor(calendar, seconds, moment.now), seconds, moment)}`;
  if (isRoom({ opensAt: moment.now, closesAt: state.closesAt }, seconds)) return undefined;
  const closesAt = state.closesAt ?? moment.now;
  const zone = state.by?.timezone ?? zoneOf(calendar);
  return [
    `it may take ${durationText(seconds)}, and its window closes in ${durationText((closesAt - moment.now) / 1000)}`,
    ` (${momentText(closesAt, zone, moment.timeZone)}); `,
    whenNext(openingFor(calendar, seconds, moment.now), seconds, moment),
  ].join('');
}

/** Why a window is closed. */
function whyClosed({ deniedBy }: Extract<WindowState, { readonly isOpen: false }>): string {
  if (!deniedBy) return 'outside its maintenance windows';
  const reason = deniedBy.reason === undefined ? '' : ` (${deniedBy.reason})`;
  return `window ${deniedBy.name} denies it${reason}`;
}

/** Whether work fits between opening and close. */
export function isRoom({ opensAt, closesAt }: Pick<Opening, 'opensAt' | 'closesAt'>, seconds: number): boolean {
  return closesAt === null || opensAt + seconds * 1000 <= closesAt;
}

/** The next opening that such work fits into; where none is long enough, how long the longest is. */
export type NextOpening =
  | { readonly fits: true; readonly opening: Opening; readonly by: string; readonly zone: string }
  | { readonly fits: false; readonly longestSeconds: number };

/** Looks for it among the next openings: what does not fit in so many fits in none. */
export function openingFor(calendar: WindowCalendar, seconds: number, now: number): NextOpening {
  let longestSeconds = 0;
  let opening = calendar.openingAfter(now);
  for (let seen = 0; opening && seen < MOST_OPENINGS; seen++) {
    if (isRoom(opening, seconds)) {
      const by = opening.by ? opening.by.name : 'it';
      return { fits: true, opening, by, zone: opening.by?.timezone ?? zoneOf(calendar) };
    }
    longestSeconds = Math.max(longestSeconds, ((opening.closesAt ?? opening.opensAt) - opening.opensAt) / 1000);
    opening = opening.closesAt === null ? undefined : calendar.openingAfter(opening.closesAt);
  }
  return { fits: false, longestSeconds };
}

const MOST_OPENINGS = 60;

function whenNext(next: NextOpening, seconds: number, { now, timeZone }: Moment): string {
  if (!next.fits)
    return next.longestSeconds === 0
      ? 'no window opens any more'
      : `no window is long enough for the ${durationText(seconds)} it may take: the longest is ${durationText(next.longestSeconds)}`;
  const { opening, by, zone } = next;
  return `${by} opens ${momentText(opening.opensAt, zone, timeZone)}, in ${durationText((opening.opensAt - now) / 1000)}`;
}

/** The zone that times without a window of their own are told in. */
export function zoneOf({ windows }: WindowCalendar): string {
  return windows[0]?.timezone ?? 'UTC';
}
