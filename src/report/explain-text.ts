import type { Rule } from '../model/finding.ts';
import { inColumns } from './columns.ts';
import { painter } from './paint.ts';
import { plainLines } from './plain-text.ts';
import { compareEditions, referencesText } from './references-text.ts';

/** What is told of a rule. */
export type RuleCard = Pick<Rule, 'id' | 'title' | 'severity' | 'refs' | 'explanation'>;

/** What `enforce explain RULE` prints: why the rule matters, what its fix does and what can break. */
export function explainText(rule: RuleCard, options: { readonly colors: boolean }): string {
  const paint = painter(options.colors);
  const editions = Object.entries(rule.refs.cis)
    .sort(([one], [other]) => compareEditions(one, other))
    .map(([edition, number]) => `${number} (benchmark ${edition})`);
  const references = [
    ...(editions.length === 0 ? [] : [`CIS Docker ${editions.join(', ')}`]),
    ...rule.refs.stig.map((id) => `STIG ${id}`),
  ];
  return [
    `${paint('strong', rule.id)}   ${rule.title}`,
    `severity ${rule.severity}${references.map((reference) => `   ${reference}`).join('')}`,
    '',
    ...plainLines(rule.explanation.trim()),
    '',
  ].join('\n');
}

/** What `enforce rules` prints: a row for each rule. */
export function rulesText(rules: readonly RuleCard[], options: { readonly colors: boolean }): string {
  const rows = rules.map((rule) => [rule.id, rule.severity, referencesText(rule.refs), rule.title]);
  return [...inColumns([['RULE', 'SEVERITY', 'REFS', 'TITLE'], ...rows], painter(options.colors)), ''].join('\n');
}
