import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JournalEntry } from '../../src/model/journal.ts';
import { LOCK_LABELS, LOCK_NAME } from '../../src/model/names.ts';
import { callEngine } from '../support/call-engine.ts';
import { serve, standing, writesTo } from '../support/shop-fleet.ts';
import { slowly, windowFleet, type WindowFleet } from '../support/window-fleet.ts';

const OPEN = '2026-11-22T05:00:00Z';
const CLOSED = '2026-11-22T06:00:00Z';
const NEXT = '2026-11-29T05:00:00Z';

describe('apply with a maintenance window', () => {
  let site: WindowFleet;
  beforeEach(async () => {
    site = await windowFleet(['web-1', 'web-2']);
    for (const host of ['web-1', 'web-2']) serve(site.fleet.engine(host), 'web', 80);
  });
  afterEach(() => site.leave());

  test('that is open makes its changes', async () => {
    const { exitCode, stdout } = await site.at(OPEN, 'apply', '--yes');

    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/2 applied\. {2}exit 0/)]);
    expect(entries().map(({ event }) => event)).not.toContain('overran');
  });

  test('that is closed is refused with 5, says when it opens, and changes nothing', async () => {
    const { exitCode, stderr } = await site.at(CLOSED, 'apply', '--yes');

    expect(exitCode).toBe(5);
    expect(stderr).toContain(
      'error: nothing may be changed now: outside its maintenance windows; sundays opens Sun 2026-11-29 05:00 UTC, in 6 d 23 h; nothing was changed\nhint:  wait for it with --wait-window, or go ahead with --ignore-window --reason TEXT\n',
    );
    expect(writes()).toEqual([]);
  });

  test('that is closed has nothing against a fleet on which nothing is to be done', async () => {
    await site.at(OPEN, 'apply', '--yes');

    expect((await site.at(CLOSED, 'apply', '--yes')).exitCode).toBe(0);
  });

  test('that closes midway finishes what is in hand, defers what is left with 2, and goes on in the next', async () => {
    serve(site.fleet.engine('web-1'), 'mail', 25);
    slowly(site, 'web-1', 3590);

    const first = await site.at(OPEN, 'apply', '--yes', '-c', '1');
    const then = standing(site.fleet.engine('web-1'));
    const status = await site.at(CLOSED, 'status');
    const closed = await site.at(CLOSED, 'apply', '--yes');
    const next = await site.at(NEXT, 'apply', '--yes');

    expect(first.exitCode).toBe(2);
    expect(first.stdout).toMatch(/web-1\/mail {2}applied/);
    expect(first.stdout).toMatch(/web-1\/web {2}deferred: .*; sundays opens Sun 2026-11-29 05:00 UTC/);
    expect(first.stdout).toMatch(/web-2\/web {2}deferred: .*; sundays opens Sun 2026-11-29 05:00 UTC/);
    expect(then).toContain('web running 80');
    expect(status.stdout).toMatch(/^deferred +web-1\/web +run \w+ .*\n +web-2\/web +run \w+/m);
    expect(closed.exitCode).toBe(5);
    expect([next.exitCode, next.stdout]).toEqual([0, expect.stringMatching(/2 applied\. {2}exit 0/)]);
    expect((await site.at(NEXT, 'status')).stdout).not.toMatch(/^deferred/m);
  });

  test('notes by how much a change that was in hand went over its end', async () => {
    slowly(site, 'web-1', 3700);

    const { stdout } = await site.at(OPEN, 'apply', '--yes', '-l', 'web-1');

    expect(stdout).toMatch(/web-1\/web {2}(applied|rolled back)/);
    expect(entries().filter(({ event }) => event === 'overran')).toEqual([
      expect.objectContaining({ host: 'web-1', container: 'web', seconds: expect.any(Number) }),
    ]);
  });

  test('does not begin what at worst ends after it', async () => {
    const { exitCode, stdout } = await site.at('2026-11-22T05:59:00Z', 'apply', '--yes');

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(
      /web-1\/web {2}deferred: it may take .*, and its window closes in 1 min \(Sun 2026-11-22 06:00 UTC\)/,
    );
    expect(writes()).toEqual([]);
  });

  test('does not begin what gets the lock of its host too late', async () => {
    const engine = site.fleet.engine('web-1');
    const labels = { [LOCK_LABELS.token]: 'another', [LOCK_LABELS.lease]: '9000', [LOCK_LABELS.drain]: '25' };
    await callEngine(engine.socketPath, 'POST', `/containers/create?name=${LOCK_NAME}`, {
      Image: 'shop/web:3',
      Labels: { ...labels, [LOCK_LABELS.operator]: 'b.ito@control-2', [LOCK_LABELS.run]: '8c1d' },
    });
    const lock = engine.find(LOCK_NAME)?.id ?? '';
    let isWanted = false;
    engine.afterEach = ({ path, subject }) => {
      isWanted ||= path === '/containers/create' && subject === LOCK_NAME;
      if (!isWanted || path !== `/containers/${lock}/json` || !engine.store.containers.delete(lock)) return;
      void site.clock().delay(3_600_000);
    };

    const { exitCode, stdout } = await site.at(OPEN, 'apply', '--yes', '-l', 'web-1', '--lock-timeout', '7200');

    expect([exitCode, stdout]).toEqual([2, expect.stringMatching(/web-1\/web {2}deferred: outside its maintenance/)]);
    expect(standing(engine)).toEqual(['web running 80']);
  });

  test('tells a machine that a change was deferred by it', async () => {
    const { stdout } = await site.at('2026-11-22T05:59:00Z', 'apply', '--yes', '--json');

    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toContainEqual(expect.objectContaining({ host: 'web-1', result: 'deferred', window: 'closed' }));
  });

  test('ends what a run left half done, although it is closed, and begins nothing', async () => {
    const engine = site.fleet.engine('web-1');
    engine.fault = ({ path }) => (path.endsWith('/start') ? 'cut-before' : undefined);
    const cut = await site.at(OPEN, 'apply', '--yes', '-l', 'web-1');
    engine.fault = () => undefined;

    const { exitCode, stderr } = await site.at(CLOSED, 'apply', '--yes');

    expect(cut.exitCode).toBe(6);
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(/✓ web-1\/web {2}applied +begun by run/);
    expect(standing(engine)).toContain('web running 8080');
    expect(standing(site.fleet.engine('web-2'))).toEqual(['web running 80']);
  });

  test('has no say in a rollback', async () => {
    await site.at(OPEN, 'apply', '--yes');

    const { exitCode } = await site.at(CLOSED, 'rollback', '--yes');

    expect(exitCode).toBe(0);
    expect(standing(site.fleet.engine('web-1'))).toEqual(['web running 80']);
  });

  function entries(): readonly JournalEntry[] {
    return site.operator.journals().flat();
  }

  function writes(): readonly string[] {
    return ['web-1', 'web-2'].flatMap((host) => writesTo(site.fleet.engine(host)));
  }
});
