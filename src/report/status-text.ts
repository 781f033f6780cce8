import { inColumns } from './columns.ts';
import type { Cell } from './columns.ts';
import { counted } from './counted.ts';
import { outcomeCounts } from './outcome-text.ts';
import type { OutcomeCounts } from './outcome-text.ts';
import { painter } from './paint.ts';
import type { Paint } from './paint.ts';
import { plainText } from './plain-text.ts';
import type { WindowOutlook } from '../model/opening.ts';
import type { Reader } from './window-text.ts';
import { windowLines } from './window-text.ts';

/** What `enforce status` tells: of the journals, and of what the hosts themselves still carry. */
export interface Status {
  /** Newest first. */
  readonly runs: readonly RunRecord[];
  readonly kept: readonly KeptContainer[];
  /** Changes that an interrupted run left half done. */
  readonly unfinished: readonly UnfinishedChange[];
  /** Changes of the last day whose containers do worse since. */
  readonly suspects: readonly SuspectChange[];
  readonly locks: readonly HostLock[];
  /** What runs of this machine left for later. */
  readonly deferred: readonly DeferredChange[];
  /** Of the playbook that was given. */
  readonly windows: readonly WindowOutlook[];
  readonly notReached: readonly { readonly host: string; readonly because: string }[];
}

/** One run, as its journal has it. */
export interface RunRecord {
  readonly run: string;
  readonly startedAt: string;
  readonly operator: string;
  readonly counts: OutcomeCounts;
  /** How many hosts could not be talked to. */
  readonly unreached: number;
  /** The unfinished run it went on with. */
  readonly continues: string | null;
  /** Null for a run that never ended. */
  readonly exitCode: number | null;
}

/** An old container that is kept for rollback. */
export interface KeptContainer {
  readonly host: string;
  /** The name of the container that replaced it. */
  readonly container: string;
  /** The name it is kept under. */
  readonly name: string;
  readonly run: string;
  /** Until when it is kept, as it is shown; null when that is not known. */
  readonly until: string | null;
}

/** A host that somebody is changing, or was when they died. */
export interface HostLock {
  readonly host: string;
  readonly id: string;
  readonly run: string;
  /** `user@machine` */
  readonly operator: string;
  /** Null where the engine does not tell the time. */
  readonly ageSeconds: number | null;
  /** Seconds until it ends by itself; 0 when it has. */
  readonly leftSeconds: number;
}

/** A change that neither ended nor was undone. */
export interface UnfinishedChange {
  readonly host: string;
  readonly container: string;
  readonly run: string;
  /** What there is of it: `the old container is stopped, the new one not started`. */
  readonly because: string;
}

/** A change that passed its gate, and whose container does worse since. */
export interface SuspectChange {
  readonly host: string;
  readonly container: string;
  readonly run: string;
  readonly because: string;
  /** The command that takes it back. */
  readonly rollback: string;
}

/** A change that a run had no time or no leave for. */
export interface DeferredChange {
  readonly host: string;
  readonly container: string;
  readonly run: string;
  readonly because: string;
  /** Runs in a row that found no window for it, or its host away. */
  readonly missed: number;
}

/** What `enforce status` prints. */
export function statusText(status: Status, options: Reader & { readonly colors: boolean }): string {
  const paint = painter(options.colors);
  return [
    ...section('runs', status.runs.map(runRow), 'none', paint),
    ...section('kept', status.kept.map(keptRow), 'none', paint),
    ...section('unfinished', status.unfinished.map(unfinishedRow), 'nothing', paint),
    ...(status.suspects.length === 0 ? [] : section('worse since', status.suspects.map(suspectRow), '', paint)),
    ...(status.deferred.length === 0 ? [] : section('deferred', status.deferred.map(deferredRow), '', paint)),
    ...windowLines(status.windows, options).map(
      (text, at) => `${(at === 0 ? 'windows' : '').padEnd(TITLE_WIDTH)}${text}`,
    ),
    ...(status.locks.length === 0 ? [] : section('locked', status.locks.map(lockRow), '', paint)),
    ...(status.notReached.length === 0 ? [] : section('not reached', status.notReached.map(hostRow), '', paint)),
    ...(status.unfinished.length === 0
      ? []
      : [
          `next: enforce apply finishes it, enforce rollback ${plainText(status.unfinished[0]?.run ?? 'RUN', 40)} undoes it`,
        ]),
    '',
  ].join('\n');
}

