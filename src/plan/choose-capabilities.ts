import { isCertain } from '../model/evidence-strength.ts';
import { DEFAULT_CAPABILITIES } from '../model/capabilities.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Learned } from '../model/learned.ts';
import { hasNoNewPrivileges } from '../model/no-new-privileges.ts';
import type { Blocked, CapabilityBasis, CapabilityDecision, Edit } from '../model/plan.ts';
import type { CapabilitySettings, ContainerCapabilities } from '../model/playbook.ts';
import { entryFor, holdsOn, profileFor } from '../model/profile.ts';
import type { Container, EngineFacts } from '../model/snapshot.ts';
import { betterAnswers } from './better-answers.ts';
import { capabilityEdits, whyNothingToDo } from './capability-edits.ts';
import type { Ledger } from './capability-ledger.ts';
import { capabilityLedger } from './capability-ledger.ts';
import { isNonRoot } from './configuration-needs.ts';
import { heldToday } from './held-today.ts';
import type { HeldToday } from './held-today.ts';
import { neverAgain } from './never-again.ts';
import { beyondToday, floorOf, withinLimits } from './playbook-limits.ts';
import { belowEvidence, pinsFor } from './pins.ts';
import { scannerNotes } from './scanner-notes.ts';
import { hasFailed, isProven } from './trial-lessons.ts';
import { whyStaysPrivileged } from './unprivileged.ts';
import { groupsIn, weighEvidence } from './weigh-evidence.ts';
import { whyUnknown, withRisks } from './with-risks.ts';
import { watchCommand } from './watch-command.ts';

/** The capabilities a container keeps, each with its reason, or why that cannot be told. */
export type CapabilityChoice =
  | {
      readonly ok: true;
      /** Empty where it holds nothing that could be taken away. */
      readonly edits: readonly Edit[];
      readonly decisions: readonly CapabilityDecision[];
      readonly basis: CapabilityBasis;
      /** Its image was tried without all that is dropped, and nobody has watched it since. */
      readonly isTried: boolean;
      /** What stands or falls together. */
      readonly groups: ReturnType<typeof groupsIn>;
      readonly warnings: readonly string[];
      /** Why nothing is done where no other finding changes it. */
      readonly idle?: Blocked;
    }
  | ({ readonly ok: false } & Blocked);

/** What a choice is made from, beside the container. */
export interface CapabilitySources {
  readonly engine: EngineFacts;
  readonly settings: CapabilitySettings;
  readonly catalogue: Catalogue;
  readonly learned: Learned;
  /** What exceptions accept, each with until when. */
  readonly accepted: ReadonlyMap<string, string>;
  /** `YYYY-MM-DD`, by which pins end. */
  readonly day: string;
}

/**
 * Decides by the strongest evidence there is: a pin, what the kernel showed, what is known of the image, what the
 * configuration tells, else the safe set. What an exception accepts stays. Nothing is ever added that the container does
 * not hold today, unless a person allows it by name, so no answer can widen its power.
 */
