import type { Assessment } from './assess.ts';
import type { HostReading } from './build-plan.ts';
import { entryFor } from '../model/profile.ts';

/**
 * What the playbook says of the capabilities of containers that nobody has: a name that is mistyped would let pass what
 * it was to forbid. Nothing is told where not every host and container was looked at.
 */
export function unmatchedEntries(readings: readonly HostReading[], assessment: Assessment): readonly string[] {
  const { playbook, containers, only, hosts = 'some' } = assessment;
  const isNarrowed = containers.length > 0 || hosts === 'some' || (only.length > 0 && !only.includes(RULE));
  if (isNarrowed) return [];
  const read = readings.flatMap((reading) => (reading.read instanceof Error ? [] : [reading.read.snapshot.containers]));
  if (read.length === 0 || read.length < readings.length) return [];
  const present = read.flat();
  return (playbook.rules[RULE]?.containers ?? [])
    .filter((entry) => !present.some((container) => entryFor(container, { containers: [entry] })))
    .map(({ source, match }) => {
      const globs = Object.entries(match).map(([what, glob]) => `${what} ${JSON.stringify(glob)}`);
      return `${source}: what is said of the capabilities of ${globs.join(' with ')} matches no container that was read`;
    });
}

const RULE = 'linux-capabilities';
