import type { LockHolder } from '../../src/apply/tools.ts';

let started = 0;

/** A process on a machine where every other one has ended. */
export function aProcess(): Pick<LockHolder, 'process' | 'isGone'> {
  const process = `boot pid:[1] ${++started} 1`;
  return { process, isGone: (other) => other !== process };
}
