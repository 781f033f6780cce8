import { nextStart } from '../model/cron-starts.ts';
import { readCron } from '../model/cron.ts';
import type { Opening, WindowState } from '../model/opening.ts';
import type { Window } from '../model/playbook.ts';
import type { ZoneTime } from '../model/zone-time.ts';
import { zoneTime } from '../model/zone-time.ts';

/** When changes may start on the hosts that some windows are for. Instants are milliseconds since 1970, UTC. */
export interface WindowCalendar {
  readonly windows: readonly Window[];
  readonly stateAt: (instant: number) => WindowState;
  /** From the first instant after this at which changes may start, where they may not now; undefined: never again. */
  readonly openingAfter: (instant: number) => Opening | undefined;
}

/**
 * Windows that allow add up, one that denies is stronger than all of them, and where none allows none is needed. Each is
 * open from its start to just before its end, its length is real time, and it belongs to the day on which it starts.
 */
export function windowCalendar(windows: readonly Window[]): WindowCalendar {
  const all = windows.map(timesOf);
  const allowing = all.filter(({ window }) => !window.deny);
  const denying = all.filter(({ window }) => window.deny);

  const look = (instant: number): WindowState | { readonly isOpen: true; readonly by?: Window } => {
    const denied = denying.find(({ endOf }) => endOf(instant) !== undefined);
    if (denied) return { isOpen: false, deniedBy: denied.window };
    const allowed = allowing.find(({ endOf }) => endOf(instant) !== undefined);
    if (allowed) return { isOpen: true, by: allowed.window };
    return allowing.length === 0 ? { isOpen: true } : { isOpen: false };
  };
  // Only what can turn the state: under a freeze nobody needs to look at what it denies.
  const nextTurn = (instant: number): number | undefined => {
    const denied = latest(denying.map(({ endOf }) => endOf(instant)));
    if (denied !== undefined) return denied;
    const allowed = latest(allowing.map(({ endOf }) => endOf(instant)));
    if (allowed === undefined && allowing.length > 0)
      return earliest(allowing.map(({ startAfter }) => startAfter(instant)));
    return earliest([allowed, ...denying.map(({ startAfter }) => startAfter(instant))]);
  };
  const nextThatIs = (isOpen: boolean, instant: number): number | undefined => {
    let at: number | undefined = instant;
    for (let turns = 0; at !== undefined && turns < MOST_TURNS; turns++) {
      if (look(at).isOpen === isOpen) return at;
      at = nextTurn(at);
    }
    return undefined;
  };

  return {
    windows,
    stateAt: (instant) => {
      const state = look(instant);
      return state.isOpen ? { ...state, closesAt: nextThatIs(false, instant) ?? null } : state;
    },
    openingAfter: (instant) => {
      const closed = nextThatIs(false, instant);
      const opensAt = closed === undefined ? undefined : nextThatIs(true, closed);
      if (opensAt === undefined) return undefined;
      const state = look(opensAt);
      const closesAt = nextThatIs(false, opensAt) ?? null;
      return { opensAt, closesAt, ...(state.isOpen && state.by ? { by: state.by } : {}) };
    },
  };
}

/** Turns looked at before it is said that a state never ends: more than there are days in two years. */
const MOST_TURNS = 800;

function earliest(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function latest(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** When one window is open, whatever the others are. */
interface WindowTimes {
  readonly window: Window;
  /** Until when it is open, where it is open; times that meet or overlap are one. */
  readonly endOf: (instant: number) => number | undefined;
  readonly startAfter: (instant: number) => number | undefined;
}

function timesOf(window: Window): WindowTimes {
  const zone = zoneTime(window.timezone);
  return window.kind === 'once' ? onceTimes(window, zone) : recurringTimes(window, zone);
}

function onceTimes(window: Extract<Window, { readonly kind: 'once' }>, zone: ZoneTime): WindowTimes {
  const from = zone.firstAt(wallOf(window.from));
  // Of an end that the clock shows twice, the one at which less may be changed.
  const to = window.deny ? zone.lastAt(wallOf(window.to)) : zone.firstAt(wallOf(window.to));
  return {
    window,
    endOf: (instant) => (from <= instant && instant < to ? to : undefined),
    startAfter: (instant) => (from > instant ? from : undefined),
  };
}

function wallOf(moment: string): number {
  return Date.parse(`${moment.replace(' ', 'T')}:00Z`);
}

function recurringTimes(window: Extract<Window, { readonly kind: 'recurring' }>, zone: ZoneTime): WindowTimes {
  const cron = readCron(window.schedule);
  const length = window.durationSeconds * 1000;
  const startAfter = (instant: number): number | undefined =>
    cron.known ? nextStart(cron.value, zone, instant) : undefined;
  return {
    window,
    startAfter,
    endOf: (instant) => {
      let start = startAfter(instant - length);
      if (start === undefined || start > instant) return undefined;
      for (let turns = 0; turns < MOST_TURNS; turns++) {
        const next: number | undefined = startAfter(start);
        if (next === undefined || next > start + length) break;
        start = next;
      }
      return start + length;
    },
  };
}
