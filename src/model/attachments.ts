import type { Known } from './machine.ts';

/** What an engine knows of a network. */
export interface NetworkFacts {
  readonly name: string;
  /** null when no network goes by that name, or more than one. */
  readonly id: string | null;
  readonly driver: string;
  /** `local`, `swarm`, `global`. */
  readonly scope: string;
}

/** A path outside the container that it cannot start without. */
export interface HostPath {
  readonly path: string;
  readonly exists: Known<boolean>;
}
