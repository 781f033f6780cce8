import type { HostPlan, Plan } from '../model/plan.ts';
import { readDocument } from './document.ts';
import type { DocumentKind } from './document.ts';
import { planShape } from './plan-shape.ts';

/** Reads a saved plan: everything that was in the plan. Whatever is wrong with the file is one error. */
export function parsePlan(text: string, fileName: string): Plan {
  const document = readDocument(text, fileName, PLAN, planShape);
  return {
    createdAt: document.created_at,
    playbook: document.playbook,
    exceptionsDigest: document.exceptions_digest,
    hosts: document.hosts.map(
      (host): HostPlan =>
        host.reachable ? { ...host, changes: document.changes.filter((change) => change.host === host.host) } : host,
    ),
    warnings: document.warnings,
  };
}

const PLAN: DocumentKind = {
  noun: 'plan that enforce wrote',
  code: 'bad-plan',
  hint: 'make it anew with `enforce plan -o FILE`',
  maximumMebibytes: 64,
};
