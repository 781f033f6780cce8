import { didYouMean } from '../load/nearest.ts';
import type { RecordedRun } from './recorded-runs.ts';
import { plannedHosts, readRun, recordedRuns } from './recorded-runs.ts';
import { usage } from './run.ts';

/**
 * A host pattern with each `@RUN` in it replaced by the hosts of that run, `@RUN:failed` by those where a change failed,
 * `@RUN:unreachable` by those that were away, `@RUN:left` by those where anything planned was not made. `last` is the
 * latest apply. What names no run is left as it is: it may be a file.
 */
export function withHostsOfRuns(pattern: string, folder: string): string {
  return pattern
    .split(',')
    .map((part) => hostsMeant(part.trim(), folder)?.join(',') ?? part)
    .join(',');
}

const KINDS = ['failed', 'unreachable', 'left'] as const;

function hostsMeant(part: string, folder: string): readonly string[] | undefined {
  const [, name, kind] = /^@([0-9a-z]{4,32})(?::(.*))?$/.exec(part) ?? [];
  if (name === undefined) return undefined;
  const run = name === 'last' ? latestApply(folder) : readRun(folder, name);
  if (!run) {
    if (kind === undefined && name !== 'last' && !/^\d{12}[0-9a-z]+$/.test(name)) return undefined;
    const what = name === 'last' ? 'no apply was recorded' : `there is no run ${name}`;
    throw usage(`${what} in ${folder}`, 'enforce status lists the runs');
  }
  const hosts = [...new Set(hostsOf(run, kind, folder))];
  if (hosts.length > 0) return hosts;
  const why = kind === undefined ? 'was about no host' : `has no host that is ${kind}`;
  throw usage(`run ${run.record.run} ${why}`, `enforce status ${run.record.run} tells how each of its changes ended`);
}

function hostsOf(
  { record, results, unreached }: RecordedRun,
  kind: string | undefined,
  folder: string,
): readonly string[] {
  const where = (isMeant: (result: string) => boolean): readonly string[] =>
    results.filter(({ outcome }) => isMeant(outcome.result)).map(({ host }) => host);
  switch (kind) {
    case undefined:
      return [...plannedHosts(folder, record.run), ...where(() => true), ...unreached];
    case 'failed':
      return where((result) => result === 'rolled-back' || result === 'stuck');
    case 'unreachable':
      return unreached;
    case 'left': {
      // A run that died has not told of what it never came to.
      const told = new Set(where(() => true));
      const never = plannedHosts(folder, record.run).filter((host) => !told.has(host));
      return [...never, ...where((result) => result !== 'applied'), ...unreached];
    }
    default:
      throw usage(
        `@RUN:${kind} is not known; expected ${KINDS.join(', ')} or nothing${didYouMean(kind, new Set(KINDS))}`,
      );
  }
}

function latestApply(folder: string): RecordedRun | undefined {
  for (const run of recordedRuns(folder)) if (run.started.command === 'apply') return run;
  return undefined;
}
