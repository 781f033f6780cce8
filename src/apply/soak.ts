import type { HostTools } from './tools.ts';

/** How long a new container that passed its gate is left to itself, before it is looked at once more. */
export interface SoakTerms {
  readonly seconds: number;
  /** Containers that must not go away meanwhile. */
  readonly ids: readonly string[];
  /** Somebody wants the run to end. */
  readonly isInterrupted: () => boolean;
}

/** Waits, for as long as all of them run and nobody ends it; tells whether the time was up. */
export async function soak(
  { seconds, ids, isInterrupted }: SoakTerms,
  { engine, clock }: Pick<HostTools, 'engine' | 'clock'>,
): Promise<boolean> {
  const ends = clock.now() + seconds * 1000;
  for (;;) {
    const left = ends - clock.now();
    if (left <= 0) return true;
    if (isInterrupted()) return false;
    await clock.delay(Math.min(left, BETWEEN_MILLISECONDS));
    const reader = await engine();
    const inspects = await Promise.all(ids.map((id) => reader.inspect(id)));
    // What has ended is not waited for: its gate tells what became of it.
    if (inspects.some((inspect) => inspect?.State.Running !== true || inspect.State.Restarting === true)) return false;
  }
}

const BETWEEN_MILLISECONDS = 5000;
