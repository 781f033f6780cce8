import { dirname, isAbsolute, join } from 'node:path';
import { listFolder } from '../load/folder.ts';
import { EnforceError } from '../model/errors.ts';
import type { Learned, LearnedProfile } from '../model/learned.ts';
import type { Observation } from '../model/observation.ts';
import type { Playbook } from '../model/playbook.ts';
import type { HostReading } from '../plan/build-plan.ts';

/** Where what was learned of containers before is found. */
export interface LearnedBefore {
  /** Those a playbook names, beside it, and those in the folder of runs. */
  readonly profiles: readonly LearnedProfile[];
  /** The folder of runs, in which `enforce observe` keeps what it saw. */
  readonly stateFolder: string;
}

/** Reads the profiles; the first that is wrong ends the command. */
export async function learnedBefore({ rules, source }: Playbook, stateFolder: string): Promise<LearnedBefore> {
  const { learned: named = [], learnedAt = [] } = rules['linux-capabilities'] ?? {};
  const beside = source === undefined ? '' : dirname(source);
  const kept = join(stateFolder, 'profiles');
  const files = [
    ...named.map((file, at) => ({ path: isAbsolute(file) ? file : join(beside, file), from: learnedAt[at] })),
    ...(await listFolder(kept, kept))
      .filter((name) => name.endsWith('.yml'))
      .map((name) => ({ path: join(kept, name) })),
  ];
  return { profiles: await readProfiles(files), stateFolder };
}

/** What was known when a plan was made: what its own changes teach is no reason to call the rest of it stale. */
export function knownAt(plannedAt: string, before: LearnedBefore): LearnedBefore {
  const profiles = before.profiles.flatMap((profile) => {
    const trials = profile.trials.filter(({ at }) => at <= plannedAt);
    return trials.length === 0 && profile.trials.length > 0 ? [] : [{ ...profile, trials }];
  });
  return { ...before, profiles };
}

/** What was learned of the containers that were read, each by its id on its own engine. */
export async function learnedOf(
  readings: readonly Pick<HostReading, 'read'>[],
  { profiles, stateFolder }: LearnedBefore,
): Promise<Learned> {
  const wanted = readings.flatMap(({ read }) => {
    if (read instanceof Error) return [];
    const found = new Set(read.findings.map(({ containerId }) => containerId));
    return read.snapshot.containers
      .filter(({ id }) => found.has(id))
      .map(({ id }) => [read.snapshot.engine.id, id] as const);
  });
  const observations: Observation[] = [];
  if (wanted.length > 0) {
    const { readObservations } = await import('../load/observation-file.ts');
    for (const [engine, id] of wanted) observations.push(...(await readObservations(stateFolder, engine, id)));
  }
  return { observations, profiles };
}

// What reads and checks a file is loaded only where there is a file: it takes longer than reaching a host.
async function readProfiles(files: readonly NamedFile[]): Promise<readonly LearnedProfile[]> {
  if (files.length === 0) return [];
  const { loadProfile } = await import('../load/learned-profile.ts');
  return await Promise.all(
    files.map(async ({ path, from }) => {
      try {
        return await loadProfile(path);
      } catch (error) {
        if (from === undefined || !(error instanceof EnforceError)) throw error;
        throw new EnforceError(error.code, `${error.message} (learned in ${from})`, {
          cause: error,
          ...(error.hint === undefined ? {} : { hint: error.hint }),
        });
      }
    }),
  );
}

interface NamedFile {
  readonly path: string;
  /** Where the playbook names it; absent where it does not. */
  readonly from?: string | undefined;
}
