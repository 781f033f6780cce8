import type { JsonObject } from '../model/json.ts';
import type { CapabilityUse, Observation } from '../model/observation.ts';
import { documentHead } from './document.ts';

/** What was seen on one host, or why nothing was. */
export interface ObservedHost {
  readonly host: string;
  readonly observations: readonly Observation[];
}

/** The machine output of `enforce observe`. */
export function observationsDocument(
  hosts: readonly ObservedHost[],
  unread: readonly { readonly host: string; readonly because: string }[],
  generatedAt: string,
): JsonObject {
  return {
    ...documentHead(generatedAt, unread.length),
    observations: hosts.flatMap(({ host, observations }) =>
      observations.map((observation) => ({ host, ...observationObject(observation) })),
    ),
    not_observed: unread.map(({ host, because }) => ({ host, because })),
  };
}

/** The file in which the observations of one container are kept, newest last. */
export function observationFile(
  host: string,
  engineId: string,
  observations: readonly Observation[],
  generatedAt: string,
): JsonObject {
  return {
    ...documentHead(generatedAt, 0),
    host,
    engine_id: engineId,
    observations: observations.map(observationObject),
  };
}

function observationObject(observation: Observation): JsonObject {
  return {
    container: observation.container,
    id: observation.id,
    started_at: observation.startedAt,
    seconds: observation.seconds,
    saw_start: observation.sawStart,
    ...(observation.ranBefore === undefined ? {} : { ran_before: observation.ranBefore }),
    ...(observation.sawStop === undefined ? {} : { saw_stop: observation.sawStop }),
    ...(observation.wasStartedAgain === undefined ? {} : { started_again: observation.wasStartedAgain }),
    probe: observation.probe,
    lost_events: observation.lostEvents,
    blind_spots: observation.blindSpots,
    uses: observation.uses.map(useObject),
    refusals: observation.refusals.map(useObject),
    declared: observation.declared.map(({ capability, program }) => ({ capability, program })),
    ...(observation.programs === undefined ? {} : { programs: observation.programs }),
    refused_programs: observation.refusedPrograms,
    refused_chroots: observation.refusedChroots,
  };
}

function useObject({ capability, phase, program, call, times }: CapabilityUse): JsonObject {
  return { capability, phase, program, call, times };
}
