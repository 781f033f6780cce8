import type { CapabilityDecision } from '../model/plan.ts';
import { detailRow } from './detail-row.ts';
import type { DetailRow } from './detail-row.ts';
import { plainText } from './plain-text.ts';

/** A line for each capability that is kept, and why; the dropped ones in one line, or each with its reason. */
export function capabilityRows(decisions: readonly CapabilityDecision[], verbose: boolean): readonly DetailRow[] {
  const kept = decisions.filter(({ verdict }) => verdict === 'keep');
  const dropped = decisions.filter(({ verdict }) => verdict === 'drop');
  if (verbose) return [...kept, ...dropped].map(reasonRow);
  return [...kept.map(reasonRow), ...(dropped.length === 0 ? [] : [droppedRow(dropped)])];
}

/** What the kept set rests on, strongest first, and how many fell: `catalogue, configuration; 11 dropped`. */
export function evidenceSummary(decisions: readonly CapabilityDecision[]): string {
  const kept = decisions.filter(({ verdict }) => verdict === 'keep');
  const evidence = STRENGTH.filter((kind) => kept.some((decision) => decision.evidence === kind));
  const words = evidence.map((kind) => WORDS[kind]).join(', ');
  const dropped = decisions.length - kept.length;
  return [words, dropped > 0 ? `${dropped} dropped` : ''].filter((part) => part !== '').join('; ');
}

type Evidence = CapabilityDecision['evidence'];

const STRENGTH: readonly Evidence[] = ['pinned', 'catalogue', 'configuration', 'safe-set', 'none'];

const WORDS: Readonly<Record<Evidence, string>> = {
  pinned: 'pinned',
  catalogue: 'catalogue',
  configuration: 'configuration',
  'safe-set': 'safe set',
  none: 'no evidence',
};

/** More names than this would fill a second line. */
const NAMES_SHOWN = 14;

function reasonRow({ capability, verdict, evidence, because }: CapabilityDecision): DetailRow {
  const name = plainText(capability, 40).padEnd(16);
  const note = evidence === 'none' ? [] : [WORDS[evidence]];
  return detailRow(verdict, `${name}  ${plainText(because, 300)}`, note);
}

function droppedRow(dropped: readonly CapabilityDecision[]): DetailRow {
  const names = dropped.slice(0, NAMES_SHOWN).map(({ capability }) => plainText(capability, 40));
  const rest = dropped.length - names.length;
  const more = rest === 0 ? '' : ` and ${rest} more (-v lists them)`;
  return detailRow(`drop ${dropped.length}:`, `${names.join(' ')}${more}`);
}
