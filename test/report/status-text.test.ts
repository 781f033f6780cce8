import { describe, expect, test } from '@jest/globals';
import { windowOutlooks } from '../../src/plan/window-outlook.ts';
import { statusText } from '../../src/report/status-text.ts';
import { aWindow } from '../support/a-window.ts';

const READER = { colors: false, now: Date.parse('2026-11-22T05:00:00Z'), timeZone: 'UTC' };
const RUN = { operator: 'mlopez', counts: {}, unreached: 0, continues: null, exitCode: null };

describe('the text of a status', () => {
  test('tells of runs, kept containers, half-done changes and hosts that were not reached', () => {
    const text = statusText(
      {
        runs: [
          { ...RUN, run: '81c0', startedAt: '2026-11-23 22:09', continues: '7f3a' },
          { ...RUN, run: '7f3a', startedAt: '2026-11-22 21:09', counts: { applied: 2 }, unreached: 1, exitCode: 4 },
        ],
        kept: [
          { host: 'web-1', container: 'shop', name: 'shop.enforce-bak-7f3a', run: '7f3a', until: '2026-11-29' },
          { host: 'web-1', container: 'ftp', name: 'ftp.enforce-bak-7f3a', run: '7f3a', until: null },
        ],
        unfinished: [{ host: 'web-2', container: 'shop', run: '81c0', because: 'the old container is stopped' }],
        suspects: [
          {
            host: 'web-1',
            container: 'ftp',
            run: '7f3a',
            because: 'it is unhealthy',
            rollback: 'enforce rollback 7f3a',
          },
        ],
        deferred: [
          { host: 'web-3', container: 'shop', run: '7f3a', because: 'outside its windows', missed: 3 },
          { host: 'web-4', container: 'ftp', run: '81c0', because: 'interrupted before it was begun', missed: 0 },
        ],
        windows: windowOutlooks(new Map([['web-1', [aWindow()]]]), [{ host: 'web-1', changes: [] }], READER.now),
        locks: [
          {
            host: 'web-2',
            id: '0c21'.repeat(16),
            run: '81c0',
            operator: 'mlopez@ops-1',
            ageSeconds: 40,
            leftSeconds: 165,
          },
          {
            host: 'web-3',
            id: '1f00'.repeat(16),
            run: '7e00',
            operator: 'mlopez@ops-1',
            ageSeconds: 900,
            leftSeconds: 0,
          },
        ],
        notReached: [{ host: 'edge-1', because: 'connection refused' }],
      },
      READER,
    );

    expect(text).toBe(`\
runs         81c0  2026-11-23 22:09  nothing done                   did not end  mlopez  continues 7f3a
             7f3a  2026-11-22 21:09  2 applied, 1 host not reached  exit 4       mlopez
kept         web-1/shop  shop.enforce-bak-7f3a  run 7f3a  until 2026-11-29
             web-1/ftp   ftp.enforce-bak-7f3a   run 7f3a
unfinished   web-2/shop  run 81c0  the old container is stopped
worse since  web-1/ftp  run 7f3a  it is unhealthy  enforce rollback 7f3a
deferred     web-3/shop  3 times in a row  run 7f3a  outside its windows
             web-4/ftp                     run 81c0  interrupted before it was begun
windows      web-1: closed; weekend opens Sat 2026-11-28 22:00 Europe/Berlin (21:00 UTC), in 6 d 16 h, for 4 h
locked       web-2  lock 0c210c210c21  run 81c0  mlopez@ops-1  for 40 s   ends by itself in 165 s at the latest
             web-3  lock 1f001f001f00  run 7e00  mlopez@ops-1  for 900 s  has run out: enforce unlock removes it
not reached  edge-1  connection refused
next: enforce apply finishes it, enforce rollback 81c0 undoes it
`);
  });

  test('says so when there is nothing', () => {
    const text = statusText(
      { runs: [], kept: [], unfinished: [], suspects: [], deferred: [], windows: [], locks: [], notReached: [] },
      READER,
    );

    expect(text).toBe('runs         none\nkept         none\nunfinished   nothing\n');
  });
});
