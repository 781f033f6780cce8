import { loadCatalogue } from '../load/catalogue.ts';
import { DEFAULT_PLAYBOOK } from '../load/default-playbook.ts';
import { kindAt } from '../load/folder.ts';
import { loadProfile } from '../load/learned-profile.ts';
import { readObservations } from '../load/observation-file.ts';
import type { LearnedProfile, ProfileKey } from '../model/learned.ts';
import type { Observation } from '../model/observation.ts';
import type { Blocked } from '../model/plan.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import type { CapabilitySources } from '../plan/choose-capabilities.ts';
import { chooseCapabilities } from '../plan/choose-capabilities.ts';
import { mergeProfiles, profileOf } from '../plan/profile-of.ts';
import { profileKeyOf } from '../plan/profile-key.ts';
import { isSameMaking } from '../plan/profiles-of.ts';
import { profileText } from '../report/profile-document.ts';
import { boundedReader } from '../scan/bounded-reader.ts';
import { takeSnapshot } from '../scan/take-snapshot.ts';
import type { HostSession } from './host-session.ts';
import { inDetail } from './read-host.ts';
import { usage } from './run.ts';
import { openSavedFile, saveFile } from './save-file.ts';
import type { World } from './world.ts';

/** The profile that a file holds; undefined where there is no such file. */
export async function profileIn(file: string): Promise<LearnedProfile | undefined> {
  return (await kindAt(file, file)) === 'absent' ? undefined : await loadProfile(file);
}

/** Keeps what was learned of containers of one making as one profile; what the file knows already stays in it. */
export async function saveProfiles(file: string, learned: readonly LearnedProfile[]): Promise<void> {
  let profile = await profileIn(file);
  for (const one of learned) {
    if (profile !== undefined && !isSameMaking(profile.key, one.key))
      throw usage(
        `${file} is about ${profile.key.repository}, made another way than what was watched`,
        'give each making a file of its own',
      );
    profile = profile === undefined ? one : mergeProfiles(profile, one);
  }
  if (profile !== undefined) saveFile(file, profileText(profile));
}

/** Refuses a file that could not be written, or would be about containers of several makings, before anything is watched. */
export async function requireSavable(
  file: string,
  hosts: readonly { readonly session: HostSession; readonly containers: readonly { readonly id: string }[] }[],
  world: World,
): Promise<void> {
  const known = await profileIn(file);
  openSavedFile(file).discard();
  const keys: ProfileKey[] = known ? [known.key] : [];
  for (const { session, containers } of hosts.filter((host) => host.containers.length > 0)) {
    const ids = new Set(containers.map(({ id }) => id));
    const { containers: all } = await detailsOf(containers, session, world);
    // Of one that does not run, too little can be read yet.
    keys.push(...all.filter(({ id, inspect }) => ids.has(id) && inspect.State.Running).map(profileKeyOf));
  }
  requireOneMaking(file, keys);
}

/** A profile is about containers of one making. */
export function requireOneMaking(file: string, keys: readonly ProfileKey[]): void {
  const [first] = keys;
  if (first === undefined || keys.every((key) => isSameMaking(first, key))) return;
  throw usage(
    `${file} is about ${first.repository}, made another way than what was watched`,
    'give each making a file of its own',
  );
}

async function detailsOf(
  containers: readonly { readonly id: string }[],
  session: HostSession,
  world: World,
): Promise<Snapshot> {
  const [connection, engine] = await Promise.all([session.connection(), session.engine()]);
  const now = world.now().toISOString();
  return await inDetail(
    await takeSnapshot(boundedReader(engine, world.clock.now), connection, { now }),
    new Set(containers.map(({ id }) => id)),
    session,
    world,
  );
}

/** What observations of one host's containers come to, with all that this machine knows of them from before, as profiles. */
export async function profilesLearned(
  observations: readonly Observation[],
  session: HostSession,
  stateFolder: string,
  world: World,
): Promise<readonly LearnedProfile[]> {
  const settings = DEFAULT_PLAYBOOK.rules['linux-capabilities'];
  if (!settings || observations.length === 0) return [];
  const now = world.now().toISOString();
  const snapshot = await detailsOf(observations, session, world);
  const catalogue = await loadCatalogue();
  const sources = { engine: snapshot.engine, settings, catalogue, accepted: new Map(), day: now.slice(0, 10) };
  const profiles: LearnedProfile[] = [];
  for (const observation of observations) {
    const container = snapshot.containers.find(({ id }) => id === observation.id);
    if (!container) continue;
    const before = await readObservations(stateFolder, snapshot.engine.id, container.id);
    const all = [...before.filter(({ startedAt }) => startedAt !== observation.startedAt), observation];
    const learned = profilesOfWatches(container, all, sources);
    if ('because' in learned) throw usage(`nothing can be kept of ${container.name}: ${learned.because}`, learned.hint);
    profiles.push(...learned);
  }
  return profiles;
}

/** What all watches of a container come to, as a profile of each; or why nothing can be said of it. */
export function profilesOfWatches(
  container: Container,
  observations: readonly Observation[],
  sources: Omit<CapabilitySources, 'learned'>,
): readonly LearnedProfile[] | Blocked {
  const choice = chooseCapabilities(container, { ...sources, learned: { observations, profiles: [] } });
  return choice.ok ? observations.map((observation) => profileOf(container, observation, choice)) : choice;
}
