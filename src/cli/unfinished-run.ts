import { canonicalJson } from '../model/canonical-json.ts';
import type { Outcome } from '../model/journal.ts';
import { addressText } from '../model/inventory.ts';
import type { Change, Plan } from '../model/plan.ts';
import { counted } from '../report/counted.ts';
import { jsonText } from '../report/json-text.ts';
import { plainText } from '../report/plain-text.ts';
import { planDocument } from '../report/plan-document.ts';
import type { RolloutSoFar } from './batches.ts';
import { afterBatch, NOT_BEGUN } from './batches.ts';
import { digestText } from './digest-text.ts';
import type { Inputs } from './inputs.ts';
import type { CommonOptions } from './options.ts';
import type { RecordedRun } from './recorded-runs.ts';
import { readRun, recordedRuns } from './recorded-runs.ts';
import { shownBy } from './roll-out.ts';
import type { World } from './world.ts';

/** A run of the same command that left work, and how far its rollout came. */
export interface UnfinishedRun {
  readonly run: string;
  readonly operator: string;
  readonly soFar: RolloutSoFar;
  /** Changes that were made, by itself and by those it went on with. */
  readonly made: readonly Target[];
  /** Changes that were taken back; the one that was last is the last. */
  readonly failed: readonly Target[];
}

interface Target {
  readonly host: string;
  readonly container: string;
}

/** What an apply is about, in one digest: the same command on the same hosts with the same playbook has the same. */
export function scopeOf(
  { playbook, hosts }: Inputs,
  { container, rule, carry }: Pick<CommonOptions, 'container' | 'rule'> & { readonly carry?: string },
  saved: Plan | undefined,
): string {
  const about = {
    playbook: playbook.digest,
    hosts: hosts.map(({ name, address }) => [name, addressText(address)]),
    containers: container,
    rules: rule,
    carry: carry ?? 'none',
    plan: saved === undefined ? null : digestText(jsonText(planDocument(saved))),
  };
  return digestText(canonicalJson(about));
}

/** What a canary has shown is believed for so long. */
const LONGEST_HOURS = 24;

/**
 * The latest run of this scope, where it left work: it died, it was interrupted, it had as many failures as it may have,
 * or a host was locked or away. Not one that may be at work still, nor one that somebody took back since.
 */
export function unfinishedRun(scope: string, folder: string, world: World): UnfinishedRun | undefined {
  for (const recorded of recordedRuns(folder)) {
    const { started, record, lastAt } = recorded;
    if (started.command === 'rollback') return undefined;
    if (started.command !== 'apply' || started.scope !== scope) continue;
    const hours = (world.now().getTime() - Date.parse(lastAt)) / 3_600_000;
    if (!(hours <= LONGEST_HOURS) || !leftWork(recorded, world)) return undefined;
    const chain = [...chainOf(recorded, folder)];
    const soFar = chain.reduce(goneOn, NOT_BEGUN);
    if (soFar.batch === 0) return undefined;
    const ended = (how: Outcome['result']): readonly Target[] =>
      chain.flatMap(({ results }) => results.filter(({ outcome }) => outcome.result === how));
    return {
      run: record.run,
      operator: record.operator,
      soFar,
      made: ended('applied'),
      failed: ended('rolled-back'),
    };
  }
  return undefined;
}

/** A saved plan without what was made of it before. */
export function withoutMade(plan: Plan, made: UnfinishedRun['made']): Plan {
  const isMade = ({ host, container }: Change): boolean =>
    made.some((one) => one.host === host && one.container === container);
  return {
    ...plan,
    hosts: plan.hosts.map((host) =>
      host.reachable ? { ...host, changes: host.changes.filter((change) => !isMade(change)) } : host,
    ),
  };
}

/** What is said of it when another run goes on with it. */
export function continuesText({ run, operator, soFar, made }: UnfinishedRun, left: number): string {
  const where = soFar.isProven
    ? `its canary passed, batch ${soFar.batch} was begun`
    : 'its canary has shown nothing yet';
  return `continues run ${plainText(run, 40)} of ${plainText(operator, 64)}: ${counted(made.length, 'change')} made, ${left} left; ${where}`;
}

function leftWork({ record, started, results, unreached }: RecordedRun, { identity }: World): boolean {
  if (record.exitCode === null) return started.process !== undefined && identity.isGone(started.process);
  return unreached.length > 0 || results.some(({ outcome }) => isLeft(outcome));
}

function isLeft({ result }: Outcome): boolean {
  return result === 'deferred' || result === 'stuck';
}

/** A run with those it went on with, oldest first. */
function chainOf(last: RecordedRun, folder: string): readonly RecordedRun[] {
  const chain = [last];
  const seen = new Set([last.started.run]);
  for (let name = last.started.continues; name !== undefined && !seen.has(name); ) {
    seen.add(name);
    const earlier = readRun(folder, name);
    if (!earlier) break;
    chain.unshift(earlier);
    name = earlier.started.continues;
  }
  return chain;
}

function goneOn(soFar: RolloutSoFar, { batches, results }: RecordedRun): RolloutSoFar {
  return batches.reduce((before, { batch: number, hosts, of }) => {
    const outcomes = results.filter(({ host }) => hosts.includes(host)).map(({ outcome }) => outcome);
    return afterBatch(before, { number, hosts, of }, shownBy(outcomes));
  }, soFar);
}
