import type { RuleId } from '../model/finding.ts';
import type { Change } from '../model/plan.ts';

/**
 * Why a person is asked about a change although the playbook approves what some rules change; undefined when it approves
 * all of it. `parts` are the changes that are made with it.
 */
export function whyAsked(change: Change, parts: readonly Change[], approved: readonly RuleId[]): string | undefined {
  const unit = [change, ...parts];
  const findings = unit.flatMap(({ because }) => because).filter(({ exception }) => exception === null);
  const rule = findings.find((finding) => !approved.includes(finding.rule))?.rule;
  if (rule !== undefined) return `auto_approve does not name ${rule}`;
  if (findings.some(({ severity }) => severity === 'critical')) return 'a finding is critical';
  if (unit.some(({ capabilityBasis }) => capabilityBasis?.confidence === 'weak'))
    return 'little is known of the capabilities it needs';
  if (change.dependants.length > 0) return 'other containers are stopped and made again with it';
  if (unit.some(({ carry }) => carry !== 'none')) return 'files are brought along';
  return undefined;
}
