import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { CapabilityUse, Observation } from '../model/observation.ts';
import { readDocument } from './document.ts';
import type { DocumentKind } from './document.ts';
import { isAbsence } from './system-error.ts';
import { EnforceError } from '../model/errors.ts';
import { readTextFile } from './text-file.ts';

/** What was seen of one container of one engine. */
export interface SavedObservations {
  readonly host: string;
  readonly engineId: string;
  /** Newest last. */
  readonly observations: readonly Observation[];
}

/** The folder of an engine's observations; its id may be any text, and none of it becomes a path. */
export function observationFolder(stateFolder: string, engineId: string): string {
  return join(stateFolder, 'observations', createHash('sha256').update(engineId).digest('hex').slice(0, 32));
}

/** What was seen of a container so far, newest last; nothing where it was never observed. */
export async function readObservations(
  stateFolder: string,
  engineId: string,
  containerId: string,
): Promise<readonly Observation[]> {
  if (!/^[0-9a-f]{12,64}$/.test(containerId)) return [];
  const path = join(observationFolder(stateFolder, engineId), `${containerId}.json`);
  try {
    const { text } = await readTextFile(path, 'bad-observation');
    const saved = parseObservations(text, path);
    // A file that was copied there speaks of another container.
    return saved.engineId === engineId ? saved.observations.filter(({ id }) => id === containerId) : [];
  } catch (error) {
    if (error instanceof EnforceError && isAbsence(error.cause)) return [];
    throw error;
  }
}

/** Reads such a file; whatever is wrong with it is one error. */
export function parseObservations(text: string, fileName: string): SavedObservations {
  return readDocument(text, fileName, OBSERVATIONS, savedShape());
}

const OBSERVATIONS: DocumentKind = {
  noun: 'list of observations that enforce wrote',
  code: 'bad-observation',
  hint: 'remove it, and observe the container anew with `enforce observe`',
  maximumMebibytes: 1,
};

const capability = z.string().regex(/^[A-Z][A-Z0-9_]{2,40}$/, { error: 'the name of a capability' });
const name = z.string().max(200);
const count = z.int().min(0);

function savedShape() {
  return z
    .object({ host: z.string(), engine_id: z.string(), observations: z.array(observationShape()) })
    .transform(({ host, engine_id, observations }): SavedObservations => ({ host, engineId: engine_id, observations }));
}

function observationShape() {
  return z
    .object({
      container: z.string(),
      id: z.string(),
      started_at: z.iso.datetime({ error: 'a UTC time like 2026-11-22T21:09:11Z' }),
      seconds: count,
      saw_start: z.boolean(),
      ran_before: z.boolean().exactOptional(),
      saw_stop: z.boolean().exactOptional(),
      started_again: z.boolean().exactOptional(),
      probe: z.enum(['tracepoint', 'kprobe'] satisfies Observation['probe'][]),
      lost_events: count,
      blind_spots: z.array(z.string()),
      uses: z.array(useShape()),
      refusals: z.array(useShape()),
      declared: z.array(z.object({ capability, program: name })),
      programs: z.array(name).exactOptional(),
      refused_programs: z.array(name),
      refused_chroots: z.array(name),
    })
    .transform(
      ({
        started_at,
        saw_start,
        ran_before,
        saw_stop,
        started_again,
        lost_events,
        blind_spots,
        refused_programs,
        refused_chroots,
        ...rest
      }): Observation => ({
        ...rest,
        startedAt: started_at,
        sawStart: saw_start,
        ...(ran_before === undefined ? {} : { ranBefore: ran_before }),
        ...(saw_stop === undefined ? {} : { sawStop: saw_stop }),
        ...(started_again === undefined ? {} : { wasStartedAgain: started_again }),
        lostEvents: lost_events,
        blindSpots: blind_spots,
        refusedPrograms: refused_programs,
        refusedChroots: refused_chroots,
      }),
    );
}

function useShape() {
  return z.object({
    capability,
    phase: z.enum(['start', 'run'] satisfies CapabilityUse['phase'][]),
    program: name,
    call: name.nullable(),
    times: count,
  });
}
