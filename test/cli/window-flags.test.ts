import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fakeClock } from '../support/fake-clock.ts';
import { serve, standing, writesTo } from '../support/shop-fleet.ts';
import { windowFleet, type WindowFleet } from '../support/window-fleet.ts';

const CLOSED = '2026-11-22T04:50:00Z';
const OPENS = Date.parse('2026-11-22T05:00:00Z');

let site: WindowFleet;
beforeEach(async () => {
  site = await windowFleet(['web-1']);
  serve(site.fleet.engine('web-1'), 'web', 80);
});
afterEach(() => site.leave());

describe('--ignore-window', () => {
  test('makes changes outside every window, and keeps its reason in the journal', async () => {
    const { exitCode } = await site.at(CLOSED, 'apply', '--yes', '--ignore-window', '--reason', 'CVE-2026-1 on Sunday');

    expect(exitCode).toBe(0);
    expect(standing(site.fleet.engine('web-1'))).toContain('web running 8080');
    expect(site.operator.journals().flat()).toContainEqual(
      expect.objectContaining({ event: 'windows-ignored', reason: 'CVE-2026-1 on Sunday' }),
    );
  });

  test.each([
    [['--ignore-window'], '--ignore-window needs a reason'],
    [['--ignore-window', '--reason', '  '], '--ignore-window needs a reason'],
    [['--reason', 'because'], '--reason is the reason of --ignore-window'],
    [['--ignore-window', '--reason', 'because', '--wait-window'], '--wait-window and --ignore-window exclude'],
    [['--wait-window=soon'], '--wait-window=soon is no length of time'],
  ])('%j is refused with 1 before anything connects', async (words, because) => {
    const { exitCode, stderr } = await site.at(CLOSED, 'apply', '--yes', ...words);

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(because)]);
    expect(site.fleet.hosts.get('web-1')?.connections()).toBe(0);
  });
});

describe('a person at a terminal', () => {
  test('is not asked outside every window, and is told when the next one opens', async () => {
    const { exitCode, stderr } = await site.operator.run(site.operator.words('apply'), {
      isTerminal: true,
      clock: fakeClock(CLOSED),
      now: new Date(CLOSED),
    });

    expect([exitCode, stderr]).toEqual([5, expect.stringContaining('sundays opens Sun 2026-11-22 05:00 UTC')]);
    expect(writesTo(site.fleet.engine('web-1'))).toEqual([]);
  });
});

describe('--wait-window', () => {
  test.each([['--wait-window'], ['--wait-window=10m']])(
    '%s waits until one opens, and says until when',
    async (word) => {
      const { exitCode, stderr } = await site.at(CLOSED, 'apply', '--yes', word);

      expect(exitCode).toBe(0);
      expect(stderr).toContain('waiting until sundays opens: Sun 2026-11-22 05:00 UTC, in 10 min');
      const [started] = site.operator.journals().flat();
      expect(Date.parse(started?.at ?? '')).toBeGreaterThanOrEqual(OPENS);
    },
  );

  test('waits not at all for one that opens later than that', async () => {
    const { exitCode, stderr } = await site.at(CLOSED, 'apply', '--yes', '--wait-window=9m');

    expect([exitCode, stderr]).toEqual([
      5,
      expect.stringContaining('sundays opens Sun 2026-11-22 05:00 UTC, in 10 min'),
    ]);
    expect(Date.parse(site.clock().timestamp())).toBeLessThan(OPENS);
  });

  test('looks at the clock again and again, as a machine may sleep', async () => {
    const clock = site.clock();
    const asleep = { ...clock, delay: () => clock.delay(3 * 60_000) };

    const { exitCode } = await site.operator.run(site.operator.words('apply', '--yes', '--wait-window=7d'), {
      clock: asleep,
    });

    expect(exitCode).toBe(0);
  });

  test('is ended by Ctrl-C, and nothing was changed', async () => {
    const clock = site.clock();
    let waited = 0;
    const { world, ended } = site.operator.begin(site.operator.words('apply', '--yes', '--wait-window'), {
      now: new Date('2026-11-22T07:00:00Z'),
      clock: {
        ...clock,
        timestamp: () => new Date(Date.parse(clock.timestamp()) + 2 * 3_600_000).toISOString(),
        delay(milliseconds) {
          if (++waited === 3) world.interrupt();
          return clock.delay(milliseconds);
        },
      },
    });

    expect((await ended).exitCode).toBe(130);
    expect(waited).toBe(3);
    expect(writesTo(site.fleet.engine('web-1'))).toEqual([]);
  });
});
