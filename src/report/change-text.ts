import type { RuleId } from '../model/finding.ts';
import type { JsonValue } from '../model/json.ts';
import type { Change, Edit, PortMove } from '../model/plan.ts';
import { basisRows, capabilityRows, evidenceSummary } from './capability-text.ts';
import { counted } from './counted.ts';
import { padTo } from './columns.ts';
import { DETAIL_INDENT, VALUE_WIDTH, detailLine, detailRow } from './detail-row.ts';
import type { DetailRow } from './detail-row.ts';
import { exceptionText } from './exception-text.ts';
import { jsonLine } from './json-text.ts';
import { painter } from './paint.ts';
import type { Paint } from './paint.ts';
import { plainText } from './plain-text.ts';
import { referencesText } from './references-text.ts';

/** How a change is shown: `verbose` gives every reason. */
export interface ChangeTextOptions {
  readonly colors: boolean;
  readonly verbose: boolean;
}

/** One change as the plan shows it, and as the prompt's `v` key does with every reason. */
export function changeText(change: Change, options: ChangeTextOptions): string {
  return [...changeLines(change, options), ''].join('\n');
}

/** The lines of it. */
export function changeLines(change: Change, { colors, verbose }: ChangeTextOptions): readonly string[] {
  const paint = painter(colors);
  const name = `${padTo(plainText(change.container, 64), NAME_WIDTH)}  `;
  switch (change.action) {
    case 'recreate': {
      const head = `${padTo(plainText(change.image, 120), VALUE_WIDTH)}  ${whileItLasts(change)}`;
      return [`  ${paint('change', '-/+')} ${name}${head}`, ...detailLines(detailRows(change, verbose), paint)];
    }
    case 'blocked': {
      const because = plainText(change.blocked?.because, 500);
      const hint = change.blocked === null ? [] : [`${DETAIL_INDENT}→ ${plainText(change.blocked.hint, 500)}`];
      const rows = verbose ? detailRows(change, true) : [];
      return [`  ${paint('bad', '!')}   ${name}blocked: ${because}`, ...hint, ...detailLines(rows, paint)];
    }
    case 'excepted': {
      const until = new Set(
        change.because.flatMap(({ exception }) => (exception === null ? [] : [exceptionText(exception)])),
      );
      const rows = verbose ? detailRows(change, true) : [];
      return [`  ${paint('faint', '·')}   ${name}exception ${[...until].join('; ')}`, ...detailLines(rows, paint)];
    }
  }
}

const NAME_WIDTH = 10;

function whileItLasts({ activity, order, partOf, downtimeSeconds }: Change): string {
  if (partOf !== undefined) return `with ${plainText(partOf, 64)}`;
  if (activity === 'stopped') return 'it is stopped and stays so';
  if (activity === 'paused') return 'it is paused and will be again';
  if (order === 'start-first') return 'no downtime: the new one answers before the old one stops';
  return downtimeSeconds === 0 ? 'no downtime' : `down about ${downtimeSeconds} s`;
}

function detailLines(rows: readonly DetailRow[], paint: Paint): readonly string[] {
  return rows.map((row) => detailLine(row, paint));
}

function detailRows(change: Change, verbose: boolean): readonly DetailRow[] {
  const edits = change.edits.filter(({ path }) => !(path === 'HostConfig.PortBindings' && change.portMoves.length > 0));
  return [
    ...change.portMoves.map((move, at) => portRow(change, move, at === 0)),
    ...edits.map((edit) => editRow(change, edit)),
    ...basisRows(change.capabilities, change.capabilityBasis),
    ...capabilityRows(change.capabilities, verbose),
    ...wideningRows(change),
    ...carryRows(change),
    ...exceptRows(change),
    ...change.dependants.map(({ container, through }, at) =>
      detailRow(
        at === 0 ? 'with' : '',
        `${plainText(container, 64)} (${plainText(through.join(', '), 80)}): stopped before it, made again, started after it`,
      ),
    ),
    ...(verbose ? reasonRows(change) : []),
    ...change.warnings.map((warning) => detailRow('warn', plainText(warning, 500))),
  ];
}