export function chooseCapabilities(container: Container, sources: CapabilitySources): CapabilityChoice {
  const { settings, accepted, day } = sources;
  const held = heldToday(container);
  const written = entryFor(container, settings);
  const person = written !== undefined && holdsOn(written, day) ? written : undefined;
  const ended = written === person ? [] : [endedText(container, written)];
  const excepted = [...accepted].map(([capability, because]): Evidence => ({ capability, class: 'pinned', because }));
  const profile = person?.mode === 'pin' ? undefined : profileFor(container, settings);

  const beyond = person && beyondToday(person, held.names);
  if (beyond) return { ok: false, ...beyond };
  const pins = pinsFor(person, profile);
  if (pins === undefined && settings.add === 'profiles') return notPinned(container);
  const stray = (profile?.keep ?? []).filter((name) => !held.names.includes(name));
  if (profile && stray.length > 0 && !held.isPrivileged) return straysFrom(profile.match, stray);

  const mode = person && person.mode !== 'pin' && person.mode !== 'auto' ? person.mode : settings.mode;
  const ledger = capabilityLedger(container, { ...sources, mode, held: held.names });
  const privileged = held.isPrivileged ? whyStaysPrivileged(container, ledger, person) : undefined;
  if (privileged) return withEnded({ ok: false, ...privileged }, ended);

  const floor = person ? floorOf(person) : [];
  const evidence = pins ? [...excepted, ...floor, ...pins.evidence] : [...excepted, ...floor, ...ledger.evidence];
  const given = pins ? [] : unexplained(container, held, ledger, person).filter((name) => !accepted.has(name));
  if (given.length > 0) return withEnded(givenOnPurpose(container, given), ended);

  const reach = [...held.names, ...(person?.allowAdd ?? []).filter((name) => isAsked(name, person, held))].toSorted();
  const weighed = weighEvidence(reach, evidence, pins ? () => pins.whyDropped : whyUnknown(ledger, container));
  const allowed = person ? withinLimits(weighed, person) : weighed;
  if ('because' in allowed) return { ok: false, ...allowed };
  const limited = pins ? allowed : neverAgain(container, allowed, ledger.watched.trials, person);
  if ('because' in limited) return { ok: false, ...limited };
  const better = pins
    ? { decisions: limited, edits: [], advice: [] }
    : betterAnswers(container, limited, { ...sources, ledger });
  const decisions = pins ? better.decisions : withRisks(better.decisions, ledger, container);
  const edits = [...capabilityEdits(container, held, decisions), ...better.edits];
  const kept = decisions.filter(({ verdict }) => verdict === 'keep').map(({ capability }) => capability);
  const trust = trustIn(kept, ledger);
  const against = pins ? belowEvidence(kept, held.names, ledger) : [];
  const added = kept.filter((name) => !held.names.includes(name));
  const failed = pins && hasFailed(kept, ledger.watched.trials) ? [PIN_FAILED] : [];
  return {
    ok: true,
    edits,
    decisions: decisions.map((decision) =>
      added.includes(decision.capability) ? { ...decision, isAdded: true } : decision,
    ),
    groups: groupsIn(evidence),
    basis: {
      mode: pins ? 'pin' : mode,
      ...(pins ? pins.trustAgainst(against) : { confidence: trust.confidence, because: trust.because }),
      ...(failed.length > 0 ? { confidence: 'weak', because: PIN_FAILED } : {}),
      notes: scannerNotes(kept, added),
      advice: better.advice,
    },
    isTried: pins === undefined && ledger.entry?.confidence === 'high' && ledger.watched.extent !== 'whole',
    warnings: [
      ...ended,
      ...failed,
      ...gains(added, person),
      ...against.map(
        ({ capability, because }) => `the pin leaves out ${capability}, although it is needed: ${because}`,
      ),
      ...(pins ? [] : warningsFor(container, { ...ledger, ...trust }, decisions)),
    ],
    ...(edits.length === 0 ? { idle: whyNothingToDo(container, decisions) } : {}),
  };
}

const PIN_FAILED = 'a container of the same making failed its gate with exactly what is pinned';

/** The gate has the last word on a set, whatever it was derived from. */
function trustIn(kept: readonly string[], ledger: Ledger): Pick<Ledger, 'confidence' | 'because'> {
  return ledger.provenZero === null && isProven(kept, ledger.watched.trials)
    ? { confidence: 'proven', because: 'a container of the same making passed the gate and a restart with this set' }
    : ledger;
}

function gains(added: readonly string[], person: ContainerCapabilities | undefined): readonly string[] {
  return added.length === 0
    ? []
    : [`it gains ${added.join(', ')}, which it does not hold today (allow_add, ${person?.source ?? ''})`];
}

