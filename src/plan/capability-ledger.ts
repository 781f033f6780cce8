import { KEEPING } from '../model/evidence-strength.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Learned } from '../model/learned.ts';
import type { Confidence } from '../model/plan.ts';
import type { CapabilityMode } from '../model/playbook.ts';
import type { Container, EngineFacts } from '../model/snapshot.ts';
import type { CatalogueMatch } from './catalogued.ts';
import { catalogued } from './catalogued.ts';
import { configurationNeeds, isNonRoot } from './configuration-needs.ts';
import { evidenceOf } from './evidence-of.ts';
import { standing, whyDeparted } from './standing-evidence.ts';
import { safeSet } from './safe-set.ts';
import { trialLessons } from './trial-lessons.ts';
import type { Watched } from './watched.ts';
import { watchedOf } from './watched.ts';
import { watchCommand } from './watch-command.ts';

/** Every reason there is for or against each capability of a container, and how far they can be trusted together. */
export interface Ledger {
  readonly evidence: readonly Evidence[];
  readonly watched: Watched;
  readonly provenZero: string | null;
  readonly entry: CatalogueMatch | undefined;
  readonly confidence: Confidence;
  readonly because: string;
}

/** What a ledger is made from, beside the container. */
export interface LedgerSources {
  readonly engine: EngineFacts;
  readonly catalogue: Catalogue;
  readonly learned: Learned;
  readonly mode: CapabilityMode;
  readonly held: readonly string[];
}

/** Gathers what is known, from the container itself, from watching it, and from what is known of its image. */
export function capabilityLedger(container: Container, sources: LedgerSources): Ledger {
  const { engine, catalogue, learned, mode, held } = sources;
  const watched = watchedOf(container, held, learned);
  const own = evidenceOf(container, engine);
  const entry = catalogued(container, catalogue);
  const isZero = own.provenZero !== null;
  const circumstantial = [...(entry?.evidence ?? []), ...configurationNeeds(container)];
  const all = isZero
    ? [...own.evidence.filter(isOfFile), ...watched.evidence]
    : [...own.evidence, ...circumstantial, ...watched.evidence];
  const fallsBack =
    own.provenZero === null && !isNonRoot(container) && (mode === 'cautious' || isUnknown(entry, watched));
  const known = standing(all, { mode, watched, container, isTried: entry?.confidence === 'high' });
  const assumed = fallsBack
    ? safeSet(container).filter(
        (one) => !isRefuted(one.capability, all) && whyDeparted(one, mode, watched) === undefined,
      )
    : [];
  const isAssumed = assumed.some((one) => one.class === 'safe-set' && decides(one, held, known));
  return {
    evidence: [
      ...known,
      // Nothing that was watched overrules what the gate itself has shown.
      ...trialLessons(watched.trials),
      ...assumed,
    ],
    watched,
    provenZero: own.provenZero,
    entry,
    ...trustIn(container, own.provenZero, watched, entry, isAssumed),
  };
}

/** A program that demands a capability by its file is refused its start to any user, and so is who gives itself one. */
function isOfFile({ class: kind, program }: Evidence): boolean {
  return kind === 'exec' || kind === 'declared' || program !== undefined;
}

function isUnknown(entry: CatalogueMatch | undefined, { extent }: Watched): boolean {
  return entry === undefined && extent !== 'whole';
}

/** Whether a capability is kept for want of anything better. */
function decides({ capability }: Evidence, held: readonly string[], known: readonly Evidence[]): boolean {
  return (
    held.includes(capability) && !known.some((one) => one.capability === capability && KEEPING.includes(one.class))
  );
}

function isRefuted(capability: string, evidence: readonly Evidence[]): boolean {
  return evidence.some((one) => one.capability === capability && one.class === 'refuted');
}

function trustIn(
  container: Container,
  provenZero: string | null,
  watched: Watched,
  entry: CatalogueMatch | undefined,
  isAssumed: boolean,
): Pick<Ledger, 'confidence' | 'because'> {
  const flaws = watched.flaws.map((text) => `; ${text}`).join('');
  if (provenZero !== null) return { confidence: 'proven', because: provenZero };
  if (watched.extent === 'whole') {
    const confidence = watched.isProven ? 'proven' : flaws === '' ? 'strong' : 'fair';
    return { confidence, because: `${watched.because}${flaws}` };
  }
  if (entry !== undefined) {
    const because = `known for ${entry.image} (${entry.source})${watched.extent === 'run' ? `; ${watched.because}` : ''}${flaws}`;
    return { confidence: TRUST[entry.confidence], because };
  }
  const how = `${watchCommand(container)} tells what it needs`;
  if (isNonRoot(container)) return { confidence: 'fair', because: `its processes are not root${flaws}; ${how}` };
  if (watched.extent === 'run')
    return { confidence: isAssumed ? 'weak' : 'fair', because: `${watched.because}${flaws}; ${how}` };
  return { confidence: 'weak', because: `nothing is known of its image${flaws}; ${how}` };
}

const TRUST = { high: 'strong', fair: 'fair', low: 'weak' } as const;
