import { isIPv6 } from 'node:net';
import { isPort } from './address.ts';

/** What one entry of an inventory names: one host or a range of them, perhaps with a port. */
export type HostEntry =
  | { readonly ok: true; readonly names: readonly string[]; readonly port?: number }
  | { readonly ok: false; readonly because: string };

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MAXIMUM_HOSTS = 65_536;

/** Writes out an entry as Ansible does: `web[01:20]`, `db-[a:f]`, `web[0:8:2]`, `web-1:2222`, `[2001:db8::7]:2222`. */
export function expandHosts(entry: string): HostEntry {
  // Node compiles a pattern of 3 KB before it looks.
  if (entry.includes(':') && isIPv6(entry)) return { ok: true, names: [entry] };
  const match = /^(?<pattern>.*?)(?::(?<port>\d+))?$/.exec(entry);
  const { pattern = entry, port }: Readonly<Record<string, string | undefined>> = match?.groups ?? {};
  if (port !== undefined && !isPort(port)) return { ok: false, because: `has port ${port}; expected 1 to 65535` };
  const bare = /^\[(.*)\]$/.exec(pattern)?.[1];
  const names = bare !== undefined && isIPv6(bare) ? [bare] : expandRanges(pattern);
  if (typeof names === 'string') return { ok: false, because: names };
  return { ok: true, names, ...(port === undefined ? {} : { port: Number(port) }) };
}

/** Every name of a pattern with any number of ranges, or what is wrong with it. */
function expandRanges(pattern: string): readonly string[] | string {
  let names = [''];
  for (const piece of pattern.split(/(\[[^\]]*\])/)) {
    const range = piece.startsWith('[') && piece.endsWith(']') ? rangeItems(piece.slice(1, -1)) : [piece];
    if (range === undefined) return `has the range ${piece}; expected one such as [01:20] or [a:f]`;
    if (names.length * range.length > MAXIMUM_HOSTS) return `names more than ${MAXIMUM_HOSTS} hosts; expected fewer`;
    names = names.flatMap((name) => range.map((item) => name + item));
  }
  return names;
}

function rangeItems(text: string): readonly string[] | undefined {
  const match = /^(?<from>\d*|[A-Za-z]):(?<to>\d+|[A-Za-z])(?::(?<step>\d+))?$/.exec(text);
  if (!match?.groups) return undefined;
  const { from = '', to = '', step = '1' }: Readonly<Record<string, string | undefined>> = match.groups;
  const isLetter = (end: string): boolean => /^[A-Za-z]$/.test(end);
  if (isLetter(from) !== isLetter(to) || Number(step) === 0) return undefined;
  if (isLetter(from))
    return between(LETTERS.indexOf(from), LETTERS.indexOf(to), Number(step), (at) => LETTERS[at] ?? '');
  const width = from.startsWith('0') && from.length > 1 ? from.length : 0;
  if (width > 0 && to.length !== width) return undefined;
  return between(Number(from), Number(to), Number(step), (at) => String(at).padStart(width, '0'));
}

function between(
  first: number,
  last: number,
  step: number,
  name: (at: number) => string,
): readonly string[] | undefined {
  if (first > last || (last - first) / step >= MAXIMUM_HOSTS) return undefined;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => name(first + index * step));
}
