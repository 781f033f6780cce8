import type { Evidence } from '../model/evidence.ts';
import { whyAdvisory } from '../model/advisory-use.ts';
import type { CapabilityUse, Observation } from '../model/observation.ts';

/**
 * What watching a container showed: what it used is a reason to keep, what it asked for in vain and what it never asked
 * for are reasons to drop. Silence counts only where its start was seen and no event was lost.
 */
export function evidenceOfObservation(observation: Observation, held: readonly string[]): readonly Evidence[] {
  const shown = [
    ...byTimes(observation.uses).map(usedFor),
    ...declaredFor(observation, held),
    ...byTimes(observation.refusals).map(refusedFor),
    ...observation.refusedChroots.map(
      (program): Evidence => ({
        capability: 'SYS_CHROOT',
        class: 'refuted',
        because: `${program} asked for it and is refused it today`,
      }),
    ),
  ];
  if (!isWhole(observation)) return shown;
  const silent = held.filter((name) => !shown.some(({ capability }) => capability === name));
  return [
    ...shown,
    ...silent.map((capability): Evidence => ({ capability, class: 'silent', because: NEVER(observation) })),
  ];
}

/** Whether what it did not show did not happen: its start and some time after it were seen, and nothing of it was lost. */
export function isWhole({
  sawStart,
  lostEvents,
  seconds,
  wasStartedAgain = false,
}: Pick<Observation, 'sawStart' | 'lostEvents' | 'seconds' | 'wasStartedAgain'>): boolean {
  return sawStart && lostEvents === 0 && seconds >= LEAST_SECONDS && !wasStartedAgain;
}

/** A container that was hardly started has not shown yet what it needs. */
const LEAST_SECONDS = 1;

/** How long it was watched, in words. */
export function timeText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

const NEVER = ({ seconds }: Observation): string =>
  `never asked for, from its start on, while watched for ${timeText(seconds)}`;

function byTimes(uses: readonly CapabilityUse[]): readonly CapabilityUse[] {
  return uses.toSorted(
    (a, b) => b.times - a.times || (a.program < b.program ? -1 : 1) || ((a.call ?? '') < (b.call ?? '') ? -1 : 1),
  );
}

function usedFor(use: CapabilityUse): Evidence {
  const { capability, phase, program, call } = use;
  const advisory = whyAdvisory(use);
  if (advisory !== undefined) return { capability, class: 'advisory', because: `${program} asked for it, ${advisory}` };
  const did = call === null ? 'used it' : `called ${call} with it`;
  return phase === 'start'
    ? { capability, class: 'used-at-start', because: `${program} ${did} at start` }
    : { capability, class: 'used', because: `${program} ${did}` };
}

function refusedFor({ capability, program }: CapabilityUse): Evidence {
  return { capability, class: 'refuted', because: `${program} asked for it and is refused it today` };
}

/** A program that gives itself all it could have says nothing of what it needs. */
function declaredFor({ declared }: Observation, held: readonly string[]): readonly Evidence[] {
  const programs = [...new Set(declared.map(({ program }) => program))].toSorted();
  return programs.flatMap((program) => {
    const names = declared.filter((one) => one.program === program).map(({ capability }) => capability);
    if (held.length > 1 && held.every((name) => names.includes(name))) return [];
    return names.map(
      (capability): Evidence => ({
        capability,
        class: 'declared',
        because: `${program} gives itself this capability by name, and may end without it`,
      }),
    );
  });
}
