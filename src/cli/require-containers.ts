import { matchesGlob } from '../model/glob.ts';
import type { HostReading } from '../plan/build-plan.ts';
import { usage } from './run.ts';

/** A `--container` that names nothing on any host is a mistake, and must not look like a clean result. */
export function requireContainers(globs: readonly string[], readings: readonly HostReading[]): void {
  const read = readings.flatMap((reading) => (reading.read instanceof Error ? [] : [reading.read.snapshot]));
  // Where a host was not read, the container may be on it; that the answer is incomplete is told already.
  if (read.length < readings.length) return;
  const names = [...new Set(read.flatMap(({ containers }) => containers.map(({ name }) => name)))].toSorted();
  const unknown = globs.find((glob) => !names.some((name) => matchesGlob(glob, name)));
  if (unknown === undefined) return;
  const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
  throw usage(
    `no container matches ${JSON.stringify(unknown)}`,
    names.length === 0 ? 'the hosts have no container' : `there are ${shown}`,
  );
}
