import type { References } from '../model/finding.ts';
import { plainText } from './plain-text.ts';

/** Where the standards have a rule, by the newest edition: `CIS 5.8  STIG V-260929`. */
export function referencesText(refs: References): string {
  const [newest] = Object.entries(refs.cis).sort(([one], [other]) => compareEditions(other, one));
  const cis = newest === undefined ? [] : [`CIS ${plainText(newest[1], 20)}`];
  return [...cis, ...refs.stig.map((id) => `STIG ${plainText(id, 20)}`)].join('  ');
}

/** Orders editions as `1.2.0` before `1.10.0`. */
export function compareEditions(one: string, other: string): number {
  const numbers = other.split('.').map(Number);
  const distances = one.split('.').map((part, at) => Number(part) - (numbers[at] ?? 0));
  return distances.find((distance) => distance !== 0) ?? 0;
}
