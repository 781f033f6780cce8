import type { Learned } from '../../src/model/learned.ts';
import type { CapabilityUse, Observation } from '../../src/model/observation.ts';
import type { CapabilityDecision } from '../../src/model/plan.ts';
import type { CapabilitySettings } from '../../src/model/playbook.ts';
import type { RuntimeFacts } from '../../src/model/runtime.ts';
import type { Container } from '../../src/model/snapshot.ts';
import type { CapabilityChoice } from '../../src/plan/choose-capabilities.ts';
import { chooseCapabilities } from '../../src/plan/choose-capabilities.ts';
import { anObservation } from './an-observation.ts';
import { someCapabilitySettings } from './a-playbook.ts';
import type { Deviations } from './containers.ts';
import { container, idOf } from './containers.ts';
import { seen, sourcesOf } from './planned.ts';

/** Ten minutes of a container that was restarted for it, in which it asked for nothing. */
export function aWatch(different: Partial<Observation> = {}): Observation {
  return anObservation({
    container: 'web',
    id: idOf('web'),
    ranBefore: true,
    sawStop: true,
    lostEvents: 0,
    blindSpots: [],
    uses: [],
    refusals: [],
    declared: [],
    refusedPrograms: [],
    refusedChroots: [],
    ...different,
  });
}

/** A use of a capability at start, by gosu where nothing else is said. */
export function aUse(capability: string, different: Partial<CapabilityUse> = {}): CapabilityUse {
  return { capability, phase: 'start', program: 'gosu', call: null, times: 1, ...different };
}

/** A container of an image that no catalogue knows, with the engine's default set. */
export function anUnknown(deviations: Deviations = {}, runtime?: RuntimeFacts): Container {
  return container('web', {
    ...deviations,
    Config: { Image: 'acme/shop:3', ...deviations.Config },
    HostConfig: { CapDrop: null, ...deviations.HostConfig },
    ...(runtime === undefined ? {} : { details: seen({ runtime }) }),
  });
}

/** What is chosen for a container after it was watched. */
export function chosen(
  given: Container,
  learned: Partial<Learned> = {},
  settings: Partial<CapabilitySettings> = {},
): Extract<CapabilityChoice, { ok: true }> {
  const choice = choiceOf(given, learned, settings);
  if (!choice.ok) throw new Error(choice.because);
  return choice;
}

/** The same, whether it comes to a choice or not. */
export function choiceOf(
  given: Container,
  learned: Partial<Learned> = {},
  settings: Partial<CapabilitySettings> = {},
): CapabilityChoice {
  return chooseCapabilities(given, {
    ...sourcesOf(someCapabilitySettings(settings)),
    learned: { observations: [], profiles: [], ...learned },
  });
}

/** Names that are kept. */
export function keptIn({ decisions }: { readonly decisions: readonly CapabilityDecision[] }): readonly string[] {
  return decisions.filter(({ verdict }) => verdict === 'keep').map(({ capability }) => capability);
}

/** What is said of one capability. */
export function decisionOn(
  name: string,
  { decisions }: { readonly decisions: readonly CapabilityDecision[] },
): CapabilityDecision | undefined {
  return decisions.find(({ capability }) => capability === name);
}
