import type { HostTools } from '../apply/tools.ts';
import { durationText } from '../model/duration-text.ts';
import type { EnforceError } from '../model/errors.ts';
import type { Journal, Outcome } from '../model/journal.ts';
import type { WindowState } from '../model/opening.ts';
import type { Change, Plan } from '../model/plan.ts';
import type { Window } from '../model/playbook.ts';
import type { WindowCalendar } from '../plan/window-calendar.ts';
import { windowCalendar } from '../plan/window-calendar.ts';
import { isRoom, whyNotNow } from '../plan/why-not-now.ts';
import { refused } from './saved-plan.ts';
import type { World } from './world.ts';

/** Lets changes begin only while a maintenance window of their host is open, and for long enough. */
export interface WindowGate {
  /** How a change ends that must not begin now, or so many seconds from now. */
  readonly whyNot: (change: Change, afterSeconds?: number) => Outcome | undefined;
  /** The same for all changes of a host: where none of them may begin, nobody has to connect to it. */
  readonly whyClosed: (changes: readonly Change[], afterSeconds?: number) => Outcome | undefined;
  /** Holds the clock of a host against the one here, by which windows are kept; what is worth telling of it. */
  readonly compareClocks: (tools: Pick<HostTools, 'host' | 'engine'>) => Promise<string | undefined>;
  /** Writes down that a change ended after its window had closed. */
  readonly noteEnd: (change: Change, outcome: Outcome, journal: Journal) => void;
}

/** What the gate goes by. */
export interface GateSettings {
  /** By the name of the host; none for any where they are ignored. */
  readonly windows: ReadonlyMap<string, readonly Window[]>;
  /** Nobody is there who could look at a clock. */
  readonly isUnattended: boolean;
}

const WARN_SECONDS = 60;
const REFUSE_SECONDS = 300;

/** The gate of a run; the clock is looked at anew for each change. */
export function windowGate(
  { windows, isUnattended }: GateSettings,
  world: Pick<World, 'clock' | 'timeZone'>,
): WindowGate {
  const { timeZone, clock } = world;
  const now = (): number => Date.parse(clock.timestamp());
  const calendarOf = calendars(windows);
  const wrongClocks = new Map<string, string>();
  const closing = new Map<Change, number>();

  const whyNot = (change: Change, afterSeconds = 0): Outcome | undefined => {
    const calendar = calendarOf(change.host);
    if (!calendar) return undefined;
    const wrong = wrongClocks.get(change.host);
    if (wrong !== undefined) return { result: 'deferred', because: wrong, window: 'clock' };
    const at = now() + afterSeconds * 1000;
    const state = calendar.stateAt(at);
    if (state.isOpen && isRoom({ opensAt: at, closesAt: state.closesAt }, change.worstCaseSeconds)) {
      if (state.closesAt !== null) closing.set(change, state.closesAt);
      return undefined;
    }
    const because = calendar.whyNot(change.worstCaseSeconds, at, timeZone);
    const later = afterSeconds === 0 ? '' : `after the pause of ${durationText(afterSeconds)} `;
    return { result: 'deferred', because: `${later}${because}`, window: 'closed' };
  };

  return {
    whyNot,
    whyClosed: (changes, afterSeconds) => {
      const reasons = changes
        .filter(({ partOf }) => partOf === undefined)
        .map((change) => whyNot(change, afterSeconds));
      return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
    },
    compareClocks: async ({ host, engine }) => {
      if (!calendarOf(host)) return undefined;
      const reader = await engine();
      const sent = now();
      const told = await reader.time();
      const received = now();
      if (told === undefined) return undefined;
      const ahead = (told < sent ? told - sent : Math.max(0, told - received)) / 1000;
      if (Math.abs(ahead) <= WARN_SECONDS) return undefined;
      const text = `the clock of ${host} is ${durationText(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the one here, by which windows are kept`;
      if (isUnattended && Math.abs(ahead) > REFUSE_SECONDS)
        wrongClocks.set(host, `${text}: set the one that is wrong, or let a person apply it`);
      return text;
    },
    noteEnd: (change, { result }, journal) => {
      const closesAt = closing.get(change);
      const seconds = Math.ceil((now() - (closesAt ?? Number.POSITIVE_INFINITY)) / 1000);
      if (seconds <= 0 || result === 'skipped' || result === 'deferred') return;
      const { host, container } = change;
      journal.write({ event: 'overran', at: clock.timestamp(), host, container, seconds });
    },
  };
}

/** Refuses a plan as a whole when none of its hosts is open: nothing would be done, and somebody is to know at once. */
export function whyAllClosed(
  plan: Plan,
  { windows }: Pick<GateSettings, 'windows'>,
  { clock, timeZone }: Pick<World, 'clock' | 'timeZone'>,
): EnforceError | undefined {
  const at = Date.parse(clock.timestamp());
  const calendarOf = calendars(windows);
  const hosts = plan.hosts.filter((host) => host.reachable && host.changes.some(({ action }) => action === 'recreate'));
  const reasons = hosts.map(({ host }) => {
    const calendar = calendarOf(host);
    return calendar && !calendar.stateAt(at).isOpen ? calendar.whyNot(0, at, timeZone) : undefined;
  });
  if (reasons.length === 0 || reasons.includes(undefined)) return undefined;
  return refused(
    `nothing may be changed now: ${[...new Set(reasons)].slice(0, 3).join('; ')}; nothing was changed`,
    'wait for it with --wait-window, or go ahead with --ignore-window --reason TEXT',
  );
}

/** A calendar that does not count the same again and again: a fleet asks it for every change. */
interface RememberedCalendar {
  readonly stateAt: (instant: number) => WindowState;
  readonly whyNot: (seconds: number, instant: number, timeZone: string) => string;
}

/** The calendar of each host that has windows; one for all that have the same. */
function calendars(windows: ReadonlyMap<string, readonly Window[]>): (host: string) => RememberedCalendar | undefined {
  const made = new Map<string, RememberedCalendar>();
  return (host) => {
    const own = windows.get(host) ?? [];
    if (own.length === 0) return undefined;
    const key = JSON.stringify(own.map(({ name }) => name));
    const calendar = made.get(key) ?? remembered(windowCalendar(own));
    made.set(key, calendar);
    return calendar;
  };
}

function remembered(calendar: WindowCalendar): RememberedCalendar {
  let last = { from: 0, until: 0, state: calendar.stateAt(0) };
  const reasons = new Map<string, string>();
  return {
    stateAt: (instant) => {
      if (instant >= last.from && instant < last.until) return last.state;
      const state = calendar.stateAt(instant);
      const until = state.isOpen ? state.closesAt : calendar.openingAfter(instant)?.opensAt;
      last = { from: instant, until: until ?? Number.POSITIVE_INFINITY, state };
      return state;
    },
    whyNot: (seconds, now, timeZone) => {
      // What is said has no more than minutes in it, but for what closes soon.
      const key = `${seconds} ${Math.floor(now / 1000)}`;
      const because =
        reasons.get(key) ?? whyNotNow(calendar, seconds, { now, timeZone }) ?? 'its window is just opening';
      reasons.set(key, because);
      return because;
    },
  };
}
