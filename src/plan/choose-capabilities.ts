import { effectiveCapabilities } from '../model/capabilities.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { CapabilityDecision, Edit } from '../model/plan.ts';
import type { CapabilitySettings } from '../model/playbook.ts';
import { profileFor } from '../model/profile.ts';
import type { Container, EngineFacts } from '../model/snapshot.ts';
import { catalogued } from './catalogued.ts';
import { configurationNeeds, isNonRoot } from './configuration-needs.ts';
import { safeSet, whyNotSafe } from './safe-set.ts';

/** The capabilities a container keeps, each with its reason, or why that cannot be told. */
export type CapabilityChoice =
  | {
      readonly ok: true;
      readonly edits: readonly Edit[];
      readonly decisions: readonly CapabilityDecision[];
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly because: string; readonly hint: string };

/** A reason to keep a capability. */
export type Need = Pick<CapabilityDecision, 'evidence' | 'because'>;

/** Reasons to keep capabilities, by name. */
export type Needs = ReadonlyMap<string, Need>;

/**
 * Decides by the strongest evidence there is: a pinned profile, else the catalogue, else what the configuration tells,
 * else the safe set. What an exception accepts stays. Nothing is ever added that the container does not hold today, so no
 * answer can widen its power.
 */
export function chooseCapabilities(
  container: Container,
  engine: EngineFacts,
  settings: CapabilitySettings,
  catalogue: Catalogue,
  accepted: ReadonlyMap<string, string> = new Map(),
): CapabilityChoice {
  const { HostConfig } = container.inspect;
  const today = effectiveCapabilities(HostConfig);
  if (today.privileged) {
    return {
      ok: false,
      because:
        'it is privileged: beside every capability that lifts seccomp, device and path limits, which a list of capabilities cannot replace',
      hint: 'recreate it by hand without --privileged, or write an exception',
    };
  }
  const excepted: Needs = new Map([...accepted].map(([name, because]) => [name, { evidence: 'pinned', because }]));
  const profile = profileFor(container, settings);
  if (profile) return pinned(container, profile.match, profile.keep, today.names, excepted);
  if (settings.add === 'profiles') {
    return {
      ok: false,
      because: 'the playbook keeps only what profiles pin, and none matches',
      hint: `add a profile for ${JSON.stringify(container.inspect.Config.Image)} under rules.linux-capabilities.profiles`,
    };
  }
  const asked = explicitlyAdded(container, today.names).filter((name) => !accepted.has(name));
  if (asked.length > 0) {
    return {
      ok: false,
      because: `it was given ${asked.join(', ')} on purpose, and whether it needs them cannot be told`,
      hint: `pin what it needs under rules.linux-capabilities.profiles, as "container:${container.name}": [${asked.join(', ')}]`,
    };
  }
  const [needs, whyDropped, warnings] = needsOf(container, engine, catalogue);
  return decide(container, today.names, new Map([...needs, ...excepted]), whyDropped, warnings);
}

function pinned(
  container: Container,
  match: string,
  keep: readonly string[],
  today: readonly string[],
  excepted: Needs,
): CapabilityChoice {
  const beyond = keep.filter((name) => !today.includes(name));
  if (beyond.length > 0) {
    return {
      ok: false,
      because: `the playbook pins ${beyond.join(', ')} for ${match}, which it does not hold today`,
      hint: 'enforce never adds a power; give it the capability yourself, or take it off the profile',
    };
  }
  const needs: Needs = new Map(
    keep.map((name) => [name, { evidence: 'pinned', because: `pinned in the playbook for ${match}` }]),
  );
  return decide(container, today, new Map([...excepted, ...needs]), () => `not in the profile ${match}`, []);
}

/** Capabilities beyond the engine's default set: somebody asked for them. */
function explicitlyAdded({ inspect }: Container, today: readonly string[]): readonly string[] {
  const standard = effectiveCapabilities({}).names;
  return inspect.HostConfig.CapAdd?.length ? today.filter((name) => !standard.includes(name)) : [];
}

type WhyDropped = (capability: string) => string;

function needsOf(
  container: Container,
  engine: EngineFacts,
  catalogue: Catalogue,
): readonly [Needs, WhyDropped, readonly string[]] {
  const entry = catalogued(container, catalogue);
  const configured = configurationNeeds(container, engine);
  if (entry)
    return [new Map([...configured, ...entry.needs]), () => `not needed by ${entry.image} (${entry.source})`, []];
  if (isNonRoot(container)) {
    return [
      configured,
      () => 'its processes are not root and hold no capability',
      [`${whatNonRootLoses(container)}; pin a profile if the service relies on one`],
    ];
  }
  return [
    new Map([...safeSet(container), ...configured]),
    whyNotSafe,
    [
      'weak evidence for capabilities: the image is not in the catalogue, so the safe set is kept; pin a profile to keep less',
    ],
  ];
}

/** A program whose file capabilities its container lacks does not start, with no-new-privileges or without. */
function whatNonRootLoses(container: Container): string {
  return hasNoNewPrivileges(container)
    ? 'a program with file capabilities inside the image would no longer start'
    : 'a setuid program inside the image would lose its power, and one with file capabilities would no longer start';
}

function hasNoNewPrivileges({ inspect }: Container): boolean {
  return (inspect.HostConfig.SecurityOpt ?? []).some((option) =>
    /^no-new-privileges(?:[=:](?:true|1|t))?$/i.test(option),
  );
}

function decide(
  { inspect }: Container,
  today: readonly string[],
  needs: Needs,
  whyDropped: WhyDropped,
  warnings: readonly string[],
): CapabilityChoice {
  const decisions = today.map((capability): CapabilityDecision => {
    const need = needs.get(capability);
    return need
      ? { capability, verdict: 'keep', ...need }
      : { capability, verdict: 'drop', evidence: 'none', because: whyDropped(capability) };
  });
  const keep = decisions.filter(({ verdict }) => verdict === 'keep').map(({ capability }) => capability);
  const { CapAdd = null, CapDrop = null } = inspect.HostConfig;
  return {
    ok: true,
    decisions,
    warnings,
    edits: [
      { path: 'HostConfig.CapDrop', before: CapDrop, after: ['ALL'] },
      { path: 'HostConfig.CapAdd', before: CapAdd, after: keep },
    ],
  };
}
