import { normalizeCapability } from './capabilities.ts';
import type { CapabilitySettings, ContainerCapabilities } from './playbook.ts';
import { entryFor, holdsOn } from './profile.ts';
import type { Container } from './snapshot.ts';

/** In what a container is not as a person says it shall be. */
export interface Objections {
  /** What it holds and shall not. */
  readonly excess: readonly string[];
  /** What it shall hold and does not. */
  readonly lacking: readonly string[];
  /** One for each thing a person says; none where it is as they say. */
  readonly because: readonly string[];
}

/** Holds what a container has against the playbook's word on it, on a day: pin, floor, never and ceiling. */
export function objectionsOf(
  held: readonly string[],
  container: Container,
  settings: CapabilitySettings,
  day: string,
): Objections {
  const entry = entryFor(container, settings);
  if (entry === undefined || !holdsOn(entry, day)) return { excess: [], lacking: [], because: [] };
  const objections = wordsOf(entry).map(({ says, kept, allowed, forbidden }) => ({
    says,
    lacking: kept.map(normalizeCapability).filter((name) => !held.includes(name)),
    excess: held.filter((name) => forbidden.includes(name) || (allowed !== undefined && !allowed.includes(name))),
  }));
  return {
    excess: [...new Set(objections.flatMap(({ excess }) => excess))].toSorted(),
    lacking: [...new Set(objections.flatMap(({ lacking }) => lacking))].toSorted(),
    because: objections.flatMap(({ says, lacking, excess }) => [
      ...(excess.length > 0 ? [`holds ${excess.join(', ')} against ${says} (${entry.source})`] : []),
      ...(lacking.length > 0 ? [`lacks ${lacking.join(', ')} of ${says} (${entry.source})`] : []),
    ]),
  };
}

interface Word {
  readonly says: string;
  readonly kept: readonly string[];
  /** Undefined: no limit. */
  readonly allowed?: readonly string[];
  readonly forbidden: readonly string[];
}

function wordsOf({ mode, add, floor, never, ceiling }: ContainerCapabilities): readonly Word[] {
  const names = (list: readonly string[]): readonly string[] => list.map(normalizeCapability);
  return [
    ...(mode === 'pin'
      ? [{ says: 'its pin', kept: names(add), allowed: names([...add, ...floor]), forbidden: [] }]
      : []),
    { says: 'its floor', kept: names(floor), forbidden: [] },
    { says: 'never', kept: [], forbidden: names(never) },
    ...(ceiling === undefined ? [] : [{ says: 'its ceiling', kept: [], allowed: names(ceiling), forbidden: [] }]),
  ];
}