/** One run in a line, as the list of runs has it. */
export function runText(run: RunRecord, { colors }: { readonly colors: boolean }): string {
  return `${inColumns([runRow(run)], painter(colors)).join('')}\n`;
}

function section(title: string, rows: readonly (readonly Cell[])[], none: string, paint: Paint): readonly string[] {
  const body = rows.length === 0 ? [none] : inColumns(rows, paint);
  return body.map((text, at) => `${(at === 0 ? title : '').padEnd(TITLE_WIDTH)}${text}`);
}

const TITLE_WIDTH = 13;

function runRow(run: RunRecord): readonly Cell[] {
  return [
    plainText(run.run, 40),
    plainText(run.startedAt, 40),
    `${outcomeCounts(run.counts, 'nothing done')}${run.unreached === 0 ? '' : `, ${counted(run.unreached, 'host')} not reached`}`,
    run.exitCode === null ? { text: 'did not end', tone: 'bad' } : `exit ${run.exitCode}`,
    plainText(run.operator, 64),
    ...(run.continues === null ? [] : [`continues ${plainText(run.continues, 40)}`]),
  ];
}

function keptRow(kept: KeptContainer): readonly Cell[] {
  const until = kept.until === null ? '' : `until ${plainText(kept.until, 40)}`;
  return [
    `${plainText(kept.host, 64)}/${plainText(kept.container, 64)}`,
    plainText(kept.name, 120),
    `run ${plainText(kept.run, 40)}`,
    until,
  ];
}

function unfinishedRow(change: UnfinishedChange): readonly Cell[] {
  return [
    { text: `${plainText(change.host, 64)}/${plainText(change.container, 64)}`, tone: 'bad' },
    `run ${plainText(change.run, 40)}`,
    plainText(change.because, 300),
  ];
}

function suspectRow({ host, container, run, because, rollback }: SuspectChange): readonly Cell[] {
  return [
    { text: `${plainText(host, 64)}/${plainText(container, 64)}`, tone: 'bad' },
    `run ${plainText(run, 40)}`,
    plainText(because, 300),
    plainText(rollback, 300),
  ];
}

/** A fleet that never gets its window is what usually goes wrong. */
const TOO_OFTEN = 3;

function deferredRow({ host, container, run, because, missed }: DeferredChange): readonly Cell[] {
  const times = `${missed} times in a row`;
  return [
    `${plainText(host, 64)}/${plainText(container, 64)}`,
    missed < 2 ? '' : missed < TOO_OFTEN ? times : { text: times, tone: 'bad' },
    `run ${plainText(run, 40)}`,
    plainText(because, 300),
  ];
}

function lockRow({ host, id, run, operator, ageSeconds, leftSeconds }: HostLock): readonly Cell[] {
  return [
    { text: plainText(host, 64), tone: leftSeconds > 0 ? 'strong' : 'bad' },
    `lock ${plainText(id.slice(0, 12), 12)}`,
    `run ${plainText(run, 40)}`,
    plainText(operator, 64),
    ageSeconds === null ? '' : `for ${ageSeconds} s`,
    leftSeconds > 0 ? `ends by itself in ${leftSeconds} s at the latest` : 'has run out: enforce unlock removes it',
  ];
}

function hostRow({ host, because }: { readonly host: string; readonly because: string }): readonly Cell[] {
  return [{ text: plainText(host, 64), tone: 'bad' }, plainText(because, 300)];
}
