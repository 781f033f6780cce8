import { EnforceError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import { inColumns } from './columns.ts';
import type { Cell } from './columns.ts';
import { counted } from './counted.ts';
import { exceptionText } from './exception-text.ts';
import type { ScanResult } from './findings-document.ts';
import { painter } from './paint.ts';
import type { Tone } from './paint.ts';
import { plainText } from './plain-text.ts';
import { referencesText } from './references-text.ts';

/** What `enforce scan` prints: a row for each finding and each host that could not be scanned, and how many of each. */
export function findingsText(results: readonly ScanResult[], options: { readonly colors: boolean }): string {
  const paint = painter(options.colors);
  const rows = results.flatMap(resultRows);
  const table = rows.length === 0 ? [] : inColumns([HEADINGS, ...rows], paint, 72);
  const hints = results.flatMap((result) => hintLines(result));
  return [...table, ...hints, paint('strong', summary(results)), ''].join('\n');
}

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

function summary(results: readonly ScanResult[]): string {
  const scanned = results.flatMap((result) => (result.ok ? [result.value] : []));
  const findings = scanned.flatMap((value) => value.findings);
  const standing = findings.filter(({ exception }) => exception === null);
  const excepted = findings.length - standing.length;
  const unread = results.length - scanned.length;
  const parts = [
    standing.length > 0 ? found(standing) : nothingFound(scanned),
    ...(excepted > 0 ? [`${excepted} excepted`] : []),
    ...(unread > 0 ? [`${counted(unread, 'host')} not scanned`] : []),
  ];
  return `${parts.join(', ')}.`;
}

function found(findings: readonly Finding[]): string {
  // A length before the name keeps two different pairs of host and container from reading the same.
  const containers = new Set(findings.map(({ host, container }) => `${host.length} ${host} ${container}`));
  const hosts = new Set(findings.map(({ host }) => host));
  const counts = [counted(findings.length, 'finding'), counted(containers.size, 'container')];
  return `${counts.join(' in ')} on ${counted(hosts.size, 'host')}`;
}

function nothingFound(scanned: readonly { readonly snapshot: { readonly containers: readonly unknown[] } }[]): string {
  if (scanned.length === 0) return 'No host was scanned';
  const containers = scanned.reduce((sum, { snapshot }) => sum + snapshot.containers.length, 0);
  return `No findings in ${counted(containers, 'container')} on ${counted(scanned.length, 'host')}`;
}