function portRow(change: Change, move: PortMove, isFirst: boolean): DetailRow {
  const ip = move.ip === '' ? '*' : plainText(move.ip, 45);
  const address = ip.includes(':') ? `[${ip}]` : ip;
  const protocol = plainText(move.protocol, 8);
  const value = `${padTo(`${move.containerPort}/${protocol}`, 9)}${address}:${move.from} → ${address}:${move.to}`;
  return isFirst ? detailRow('ports', value, ruleNotes(change, 'privileged-host-port')) : detailRow('', value);
}

function editRow(change: Change, edit: Edit): DetailRow {
  const moves = `${settingText(edit.before)} → ${settingText(edit.after)}`;
  switch (edit.path) {
    case 'HostConfig.CapDrop':
      return detailRow('cap_drop', moves, ruleNotes(change, 'linux-capabilities'));
    case 'HostConfig.CapAdd':
      return detailRow('cap_add', moves, [evidenceSummary(change.capabilities)]);
    default:
      return detailRow('setting', `${plainText(edit.path, 80)}  ${moves}`);
  }
}

function settingText(value: JsonValue): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return '–';
  if (isTextList(value)) return value.map((item) => plainText(item, 40)).join(' ');
  return plainText(jsonLine(value).trimEnd());
}

function isTextList(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function ruleNotes(change: Change, rule: RuleId): readonly string[] {
  const finding = change.because.find((candidate) => candidate.rule === rule && candidate.exception === null);
  return finding === undefined ? [] : [plainText(finding.rule, 64), referencesText(finding.refs)];
}

/** Which sets it may end with instead: who says yes says yes to these too. */
function wideningRows({ action, widening }: Change): readonly DetailRow[] {
  if (!widening || action !== 'recreate') return [];
  const names = (set: readonly string[]): string => set.map((name) => plainText(name, 40)).join(' ');
  const then = widening.safe.length === 0 ? '' : `; then ${names(widening.safe)}`;
  return [detailRow('else', `what it is refused of the ${widening.refused.length} dropped${then}`)];
}

/** What was written into the container comes along, or its image is made of it, for which it is paused. */
function carryRows({ carry, carriedFiles }: Change): readonly DetailRow[] {
  if (carry !== 'copy' && carry !== 'commit') return [];
  const what = carriedFiles === 0 ? 'files of what holds on to it' : counted(carriedFiles, 'file');
  const files = `${what} ${carriedFiles === 1 ? 'comes' : 'come'} along (${carry})`;
  return [detailRow('carry', carry === 'commit' ? `${files}; paused while an image is made of it` : files)];
}

/** What this change leaves as it is because an exception accepts it. */
function exceptRows(change: Change): readonly DetailRow[] {
  if (change.action === 'excepted') return [];
  return change.because.flatMap(({ rule, exception }) =>
    exception === null ? [] : [detailRow('except', `${plainText(rule, 64)} accepted ${exceptionText(exception)}`)],
  );
}

function worstCase({ worstCaseSeconds, carry }: Change): string {
  return `${worstCaseSeconds} s, taking it back included${carry === 'none' ? '' : '; carrying its files is not counted'}`;
}

function reasonRows(change: Change): readonly DetailRow[] {
  const { kind, name, files } = change.owner;
  const where =
    files === undefined || files.length === 0 ? '' : ` (${files.map((file) => plainText(file)).join(', ')})`;
  return [
    ...change.because.map((finding) =>
      detailRow('found', `${plainText(finding.rule, 64)}: ${plainText(finding.because, 500)}`),
    ),
    ...change.because.flatMap(({ exception }) =>
      exception === null ? [] : [detailRow('accepted', plainText(exception.reason, 500))],
    ),
    detailRow('owner', kind === 'none' ? 'none' : `${plainText(kind, 20)} ${plainText(name ?? '')}${where}`.trimEnd()),
    detailRow('at worst', worstCase(change)),
    detailRow('id', plainText(change.id, 64)),
  ];
}
