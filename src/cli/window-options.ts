import { parseDuration } from '../load/duration.ts';
import { usage } from './run.ts';

/** The flags about maintenance windows, as commander hands them over. */
export interface WindowOptions {
  /** `true` without a time: however long it takes. */
  readonly waitWindow?: string | true;
  readonly ignoreWindow: boolean;
  readonly reason?: string;
}

/** What they mean. */
export interface WindowWishes {
  /** Longest wait for a window; none: 0. */
  readonly patienceSeconds: number;
  /** Why windows are ignored; undefined: they are kept to. */
  readonly ignoredBecause?: string;
}

/** Reads them; windows are never ignored without a reason. */
export function windowWishes({ waitWindow, ignoreWindow, reason }: WindowOptions): WindowWishes {
  if (reason !== undefined && !ignoreWindow)
    throw usage('--reason is the reason of --ignore-window, which is not given');
  if (!ignoreWindow) return { patienceSeconds: patience(waitWindow) };
  if (waitWindow !== undefined)
    throw usage('--wait-window and --ignore-window exclude each other', 'leave one of them out');
  if (reason === undefined || reason.trim() === '')
    throw usage('--ignore-window needs a reason', 'say why with --reason TEXT: it is written to the journal');
  return { patienceSeconds: 0, ignoredBecause: reason.trim() };
}

function patience(waitWindow: WindowOptions['waitWindow']): number {
  if (waitWindow === undefined) return 0;
  if (waitWindow === true) return Number.POSITIVE_INFINITY;
  const seconds = parseDuration(waitWindow);
  if (seconds === undefined)
    throw usage(`--wait-window=${waitWindow} is no length of time`, 'write it as --wait-window=10m, or 6h');
  return seconds;
}
