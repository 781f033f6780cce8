import { EnforceError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import { inGrowingColumns } from './columns.ts';
import type { Cell } from './columns.ts';
import { counted } from './counted.ts';
import { exceptionText } from './exception-text.ts';
import type { FindingsWriter, ScanResult } from './findings-document.ts';
import { painter } from './paint.ts';
import type { Tone } from './paint.ts';
import { plainText } from './plain-text.ts';
import { referencesText } from './references-text.ts';

/** What `enforce scan` prints: a row for each finding and each host that could not be scanned, and how many of each. */
export function findingsTextWriter(options: { readonly colors: boolean }): FindingsWriter {
  const paint = painter(options.colors);
  const table = inGrowingColumns(paint, 72);
  const counts: Counts = {
    hosts: 0,
    unread: 0,
    containers: 0,
    remembered: 0,
    findings: 0,
    standing: 0,
    found: 0,
    foundHosts: 0,
  };
  const hints: string[] = [];
  let rows: (readonly Cell[])[] = [HEADINGS];
  const written = (): string => {
    const text = table(rows).map((line) => `${line}\n`);
    rows = [];
    return text.join('');
  };
  return {
    add(result) {
      count(result, counts);
      rows.push(...resultRows(result));
      hints.push(...hintLines(result));
      return rows.length > MOST_ROWS ? written() : '';
    },
    end() {
      const isEmpty = rows.length === 1 && rows[0] === HEADINGS;
      return `${isEmpty ? '' : written()}${hints.map((hint) => `${hint}\n`).join('')}${paint('strong', summary(counts))}\n`;
    },
  };
}

/** So many rows are laid out together. */
const MOST_ROWS = 500;

const HEADINGS: readonly Cell[] = ['HOST', 'CONTAINER', 'RULE', 'FOUND', 'REFS'];

const TONES: Readonly<Record<Finding['severity'], Tone>> = {
  low: 'change',
  medium: 'change',
  high: 'bad',
  critical: 'bad',
};

function resultRows(result: ScanResult): readonly (readonly Cell[])[] {
  if (result.ok) return result.value.findings.map(findingRow);
  const because = plainText(result.error.message);
  return [[plainText(result.host.name, 64), '–', { text: 'not scanned', tone: 'bad' }, because, '']];
}

function findingRow(finding: Finding): readonly Cell[] {
  const { exception } = finding;
  const rule = plainText(finding.rule, 64);
  return [
    plainText(finding.host, 64),
    plainText(finding.container, 64),
    { text: rule, tone: exception === null ? TONES[finding.severity] : 'faint' },
    exception === null ? plainText(finding.because) : `excepted ${exceptionText(exception)}`,
    referencesText(finding.refs),
  ];
}

function hintLines(result: ScanResult): readonly string[] {
  if (result.ok || !(result.error instanceof EnforceError) || result.error.hint === undefined) return [];
  return [`${plainText(result.host.name, 64)}: ${plainText(result.error.hint, 500)}`];
}

interface Counts {
  hosts: number;
  unread: number;
  containers: number;
  /** Not looked at again. */
  remembered: number;
  findings: number;
  /** Findings that no exception accepts, and in how many containers and hosts they are. */
  standing: number;
  found: number;
  foundHosts: number;
}

function count(result: ScanResult, counts: Counts): void {
  counts.hosts++;
  if (!result.ok) {
    counts.unread++;
    return;
  }
  const { containers, findings, remembered = 0 } = result.value;
  const standing = findings.filter(({ exception }) => exception === null);
  counts.containers += containers;
  counts.remembered += remembered;
  counts.findings += findings.length;
  counts.standing += standing.length;
  counts.found += new Set(standing.map(({ container }) => container)).size;
  counts.foundHosts += standing.length > 0 ? 1 : 0;
}

function summary(counts: Counts): string {
  const { unread, findings, standing, remembered } = counts;
  const excepted = findings - standing;
  const parts = [
    standing > 0 ? found(counts) : nothingFound(counts),
    ...(excepted > 0 ? [`${excepted} excepted`] : []),
    ...(unread > 0 ? [`${counted(unread, 'host')} not scanned`] : []),
    ...(remembered > 0
      ? [`${counted(remembered, 'container')} as an earlier scan saw ${remembered === 1 ? 'it' : 'them'}`]
      : []),
  ];
  return `${parts.join(', ')}.`;
}

function found({ standing, found: containers, foundHosts }: Counts): string {
  const counts = [counted(standing, 'finding'), counted(containers, 'container')];
  return `${counts.join(' in ')} on ${counted(foundHosts, 'host')}`;
}

function nothingFound({ hosts, unread, containers }: Counts): string {
  if (hosts === unread) return 'No host was scanned';
  return `No findings in ${counted(containers, 'container')} on ${counted(hosts - unread, 'host')}`;
}
