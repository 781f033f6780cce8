import type { DeferredChange } from '../report/status-text.ts';
import type { RecordedRun } from './recorded-runs.ts';

/** Further back nobody knows whether it is still to be done. */
const MOST_RUNS = 20;

/**
 * What runs of this machine left for later, by the last that each container was in, with how many runs in a row found no
 * window for it, or its host away.
 */
export function deferredWork(newestFirst: Iterable<RecordedRun>): readonly DeferredChange[] {
  const runs = latestApplies(newestFirst);
  const seen = new Set<string>();
  return runs.flatMap(({ record, results }) =>
    results.flatMap(({ host, container, outcome }): readonly DeferredChange[] => {
      const key = `${host}/${container}`;
      if (seen.has(key)) return [];
      seen.add(key);
      if (outcome.result !== 'deferred') return [];
      const missed = missedWindows(host, container, runs);
      return [{ host, container, run: record.run, because: outcome.because, missed }];
    }),
  );
}

function latestApplies(newestFirst: Iterable<RecordedRun>): readonly RecordedRun[] {
  const runs: RecordedRun[] = [];
  for (const run of newestFirst) {
    if (runs.length === MOST_RUNS) break;
    if (run.started.command === 'apply') runs.push(run);
  }
  return runs;
}

function missedWindows(host: string, container: string, runs: readonly RecordedRun[]): number {
  let missed = 0;
  for (const { results, unreached } of runs) {
    const own = results.find((result) => result.host === host && result.container === container);
    if (unreached.includes(host)) missed++;
    else if (own?.outcome.result === 'deferred' && own.outcome.window === 'closed') missed++;
    else if (own) break;
  }
  return missed;
}
