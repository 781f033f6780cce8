import { isOfChannel } from '../model/blind-spots.ts';
import { STRENGTH } from '../model/evidence-strength.ts';
import type { Evidence } from '../model/evidence.ts';
import type { LearnedProfile, ProfiledCapability } from '../model/learned.ts';
import type { Observation } from '../model/observation.ts';
import type { Container } from '../model/snapshot.ts';
import type { CapabilityChoice } from './choose-capabilities.ts';
import { isOwnSetting } from './own-setting.ts';
import { profileKeyOf } from './profile-key.ts';
import { mergeTrials, trialLessons } from './trial-lessons.ts';

/** What was learned of a container, in a form that is about every container of its making. */
export function profileOf(
  container: Container,
  observation: Observation,
  choice: Extract<CapabilityChoice, { ok: true }>,
): LearnedProfile {
  const { decisions, basis, groups } = choice;
  return {
    key: profileKeyOf(container),
    mode: basis.mode,
    held: decisions.map(({ capability }) => capability),
    capabilities: decisions
      .map(({ capability, verdict, evidence, because, isTolerated = false }): ProfiledCapability => {
        const told = evidence === 'pinned' ? 'pinned where it was watched' : because;
        return { capability, verdict, class: evidence === 'none' ? 'silent' : evidence, because: told, isTolerated };
      })
      // What was kept because nothing was known is no knowledge.
      .filter((known) => known.class !== 'safe-set' && !isOwnSetting(known)),
    groups,
    proof: [
      {
        container: observation.id.slice(0, 12),
        at: observation.startedAt,
        seconds: observation.seconds,
        sawStart: observation.sawStart,
        ranBefore: observation.ranBefore ?? false,
        sawStop: observation.sawStop ?? false,
        lostEvents: observation.lostEvents,
        ...(observation.blindSpots.some(isOfChannel) ? { isBlind: true } : {}),
        ...(observation.wasStartedAgain === true ? { wasStartedAgain: true } : {}),
        gate: [],
      },
    ],
    trials: [],
  };
}

/**
 * Two profiles of one making as one: what either was seen to need is needed, and so is what the trials of both prove
 * together.
 */
export function mergeProfiles(one: LearnedProfile, other: LearnedProfile): LearnedProfile {
  const held = [...new Set([...one.held, ...other.held])].toSorted();
  const proof = [...one.proof, ...other.proof.filter((watch) => !one.proof.some((known) => isSameWatch(known, watch)))];
  const trials = mergeTrials(one.trials, other.trials);
  return {
    ...one,
    held,
    capabilities: withProven(
      held.flatMap((name) => strongerOf(find(one, name), find(other, name))),
      trialLessons(trials),
    ),
    groups: [
      ...one.groups,
      ...other.groups.filter(
        ({ allOrNone }) => !one.groups.some((known) => String(known.allOrNone) === String(allOrNone)),
      ),
    ],
    proof: proof
      .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.container < b.container ? -1 : 1))
      .slice(-MOST_WATCHES),
    trials,
  };
}

/** What is known of capabilities, with those that were proven to be needed. */
function withProven(known: readonly ProfiledCapability[], lessons: readonly Evidence[]): readonly ProfiledCapability[] {
  const required = lessons.filter(({ class: kind }) => kind === 'required');
  return [
    ...known.filter(({ capability }) => !required.some((lesson) => lesson.capability === capability)),
    ...required.map(
      ({ capability, class: kind, because }): ProfiledCapability => ({
        capability,
        verdict: 'keep',
        class: kind,
        because,
        isTolerated: false,
      }),
    ),
  ].toSorted((a, b) => (a.capability < b.capability ? -1 : 1));
}

/** A profile that grows from run to run stays one that can be read. */
const MOST_WATCHES = 200;

function isSameWatch(a: LearnedProfile['proof'][number], b: LearnedProfile['proof'][number]): boolean {
  return a.container === b.container && a.at === b.at;
}

function find({ capabilities }: LearnedProfile, name: string): ProfiledCapability | undefined {
  return capabilities.find(({ capability }) => capability === name);
}

/** What only one of them held, only one of them can tell of. */
function strongerOf(
  one: ProfiledCapability | undefined,
  other: ProfiledCapability | undefined,
): readonly ProfiledCapability[] {
  if (one === undefined || other === undefined) return [one ?? other ?? []].flat();
  const strongest = isStronger(other, one) ? other : one;
  return [
    {
      ...strongest,
      isTolerated: one.verdict === other.verdict ? one.isTolerated && other.isTolerated : strongest.isTolerated,
    },
  ];
}

function isStronger(a: ProfiledCapability, b: ProfiledCapability): boolean {
  if (a.verdict !== b.verdict) return a.verdict === 'keep';
  return STRENGTH.indexOf(a.class) < STRENGTH.indexOf(b.class);
}
