import { describe, expect, test } from '@jest/globals';
import type { Window } from '../../src/model/playbook.ts';
import { windowOutlooks } from '../../src/plan/window-outlook.ts';
import { windowDocument } from '../../src/report/window-document.ts';
import { windowLines } from '../../src/report/window-text.ts';
import { aChange } from '../support/a-plan.ts';
import { aFreeze, aWindow } from '../support/a-window.ts';

const SUNDAY = '2026-11-22T05:00:00Z';
const OPEN = '2026-11-29T00:59:00Z';

describe('what is told of windows', () => {
  test('is when they open next, for all hosts that have the same', () => {
    expect(lines({ 'web-1': [aWindow()], 'web-2': [aWindow()], 'edge-1': [aFreeze()], lab: [] }, SUNDAY)).toEqual([
      'web-1, web-2: closed; weekend opens Sat 2026-11-28 22:00 Europe/Berlin (21:00 UTC), in 6 d 16 h, for 4 h',
      'edge-1: open until Sat 2026-12-19 00:00 Europe/Berlin (Fri 2026-12-18 23:00 UTC), 26 d 18 h more; then it opens Mon 2027-01-04 00:00 Europe/Berlin (Sun 2027-01-03 23:00 UTC), in 42 d 18 h',
    ]);
  });

  test('is what denies, and why', () => {
    expect(lines({ 'web-1': [aWindow(), aFreeze()] }, '2026-12-24T00:00:00Z')).toEqual([
      expect.stringMatching(/^web-1: closed by freeze \(retail freeze\); weekend opens Sat 2027-01-09 22:00/),
    ]);
  });

  test('is what does not fit into what is left, and where it does', () => {
    const slow = aChange({ host: 'web-1', container: 'slow', worstCaseSeconds: 5 * 3600 });

    expect(lines({ 'web-1': [aWindow()] }, OPEN, [aChange({ host: 'web-1' }), slow]).slice(1)).toEqual([
      '  web-1/shop may take 2 min 22 s, and fits only later: weekend opens Sat 2026-12-05 22:00 Europe/Berlin (21:00 UTC), in 6 d 20 h, for 4 h',
      '  web-1/slow may take 5 h, and fits in no window: the longest is 4 h',
    ]);
  });

  test('is nothing of what fits, is not changed, or is part of another change', () => {
    const changes = [aChange(), aChange({ action: 'blocked', worstCaseSeconds: 99_999 }), aChange({ partOf: 'a' })];

    expect(lines({ 'web-1': [aWindow()] }, SUNDAY, changes)).toHaveLength(1);
  });

  test('is an opening on which a clock is put forward or back', () => {
    expect(lines({ 'web-1': [aWindow({ durationSeconds: 6 * 3600 })] }, '2026-10-01T05:00:00Z')[1]).toBe(
      '  the clock is put forward or back while weekend is open on Sat 2026-10-24 22:00 Europe/Berlin (20:00 UTC), in 23 d 15 h, for 6 h',
    );
    expect(lines({ 'web-1': [aWindow()] }, '2026-10-01T05:00:00Z')).toHaveLength(1);
    const leapt = aWindow({ schedule: '30 2 29 3 *' });
    expect(lines({ 'web-1': [leapt] }, '2026-03-20T00:00:00Z')[1]).toContain('Sun 2026-03-29 03:00 Europe/Berlin');
  });

  test('names no more than five hosts', () => {
    const many = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`web-${index}`, [aWindow()]]));

    expect(lines(many, SUNDAY)[0]).toMatch(/^web-0, web-1, web-2, web-3, web-4 and 2 others: closed/);
  });

  test('has no escape of a name in it', () => {
    const hostile = aFreeze({ name: 'a\u001b[2J', reason: 'b\nweb-1: open' });

    expect(lines({ 'web-1': [hostile] }, '2026-12-24T00:00:00Z').join('')).not.toMatch(/\p{Cc}/u);
  });

  test('is in machine output too, with instants', () => {
    const [outlook] = windowOutlooks(
      new Map([['web-1', [aWindow()]]]),
      [{ host: 'web-1', changes: [aChange()] }],
      Date.parse(OPEN),
    );

    expect(outlook && windowDocument(outlook)).toEqual({
      hosts: ['web-1'],
      windows: ['weekend'],
      open: true,
      closes_at: '2026-11-29T01:00:00.000Z',
      denied_by: null,
      next: { window: 'weekend', opens_at: '2026-12-05T21:00:00.000Z', closes_at: '2026-12-06T01:00:00.000Z' },
      misfits: [{ host: 'web-1', container: 'shop', worst_case_s: 142, fits_at: '2026-12-05T21:00:00.000Z' }],
    });
  });
});

function lines(windows: Readonly<Record<string, readonly Window[]>>, at: string, changes = [aChange({ host: '-' })]) {
  const now = Date.parse(at);
  const hosts = Object.keys(windows).map((host) => ({
    host,
    changes: changes.filter((change) => change.host === host),
  }));
  return windowLines(windowOutlooks(new Map(Object.entries(windows)), hosts, now), { now, timeZone: 'UTC' });
}
