import { STRENGTH } from '../model/evidence-strength.ts';
import type { CapabilityBasis, CapabilityDecision } from '../model/plan.ts';
import { detailRow } from './detail-row.ts';
import type { DetailRow } from './detail-row.ts';
import { plainText } from './plain-text.ts';

/** A line for each capability that is kept, and why; the dropped ones in one line, or each with its reason and risk. */
export function capabilityRows(decisions: readonly CapabilityDecision[], verbose: boolean): readonly DetailRow[] {
  const kept = decisions.filter(({ verdict }) => verdict === 'keep');
  const dropped = decisions.filter(({ verdict }) => verdict === 'drop');
  if (verbose) return [...kept, ...dropped].map(reasonRow);
  return [...kept.map(reasonRow), ...(dropped.length === 0 ? [] : [droppedRow(dropped)])];
}

/** How many were held and are kept, how far that can be trusted and on what grounds, and what would be better still. */
export function basisRows(
  decisions: readonly CapabilityDecision[],
  basis: CapabilityBasis | undefined,
): readonly DetailRow[] {
  if (basis === undefined) return [];
  const kept = decisions.filter(({ verdict }) => verdict === 'keep').length;
  const added = decisions.filter(({ isAdded }) => isAdded === true).map(({ capability }) => plainText(capability, 40));
  const gains = added.map((name) => ` +${name}`).join('');
  const mode = basis.mode === 'equivalent' ? '' : ` (${basis.mode})`;
  return [
    detailRow(
      'caps',
      `${decisions.length - added.length} → ${kept}${gains}   confidence ${basis.confidence}${mode}: ${plainText(basis.because, 300)}`,
    ),
    ...basis.advice.map(({ insteadOf, setting, because, isApplied }) => {
      const names = insteadOf.map((name) => plainText(name, 40)).join(' ');
      return detailRow(
        isApplied ? 'instead' : 'advice',
        `${plainText(setting, 120)} instead of ${names}: ${plainText(because, 200)}`,
      );
    }),
    ...basis.notes.map((note) => detailRow('note', plainText(note, 400))),
  ];
}

/** What the kept set rests on, strongest first, and how many fell: `catalogue, configuration; 11 dropped`. */
export function evidenceSummary(decisions: readonly CapabilityDecision[]): string {
  const kept = decisions.filter(({ verdict }) => verdict === 'keep');
  const evidence = [...STRENGTH, 'none' as const].filter((kind) => kept.some((decision) => decision.evidence === kind));
  const words = evidence.map((kind) => WORDS[kind]).join(', ');
  const dropped = decisions.length - kept.length;
  return [words, dropped > 0 ? `${dropped} dropped` : ''].filter((part) => part !== '').join('; ');
}

function riskText(risk: number): string {
  const percent = risk * 100;
  if (percent < 0.01) return 'below 0.01 %';
  return `about ${percent >= 1 ? Math.round(percent) : Number(percent.toPrecision(1))} %`;
}

const WORDS: Readonly<Record<CapabilityDecision['evidence'], string>> = {
  pinned: 'pinned',
  required: 'tried',
  exec: 'file capability',
  declared: 'declared',
  'used-at-start': 'observed at start',
  used: 'observed',
  latent: 'foreseen',
  catalogue: 'catalogue',
  configuration: 'configuration',
  'safe-set': 'safe set',
  advisory: 'advisory',
  refuted: 'refuted',
  silent: 'never asked for',
  none: 'no evidence',
};

/** More names than this would fill a second line. */
const NAMES_SHOWN = 14;

function reasonRow({
  capability,
  verdict,
  evidence,
  because,
  isTolerated,
  risk,
  isAdded,
}: CapabilityDecision): DetailRow {
  const name = plainText(capability, 40).padEnd(16);
  const notes = [
    // What was never asked for has nothing else to say.
    ...(evidence === 'none' || evidence === 'silent' ? [] : [WORDS[evidence]]),
    ...(isTolerated === true ? ['it would bear to be refused'] : []),
    ...(risk === undefined ? [] : [`risk ${riskText(risk)} (estimate)`]),
  ];
  return detailRow(
    isAdded === true ? '+ add' : verdict,
    `${name}  ${plainText(because, 300)}`,
    notes.length > 0 ? [notes.join('; ')] : [],
  );
}

function droppedRow(dropped: readonly CapabilityDecision[]): DetailRow {
  // What tells of a single one more takes as much room as its name.
  const shown = dropped.length === NAMES_SHOWN + 1 ? dropped : dropped.slice(0, NAMES_SHOWN);
  const names = shown.map(({ capability }) => plainText(capability, 40));
  const rest = dropped.length - names.length;
  const more = rest === 0 ? '' : ` and ${rest} more (-v lists them)`;
  return detailRow(`drop ${dropped.length}:`, `${names.join(' ')}${more}`);
}
