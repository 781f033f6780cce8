import type { LearnedProfile, ProfiledCapability, ProfileTrial } from '../model/learned.ts';
import type { CapabilityBasis, CapabilityDecision } from '../model/plan.ts';
import type { Container } from '../model/snapshot.ts';
import { mergeProfiles } from './profile-of.ts';
import { isOwnSetting } from './own-setting.ts';
import { profileKeyOf } from './profile-key.ts';

/** What the gate told of the sets that one container was tried with, in a form that is about every one of its making. */
export function profileOfTrials(
  container: Container,
  { decisions, mode }: { readonly decisions: readonly CapabilityDecision[]; readonly mode: CapabilityBasis['mode'] },
  trials: readonly ProfileTrial[],
): LearnedProfile {
  const passed = trials.findLast(({ result }) => result === 'passed');
  const profile: LearnedProfile = {
    key: profileKeyOf(container),
    mode,
    held: decisions.map(({ capability }) => capability),
    capabilities: decisions.flatMap((decision) => knownBy(decision, passed)),
    groups: [],
    proof: [],
    trials: [],
  };
  return mergeProfiles({ ...profile, trials }, profile);
}

/** A set that passed says something of what is not in it; one that failed says nothing of what is. */
function knownBy(
  { capability, verdict, evidence, because, isTolerated = false }: CapabilityDecision,
  passed: ProfileTrial | undefined,
): readonly ProfiledCapability[] {
  if (verdict === 'keep') {
    // Somebody's word for these containers here, and of no other; what they wrote beside it is nobody else's business.
    if (evidence === 'pinned')
      return [
        { capability, verdict, class: 'safe-set', because: 'it was pinned where it was tried', isTolerated: false },
      ];
    const isKnown = evidence !== 'none' && !isOwnSetting({ class: evidence, because });
    return [{ capability, verdict, class: isKnown ? evidence : 'safe-set', because, isTolerated }];
  }
  if (passed === undefined) return [];
  if (passed.set.includes(capability))
    return [
      { capability, verdict: 'keep', class: 'safe-set', because: 'it passed its gate with it', isTolerated: false },
    ];
  return [
    {
      capability,
      verdict,
      class: 'silent',
      because: 'a container of the same making passed its gate without it',
      isTolerated: false,
    },
  ];
}
