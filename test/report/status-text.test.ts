import { describe, expect, test } from '@jest/globals';
import { statusText } from '../../src/report/status-text.ts';

describe('the text of a status', () => {
  test('tells of runs, kept containers, half-done changes and hosts that were not reached', () => {
    const text = statusText(
      {
        runs: [
          { run: '81c0', startedAt: '2026-11-23 22:09', operator: 'mlopez', counts: {}, exitCode: null },
          { run: '7f3a', startedAt: '2026-11-22 21:09', operator: 'mlopez', counts: { applied: 2 }, exitCode: 0 },
        ],
        kept: [
          { host: 'web-1', container: 'shop', name: 'shop.enforce-bak-7f3a', run: '7f3a', until: '2026-11-29' },
          { host: 'web-1', container: 'ftp', name: 'ftp.enforce-bak-7f3a', run: '7f3a', until: null },
        ],
        unfinished: [{ host: 'web-2', container: 'shop', run: '81c0', because: 'the old container is stopped' }],
        notReached: [{ host: 'edge-1', because: 'connection refused' }],
      },
      { colors: false },
    );

    expect(text).toBe(`\
runs         81c0  2026-11-23 22:09  nothing done  did not end  mlopez
             7f3a  2026-11-22 21:09  2 applied     exit 0       mlopez
kept         web-1/shop  shop.enforce-bak-7f3a  run 7f3a  until 2026-11-29
             web-1/ftp   ftp.enforce-bak-7f3a   run 7f3a
unfinished   web-2/shop  run 81c0  the old container is stopped
not reached  edge-1  connection refused
next: enforce apply finishes it, enforce rollback RUN undoes it
`);
  });

  test('says so when there is nothing', () => {
    const text = statusText({ runs: [], kept: [], unfinished: [], notReached: [] }, { colors: false });

    expect(text).toBe('runs         none\nkept         none\nunfinished   nothing\n');
  });
});
