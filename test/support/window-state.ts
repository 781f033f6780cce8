import type { Window } from '../../src/model/playbook.ts';
import { windowCalendar } from '../../src/plan/window-calendar.ts';

/** What holds at an instant: open until then, or closed until then; `-`: for ever. */
export type Told = readonly [now: string, state: 'open until' | 'closed until', then: string];

/** What windows tell of an instant. */
export function stateOf(windows: readonly Window[], now: string): Told {
  const calendar = windowCalendar(windows);
  const state = calendar.stateAt(Date.parse(now));
  const then = state.isOpen ? state.closesAt : calendar.openingAfter(Date.parse(now))?.opensAt;
  const text = then === undefined || then === null ? '-' : new Date(then).toISOString();
  return [now, state.isOpen ? 'open until' : 'closed until', text];
}
