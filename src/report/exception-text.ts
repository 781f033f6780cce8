import type { AcceptedBy } from '../model/finding.ts';
import { plainText } from './plain-text.ts';

/** Until when and by whom a finding is accepted: `until 2027-01-31 (MAIL-118, a.lopez)`. */
export function exceptionText(exception: AcceptedBy): string {
  const who = [exception.ticket, exception.owner].filter((part) => part !== undefined && part !== '');
  return `until ${plainText(exception.expires, 20)} (${who.map((part) => plainText(part, 60)).join(', ')})`;
}
