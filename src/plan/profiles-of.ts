import type { Evidence } from '../model/evidence.ts';
import type { LearnedProfile, ProfileKey, ProfileTrial } from '../model/learned.ts';
import type { Container } from '../model/snapshot.ts';
import { isWhole } from './evidence-of-observation.ts';
import { isOwnSetting } from './own-setting.ts';
import { profileKeyOf } from './profile-key.ts';
import { baseName } from '../model/base-name.ts';

/** A profile as evidence about a container. */
export interface MatchingProfile {
  readonly evidence: readonly Evidence[];
  /** It was learned from a start on, without losses, of a container that held no less. */
  readonly isWhole: boolean;
  /** For how long the watches took of which that holds. */
  readonly seconds: number;
  /** One of these could not read all of the kernel's channels. */
  readonly isBlind: boolean;
  readonly sawStop: boolean;
  readonly ranBefore: boolean;
  readonly isProven: boolean;
  /** Something of the making was watched; else it is known from the gate alone. */
  readonly isWatched: boolean;
  readonly trials: readonly ProfileTrial[];
}

/** The profiles that are about a container: those of exactly its making, and those of an image a little older or newer. */
export function profilesOf(
  container: Container,
  held: readonly string[],
  profiles: readonly LearnedProfile[],
): {
  readonly exact: readonly MatchingProfile[];
  readonly relaxed: readonly MatchingProfile[];
  /** Why a profile of its image is not used, or not fully trusted. */
  readonly notes: readonly string[];
} {
  const own = profileKeyOf(container);
  const matches = profiles
    .filter(({ key }) => key.repository === own.repository)
    .map((profile) => ({ profile, differs: differences(profile.key, own) }));
  const usable = matches.filter(({ differs }) => differs.invalid.length === 0);
  const exact = usable.filter(({ differs }) => differs.relaxed.length === 0);
  const relaxed = usable.filter(({ differs }) => differs.relaxed.length > 0);
  // What gates said of other makings is kept for those, and nobody gave it for this one.
  const others = matches.filter(({ profile }) => profile.trials.length === 0);
  const told = exact.length > 0 ? [] : usable.length > 0 ? relaxed : others;
  return {
    exact: exact.map(({ profile }) => asEvidence(profile, held)),
    relaxed: relaxed.map(({ profile }) => asEvidence(profile, held)),
    notes: told.map(({ profile, differs }) => {
      const what = nameOf(profile);
      return differs.invalid.length > 0
        ? `${what} is not used: it was learned with ${differs.invalid.join(', ')}`
        : `${what} was learned with ${differs.relaxed.join(', ')}`;
    }),
  };
}

/** Whether what was learned of one holds for the other without any doubt. */
export function isSameMaking(one: ProfileKey, other: ProfileKey): boolean {
  const { invalid, relaxed } = differences(one, other);
  return invalid.length === 0 && relaxed.length === 0;
}

/** In what a profile's container was made otherwise; `invalid` makes it a profile of something else. */
function differences(
  key: ProfileKey,
  own: ProfileKey,
): { readonly invalid: readonly string[]; readonly relaxed: readonly string[] } {
  const isSameImage = key.imageId === own.imageId;
  const startDiffers =
    key.startDigest !== own.startDigest && (key.startDigest !== null && own.startDigest !== null ? true : !isSameImage);
  return {
    invalid: [
      ...(!isSameImage && majorOf(key.tag) !== majorOf(own.tag) ? ['another version of the image'] : []),
      ...(startDiffers && key.startDigest !== null && own.startDigest !== null ? ['another start script'] : []),
      ...(key.user === own.user ? [] : [`the user ${JSON.stringify(key.user)}`]),
      ...(key.entrypoint === own.entrypoint ? [] : ['another entrypoint']),
      ...(key.command === own.command ? [] : ['another command']),
      ...(key.network === own.network ? [] : [`the network ${key.network}`]),
      ...(key.hasNoNewPrivileges === own.hasNoNewPrivileges ? [] : ['another setting of no-new-privileges']),
      ...(isSameList(key.folders.map(folderText), own.folders.map(folderText)) ? [] : ['volumes in another state']),
    ],
    relaxed: [
      ...(isSameImage ? [] : ['another build of the image']),
      ...(startDiffers && (key.startDigest === null || own.startDigest === null)
        ? ['a start script that could not be compared']
        : []),
    ],
  };
}

/** `16.4-bookworm` → `16`; a tag that begins with no number stands for itself. */
function majorOf(tag: string): string {
  return /^v?\d+/.exec(tag)?.[0] ?? tag;
}

function folderText({ path, kind, ownerId, mode, state }: ProfileKey['folders'][number]): string {
  return JSON.stringify([path, kind, ownerId, mode, state]);
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}

/** The name of its file, without the folders of this machine. */
function nameOf({ source, key }: LearnedProfile): string {
  return source === undefined ? `the profile of ${key.repository}` : baseName(source);
}

function asEvidence(profile: LearnedProfile, held: readonly string[]): MatchingProfile {
  const { capabilities, groups, proof, trials } = profile;
  const whole = proof.filter(isWhole);
  return {
    evidence: capabilities
      // What was kept because nothing was known is no knowledge.
      .filter((known) => known.class !== 'safe-set' && !isOwnSetting(known))
      .map(({ capability, class: kind, because, isTolerated }) => {
        const group = groups.find(({ allOrNone }) => allOrNone.includes(capability));
        return {
          capability,
          // Pinned where it was learned: nobody pinned it here.
          class: kind === 'pinned' ? 'configuration' : kind,
          because: `${because} (${nameOf(profile)})`,
          ...(isTolerated ? { isTolerated } : {}),
          ...(group ? { allOrNone: group.allOrNone } : {}),
        };
      }),
    isWhole: whole.length > 0 && held.every((name) => profile.held.includes(name)),
    seconds: whole.reduce((sum, one) => sum + one.seconds, 0),
    isBlind: whole.some(({ isBlind = false }) => isBlind),
    sawStop: whole.some(({ sawStop }) => sawStop),
    ranBefore: whole.some(({ ranBefore }) => ranBefore),
    isProven: proof.some(({ gate }) => gate.includes('G8')),
    isWatched: proof.length > 0,
    trials,
  };
}
