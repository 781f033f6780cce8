import { durationText } from '../model/duration-text.ts';
import { momentText } from '../model/moment-text.ts';
import { windowCalendar } from '../plan/window-calendar.ts';
import { zoneOf } from '../plan/why-not-now.ts';
import { plainText } from '../report/plain-text.ts';
import type { Inputs } from './inputs.ts';
import type { CommonOptions } from './options.ts';
import type { World } from './world.ts';

/**
 * Waits while every host that has windows is closed, until the first of them opens; not at all when that takes longer
 * than there is patience. The clock is looked at again and again: a machine may have slept.
 */
export async function awaitWindow(
  { hosts, windows }: Pick<Inputs, 'hosts' | 'windows'>,
  patienceSeconds: number,
  { quiet }: Pick<CommonOptions, 'quiet'>,
  { clock, interrupted, stderr, timeZone }: World,
): Promise<void> {
  const now = (): number => Date.parse(clock.timestamp());
  const distinct = new Map(
    hosts.flatMap(({ name }) => {
      const own = windows.get(name) ?? [];
      return own.length === 0 ? [] : [[JSON.stringify(own.map((window) => window.name)), own] as const];
    }),
  );
  const calendars = [...distinct.values()].map(windowCalendar);
  const begun = now();
  if (patienceSeconds === 0 || calendars.some(({ stateAt }) => stateAt(begun).isOpen)) return;
  const openings = calendars.flatMap((calendar) => {
    const opening = calendar.openingAfter(begun);
    return opening ? [{ ...opening, zone: opening.by?.timezone ?? zoneOf(calendar) }] : [];
  });
  const [first] = openings.toSorted((a, b) => a.opensAt - b.opensAt);
  if (!first || first.opensAt - begun > patienceSeconds * 1000) return;
  const name = plainText(first.by?.name ?? 'a window', 64);
  if (!quiet)
    stderr.write(
      `waiting until ${name} opens: ${momentText(first.opensAt, first.zone, timeZone)}, in ${durationText((first.opensAt - begun) / 1000)}\n`,
    );
  while (now() < first.opensAt && !interrupted.aborted) await clock.delay(Math.min(1000, first.opensAt - now()));
}
