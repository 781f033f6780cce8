import type { Window } from '../../src/model/playbook.ts';

type Recurring = Extract<Window, { readonly kind: 'recurring' }>;
type Once = Extract<Window, { readonly kind: 'once' }>;

/** Four hours from Saturday 22:00 in Berlin. */
export function aWindow(different: Partial<Recurring> = {}): Recurring {
  return {
    kind: 'recurring',
    name: 'weekend',
    deny: false,
    schedule: '0 22 * * SAT',
    durationSeconds: 4 * 3600,
    timezone: 'Europe/Berlin',
    ...different,
  };
}

/** The days around the new year, on which nothing is changed. */
export function aFreeze(different: Partial<Once> = {}): Once {
  return {
    kind: 'once',
    name: 'freeze',
    deny: true,
    from: '2026-12-19 00:00',
    to: '2027-01-04 00:00',
    timezone: 'Europe/Berlin',
    reason: 'retail freeze',
    ...different,
  };
}
