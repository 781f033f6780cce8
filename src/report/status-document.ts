import type { JsonObject } from '../model/json.ts';
import { documentHead } from './document.ts';
import type { RunRecord, Status } from './status-text.ts';
import { windowDocument } from './window-document.ts';

/** The machine output of `enforce status`. */
export function statusDocument(status: Status, generatedAt: string): JsonObject {
  const { runs, kept, unfinished, suspects, locks, notReached, deferred, windows } = status;
  return {
    ...documentHead(generatedAt, notReached.length),
    runs: runs.map(runDocument),
    kept: kept.map(({ host, container, name, run, until }) => ({ host, container, name, run, until })),
    unfinished: unfinished.map(({ host, container, run, because }) => ({ host, container, run, because })),
    worse_since: suspects.map(({ host, container, run, because, rollback }) => ({
      host,
      container,
      run,
      because,
      rollback,
    })),
    deferred: deferred.map(({ host, container, run, because, missed }) => ({
      host,
      container,
      run,
      because,
      windows_missed: missed,
    })),
    windows: windows.map(windowDocument),
    locks: locks.map(({ host, id, run, operator, ageSeconds, leftSeconds }) => ({
      host,
      id,
      run,
      operator,
      age_s: ageSeconds,
      left_s: leftSeconds,
    })),
    not_reached: notReached.map(({ host, because }) => ({ host, because })),
  };
}

/** One run of it. */
export function runDocument({
  run,
  startedAt,
  operator,
  counts,
  unreached,
  continues,
  exitCode,
}: RunRecord): JsonObject {
  return {
    run,
    started_at: startedAt,
    operator,
    counts: { ...counts },
    hosts_unreached: unreached,
    continues,
    exit_code: exitCode,
  };
}
