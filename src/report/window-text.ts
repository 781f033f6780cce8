import { durationText } from '../model/duration-text.ts';
import { momentText } from '../model/moment-text.ts';
import type { Misfit, Opening, WindowOutlook } from '../model/opening.ts';
import { counted } from './counted.ts';
import { plainText } from './plain-text.ts';

/** When it is, and in which zone the one who reads is. */
export interface Reader {
  readonly now: number;
  readonly timeZone: string;
}

/** What `plan` and `status` tell of maintenance windows; a line or more for the hosts that have the same. */
export function windowLines(outlooks: readonly WindowOutlook[], reader: Reader): readonly string[] {
  return outlooks.flatMap((outlook) => [
    `${hostsText(outlook.hosts)}: ${stateText(outlook, reader)}`,
    ...outlook.misfits.map((misfit) => `  ${misfitText(misfit, outlook, reader)}`),
    ...(outlook.onClockChange
      ? [`  the clock is put forward or back while ${opensText(outlook.onClockChange, outlook, reader, 'is open on')}`]
      : []),
  ]);
}

const SHOWN_HOSTS = 5;

function hostsText(hosts: readonly string[]): string {
  const shown = hosts.slice(0, SHOWN_HOSTS).map((host) => plainText(host, 64));
  const more = hosts.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${counted(more, 'other')}` : shown.join(', ');
}

function stateText(outlook: WindowOutlook, reader: Reader): string {
  const { state, next } = outlook;
  if (!state.isOpen) {
    const because = state.deniedBy ? `closed by ${withReason(state.deniedBy)}` : 'closed';
    return `${because}; ${next ? opensText(next, outlook, reader) : 'no window opens any more'}`;
  }
  if (state.closesAt === null) return 'open';
  const zone = state.by?.timezone ?? outlook.timezone;
  const left = durationText((state.closesAt - reader.now) / 1000);
  const until = `open until ${momentText(state.closesAt, zone, reader.timeZone)}, ${left} more`;
  return next ? `${until}; then ${opensText(next, outlook, reader)}` : `${until}, and never again`;
}

function withReason({ name, reason }: { readonly name: string; readonly reason?: string }): string {
  return reason === undefined ? plainText(name, 64) : `${plainText(name, 64)} (${plainText(reason, 200)})`;
}

function opensText(
  { opensAt, closesAt, by }: Opening,
  { timezone }: WindowOutlook,
  { now, timeZone }: Reader,
  verb = 'opens',
): string {
  const name = by ? plainText(by.name, 64) : 'it';
  const length = closesAt === null ? '' : `, for ${durationText((closesAt - opensAt) / 1000)}`;
  const wait = durationText((opensAt - now) / 1000);
  return `${name} ${verb} ${momentText(opensAt, by?.timezone ?? timezone, timeZone)}, in ${wait}${length}`;
}

function misfitText(
  { host, container, worstCaseSeconds, fitsAt, longestSeconds }: Misfit,
  outlook: WindowOutlook,
  reader: Reader,
): string {
  const what = `${plainText(host, 64)}/${plainText(container, 64)} may take ${durationText(worstCaseSeconds)}`;
  if (fitsAt) return `${what}, and fits only later: ${opensText(fitsAt, outlook, reader)}`;
  return longestSeconds === 0
    ? `${what}, and fits nowhere`
    : `${what}, and fits in no window: the longest is ${durationText(longestSeconds)}`;
}
