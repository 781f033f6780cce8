import { zoneTime } from './zone-time.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** An instant by the clock of a zone, and by the clock here where that is another: `Sat 2026-11-28 22:00 Europe/Berlin (21:00 UTC)`. */
export function momentText(instant: number, zone: string, here: string): string {
  const there = shownIn(zone, instant);
  if (zone === here) return `${there} ${zone}`;
  const local = shownIn(here, instant);
  return `${there} ${zone} (${local.startsWith(there.slice(0, 14)) ? local.slice(15) : local} ${here})`;
}

function shownIn(zone: string, instant: number): string {
  const wall = new Date(zoneTime(zone).wallAt(instant));
  return `${DAYS[wall.getUTCDay()] ?? ''} ${wall.toISOString().slice(0, 16).replace('T', ' ')}`;
}
