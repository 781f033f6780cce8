import { matchesGlob } from '../model/glob.ts';
import type { HostReading } from '../plan/build-plan.ts';
import { usage } from './run.ts';

/** A `--container` that names nothing on any host is a mistake, and must not look like a clean result. */
export function requireContainers(globs: readonly string[], readings: readonly HostReading[]): void {
  const names = containerNames(globs);
  for (const { read } of readings)
    names.add(read instanceof Error ? undefined : read.snapshot.containers.map(({ name }) => name));
  names.requireAll();
}

/** The names that are found, host by host. */
export interface ContainerNames {
  /** Those of one host; undefined for one that was not read. */
  readonly add: (names: readonly string[] | undefined) => void;
  /** Throws where a glob names none of them. */
  readonly requireAll: () => void;
}

/** Gathers the names that `--container` is held against; nothing without one. */
export function containerNames(globs: readonly string[]): ContainerNames {
  const found = new Set<string>();
  let isIncomplete = false;
  return {
    add(names) {
      // Where a host was not read, the container may be on it; that the answer is incomplete is told already.
      if (names === undefined) isIncomplete = true;
      else if (globs.length > 0) for (const name of names) found.add(name);
    },
    requireAll() {
      if (isIncomplete) return;
      const names = [...found].toSorted();
      const unknown = globs.find((glob) => !names.some((name) => matchesGlob(glob, name)));
      if (unknown === undefined) return;
      const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
      throw usage(
        `no container matches ${JSON.stringify(unknown)}`,
        names.length === 0 ? 'the hosts have no container' : `there are ${shown}`,
      );
    },
  };
}
