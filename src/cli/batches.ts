/** Hosts that are changed side by side, before any other is begun. */
export interface Batch {
  /** From 1; a canary that shows nothing is followed by another first batch. */
  readonly number: number;
  readonly hosts: readonly string[];
  /** The first of several: a failure in it ends the run. */
  readonly isCanary: boolean;
  /** Hosts of the whole rollout, of which shares are counted. */
  readonly of: number;
}

/** How far a rollout has come. */
export interface RolloutSoFar {
  /** The last batch that was begun; 0 before the first. */
  readonly batch: number;
  readonly begun: readonly string[];
  /** Whether the canary had a change made and none that failed. */
  readonly isProven: boolean;
  readonly of: number;
}

/** A rollout of which nothing was begun. */
export const NOT_BEGUN: RolloutSoFar = { batch: 0, begun: [], isProven: false, of: 0 };

/**
 * The hosts that come next of those with changes left, by the sizes a playbook gives: each a count or a share of all, the
 * last for every batch that follows. What was begun is finished first; until a canary has shown something, the next is one.
 */
export function nextBatch(
  left: readonly string[],
  soFar: RolloutSoFar,
  sizes: readonly (number | `${number}%`)[],
): Batch | undefined {
  if (left.length === 0) return undefined;
  const of = Math.max(soFar.of, left.length);
  if (soFar.isProven) {
    const begun = new Set(soFar.begun);
    const again = left.filter((host) => begun.has(host));
    if (again.length > 0) return { number: soFar.batch, hosts: again, isCanary: false, of };
  }
  const number = soFar.isProven ? soFar.batch + 1 : 1;
  const size = sizeOf(sizes[Math.min(number, sizes.length) - 1] ?? '100%', of);
  return { number, hosts: left.slice(0, size), isCanary: number === 1 && size < of, of };
}

/** A rollout after a batch of it. */
export function afterBatch(
  soFar: RolloutSoFar,
  { number, hosts, of }: Pick<Batch, 'number' | 'hosts' | 'of'>,
  shown: 'something' | 'nothing',
): RolloutSoFar {
  return {
    batch: number,
    begun: [...soFar.begun, ...hosts],
    isProven: soFar.isProven || shown === 'something',
    of,
  };
}

/** A share is rounded down, and is never nothing. */
function sizeOf(size: number | `${number}%`, all: number): number {
  return typeof size === 'number'
    ? Math.max(1, size)
    : Math.max(1, Math.floor((all * Number(size.slice(0, -1))) / 100));
}