function isAsked(name: string, person: ContainerCapabilities | undefined, { names }: HeldToday): boolean {
  return person !== undefined && !names.includes(name) && [...person.add, ...person.floor].includes(name);
}

/** Capabilities beyond the engine's default set that somebody asked for, and of whose use nothing is known. */
function unexplained(
  { inspect }: Container,
  held: HeldToday,
  { watched, evidence, provenZero }: Ledger,
  person: ContainerCapabilities | undefined,
): readonly string[] {
  if (held.isPrivileged || watched.extent === 'whole' || provenZero !== null || !inspect.HostConfig.CapAdd?.length)
    return [];
  const said = [...(person?.floor ?? []), ...(person?.never ?? [])];
  return held.names.filter(
    (name) =>
      !DEFAULT_CAPABILITIES.includes(name) &&
      !said.includes(name) &&
      (person?.ceiling?.includes(name) ?? true) &&
      !evidence.some(({ capability, class: kind }) => capability === name && isCertain(kind)),
  );
}

function givenOnPurpose(container: Container, asked: readonly string[]): Extract<CapabilityChoice, { ok: false }> {
  return {
    ok: false,
    because: `it was given ${asked.join(', ')} on purpose, and whether it needs them cannot be told`,
    hint: `watch it with ${watchCommand(container)}, or keep it under rules.linux-capabilities.containers, as { match: { container: ${JSON.stringify(container.name)} }, floor: [${asked.join(', ')}], reason: … }`,
  };
}

/** What ended may be just what let it be changed. */
function withEnded(blocked: Extract<CapabilityChoice, { ok: false }>, ended: readonly string[]): CapabilityChoice {
  return { ...blocked, because: [blocked.because, ...ended].join('; ') };
}

function notPinned({ inspect }: Container): CapabilityChoice {
  return {
    ok: false,
    because: 'the playbook keeps only what profiles pin, and none matches',
    hint: `add a profile for ${JSON.stringify(inspect.Config.Image)} under rules.linux-capabilities.profiles`,
  };
}

function straysFrom(match: string, stray: readonly string[]): CapabilityChoice {
  return {
    ok: false,
    because: `the playbook pins ${stray.join(', ')} for ${match}, which it does not hold today`,
    hint: 'enforce never adds a power; give it the capability yourself, or take it off the profile',
  };
}

function endedText({ name }: Container, entry: ContainerCapabilities | undefined): string {
  return `what the playbook says of the capabilities of ${name} (${entry?.source ?? ''}) ended on ${entry?.expires ?? ''}; evidence decides now`;
}

function warningsFor(
  container: Container,
  ledger: Ledger,
  decisions: readonly CapabilityDecision[],
): readonly string[] {
  const dropped = decisions.filter(
    ({ capability, verdict }) => verdict === 'drop' && !DEFAULT_CAPABILITIES.includes(capability),
  );
  const onPurpose = container.inspect.HostConfig.CapAdd?.length ? dropped.map(({ capability }) => capability) : [];
  return [
    ...(ledger.confidence === 'weak' ? [`weak evidence for capabilities: ${ledger.because}`] : []),
    ...(onPurpose.length > 0 && onPurpose.length < 10
      ? [
          `it was given ${onPurpose.join(', ')} on purpose, and was never seen to use it; keep it by a floor in the playbook if it is needed rarely`,
        ]
      : []),
    ...(isNonRoot(container) && ledger.confidence === 'fair' && ledger.entry === undefined
      ? [`${whatNonRootLoses(container)}; pin a profile if the service relies on one`]
      : []),
  ];
}

/** A program whose file capabilities its container lacks does not start, with no-new-privileges or without. */
function whatNonRootLoses({ inspect }: Container): string {
  return hasNoNewPrivileges(inspect.HostConfig)
    ? 'a program with file capabilities inside the image would no longer start'
    : 'a setuid program inside the image would lose its power, and one with file capabilities would no longer start';
}
