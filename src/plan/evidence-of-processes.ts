import type { Evidence } from '../model/evidence.ts';
import type { ProcessFacts } from '../model/runtime.ts';

/**
 * What the processes of a container have kept on purpose. The kernel takes every capability from a process that stops being
 * root, and gives root all there are: another set is one the program has chosen, and may insist on at its next start. That
 * a process holds what root always holds says nothing, and that it holds less says nothing of its start.
 */
export function evidenceOfProcesses(processes: readonly ProcessFacts[]): readonly Evidence[] {
  const reasons = new Map<string, string>();
  for (const each of processes) {
    if (!hasChosen(each)) continue;
    for (const capability of each.permitted) if (!reasons.has(capability)) reasons.set(capability, whyOf(each));
  }
  return [...reasons].map(([capability, because]) => ({ capability, class: 'declared', because }));
}

/** Whether a process can act as root, now or once it takes back an id it has put aside. */
export function hasRootId({ userIds }: ProcessFacts): boolean {
  return Object.values(userIds).includes(0);
}

function hasChosen(facts: ProcessFacts): boolean {
  const { permitted, bounding } = facts;
  return !hasRootId(facts) || bounding.some((capability) => !permitted.includes(capability));
}

function whyOf(facts: ProcessFacts): string {
  const { name, userIds } = facts;
  return hasRootId(facts) ? `${name} has given up others and kept it` : `${name} keeps it as user ${userIds.effective}`;
}
