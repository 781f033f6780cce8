import { plainText } from '../report/plain-text.ts';
import type { CommonOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { createProgress } from './progress.ts';
import type { World } from './world.ts';

type Loudness = Pick<CommonOptions, 'quiet' | 'verbose'>;

/** Shows on standard error what is going on: a live line on a terminal; elsewhere a line per event, and only when asked for. */
export function startProgress({ quiet, verbose }: Loudness, { stderr, clock }: World, hosts?: number): Progress {
  const isTerminal = stderr.isTTY === true;
  const isSilent = quiet || (!isTerminal && verbose === 0);
  const stream = isSilent ? { write: () => true } : stderr;
  return createProgress(stream, {
    isTerminal: isTerminal && !isSilent,
    now: clock.now,
    columns: () => stderr.columns ?? 80,
    ...(hosts === undefined ? {} : { hosts }),
  });
}

/** Shows what an apply does: on a terminal as above, elsewhere always a line per event. */
export function startChangeProgress({ quiet }: Loudness, { stderr, clock }: World): Progress {
  const stream = quiet ? { write: () => true } : stderr;
  return createProgress(stream, {
    isTerminal: stderr.isTTY === true && !quiet,
    now: clock.now,
    columns: () => stderr.columns ?? 80,
  });
}

/** Tells what is worth a line of its own among what happens, out of the way of the live line. */
export function note(text: string, progress: Progress, { quiet }: Pick<Loudness, 'quiet'>, { stderr }: World): void {
  if (quiet) return;
  progress.pause();
  stderr.write(`${plainText(text, 500)}\n`);
  progress.resume();
}

/** Tells things that are not errors but that the operator should know. */
export function warn(warnings: readonly string[], { quiet }: Loudness, { stderr }: World): void {
  if (quiet) return;
  for (const warning of warnings) stderr.write(`warning: ${plainText(warning, 500)}\n`);
}
