import { isOfChannel } from '../model/blind-spots.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Learned, ProfileTrial } from '../model/learned.ts';
import type { Observation } from '../model/observation.ts';
import type { Container } from '../model/snapshot.ts';
import { evidenceOfObservation, isWhole, timeText } from './evidence-of-observation.ts';
import { profilesOf } from './profiles-of.ts';

/** How much of a container's life was watched, and what that showed. */
export interface Watched {
  /** `run`: not its start, or with losses, so that silence proves nothing. */
  readonly extent: 'nothing' | 'run' | 'whole';
  /** Its stop was seen too. */
  readonly sawStop: boolean;
  /** The start that was seen was not its first, so that its volumes were as they are. */
  readonly sawRestart: boolean;
  /** A container of the same making was, and passed the gate with a restart. */
  readonly isProven: boolean;
  /** What keeps the evidence from being as good as it could be; empty where nothing does. */
  readonly flaws: readonly string[];
  /** What it rests on, in words. */
  readonly because: string;
  readonly evidence: readonly Evidence[];
  /** Programs that were started in it while it was watched from its start on; undefined where nobody wrote them down. */
  readonly programs: ReadonlySet<string> | undefined;
  /** The sets that containers of exactly its making were tried with. */
  readonly trials: readonly ProfileTrial[];
}

/** What observations of this very container and profiles of its making tell. */
export function watchedOf(container: Container, held: readonly string[], learned: Learned): Watched {
  const observations = learned.observations.filter(({ id }) => id === container.id);
  const whole = observations.filter(isWhole);
  const { exact, relaxed, notes } = profilesOf(container, held, learned.profiles);
  const profiles = exact.length > 0 ? exact : relaxed;
  const isNews = observations.length > 0 || profiles.some(({ isWatched }) => isWatched);
  const wholeProfiles = profiles.filter(({ isWhole: all }) => all);
  const seconds = (whole.length > 0 ? whole : observations).reduce((sum, one) => sum + one.seconds, 0);
  const evidence = [
    ...observations.flatMap((observation) => evidenceOfObservation(observation, held)),
    // What this very container was not seen to ask for, another of its making may have.
    ...profiles.flatMap(({ evidence: known }) =>
      whole.length > 0 ? known.filter(({ class: kind }) => kind !== 'silent') : known,
    ),
  ];
  const isBlind = whole.some(({ blindSpots }) => blindSpots.some(isOfChannel));
  const sawStop = whole.some((one) => one.sawStop === true) || wholeProfiles.some((profile) => profile.sawStop);
  const sawRestart =
    sawStop || whole.some((one) => one.ranBefore === true) || wholeProfiles.some((profile) => profile.ranBefore);
  const common = {
    sawStop,
    sawRestart,
    evidence,
    isProven: exact.some(({ isProven }) => isProven),
    programs: programsIn(observations),
    trials: exact.flatMap(({ trials }) => trials),
  };
  if (whole.length > 0) {
    return {
      ...common,
      extent: 'whole',
      flaws: flawsOf(isBlind, seconds),
      because: `watched for ${timeText(seconds)}, from its start on`,
    };
  }
  if (wholeProfiles.length > 0)
    return {
      ...common,
      extent: 'whole',
      flaws: [
        ...flawsOf(
          wholeProfiles.some((profile) => profile.isBlind),
          wholeProfiles.reduce((sum, profile) => sum + profile.seconds, 0),
        ),
        ...(exact.length > 0 ? [] : notes),
      ],
      because: 'a container of the same making was watched from its start on',
    };
  if (!isNews) return { ...common, extent: 'nothing', flaws: notes, because: 'it was not watched' };
  return {
    ...common,
    extent: 'run',
    flaws: [whyNotWhole(observations), ...notes].filter((text) => text !== ''),
    because:
      observations.length === 0 ? 'a container of the same making was watched' : `watched for ${timeText(seconds)}`,
  };
}

/** What was started at any time counts; that nothing else was, only where the whole was watched. */
function programsIn(observations: readonly Observation[]): ReadonlySet<string> | undefined {
  if (!observations.some((one) => isWhole(one) && one.programs !== undefined)) return undefined;
  return new Set(observations.flatMap(({ programs }) => programs ?? []));
}

function flawsOf(isBlind: boolean, seconds: number): readonly string[] {
  return [
    ...(isBlind ? ['one of the kernel’s channels could not be read while it was watched'] : []),
    ...(seconds < SHORT_SECONDS ? ['longer would have shown more'] : []),
  ];
}

/** Health checks and most jobs come around in this time. */
const SHORT_SECONDS = 60;

function whyNotWhole(observations: Learned['observations']): string {
  if (observations.length === 0) return '';
  const seen = observations.filter(({ sawStart }) => sawStart);
  if (seen.length === 0) return 'its start was not watched';
  if (seen.some(({ lostEvents }) => lostEvents > 0)) return 'the kernel lost some events while it was watched';
  return seen.some(({ wasStartedAgain }) => wasStartedAgain === true)
    ? 'it was started again by somebody else while it was watched'
    : 'hardly more than its start was watched';
}
