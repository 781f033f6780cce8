import type { Opening, WindowOutlook } from '../model/opening.ts';
import type { Change } from '../model/plan.ts';
import type { Window } from '../model/playbook.ts';
import { zoneTime } from '../model/zone-time.ts';
import type { WindowCalendar } from './window-calendar.ts';
import { windowCalendar } from './window-calendar.ts';
import { isRoom, openingFor, zoneOf } from './why-not-now.ts';

/** How windows stand for hosts that have any, grouped by the windows they have. */
export function windowOutlooks(
  windowsOf: ReadonlyMap<string, readonly Window[]>,
  hosts: readonly PlannedHost[],
  now: number,
): readonly WindowOutlook[] {
  const groups = new Map<string, { readonly windows: readonly Window[]; readonly hosts: string[] }>();
  for (const { host } of hosts) {
    const windows = windowsOf.get(host) ?? [];
    if (windows.length === 0) continue;
    const key = JSON.stringify(windows.map(({ name }) => name));
    const group = groups.get(key) ?? { windows, hosts: [] };
    groups.set(key, group);
    group.hosts.push(host);
  }
  return [...groups.values()].map(({ windows, hosts: names }) => {
    const calendar = windowCalendar(windows);
    const changes = hosts.flatMap((planned) =>
      names.includes(planned.host) ? planned.changes.filter(isOwnChange) : [],
    );
    return { hosts: names, windows, ...outlook(calendar, changes, now) };
  });
}

/** A host, and what is planned on it. */
export interface PlannedHost {
  readonly host: string;
  readonly changes: readonly Change[];
}

function isOwnChange({ action, partOf }: Change): boolean {
  return action === 'recreate' && partOf === undefined;
}

function outlook(
  calendar: WindowCalendar,
  changes: readonly Change[],
  now: number,
): Omit<WindowOutlook, 'hosts' | 'windows'> {
  const state = calendar.stateAt(now);
  const next = calendar.openingAfter(now);
  const current = state.isOpen ? { opensAt: now, closesAt: state.closesAt } : next;
  const onClockChange = openingOnClockChange(calendar, now);
  return {
    state,
    ...(next ? { next } : {}),
    ...(onClockChange ? { onClockChange } : {}),
    timezone: zoneOf(calendar),
    misfits: changes
      .filter(({ worstCaseSeconds }) => !current || !isRoom(current, worstCaseSeconds))
      .map(({ host, container, worstCaseSeconds }) => {
        const found = openingFor(calendar, worstCaseSeconds, now);
        return found.fits
          ? { host, container, worstCaseSeconds, fitsAt: found.opening, longestSeconds: 0 }
          : { host, container, worstCaseSeconds, longestSeconds: found.longestSeconds };
      }),
  };
}

const WEEKS_MILLISECONDS = 35 * 86_400_000;
const MOST_OPENINGS = 40;

/** A clock that changes at the very start counts: the window opened because it leapt over its time. */
function openingOnClockChange(calendar: WindowCalendar, now: number): Opening | undefined {
  let opening = calendar.openingAfter(now);
  for (let seen = 0; opening && seen < MOST_OPENINGS; seen++) {
    if (opening.opensAt > now + WEEKS_MILLISECONDS || opening.closesAt === null) return undefined;
    const { wallAt } = zoneTime(opening.by?.timezone ?? zoneOf(calendar));
    const before = opening.opensAt - 1;
    if (wallAt(opening.closesAt) - opening.closesAt !== wallAt(before) - before) return opening;
    opening = calendar.openingAfter(opening.closesAt);
  }
  return undefined;
}
