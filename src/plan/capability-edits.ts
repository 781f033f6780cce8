import { normalizeCapability } from '../model/capabilities.ts';
import type { Blocked, CapabilityDecision, Edit } from '../model/plan.ts';
import type { Container } from '../model/snapshot.ts';
import type { HeldToday } from './held-today.ts';

/** The settings that leave a container with what is kept; none where it is so already. */
export function capabilityEdits(
  { inspect }: Container,
  held: HeldToday,
  decisions: readonly CapabilityDecision[],
): readonly Edit[] {
  const { CapAdd = null, CapDrop = null } = inspect.HostConfig;
  const keep = keptOf(decisions);
  const dropsAll = isSet(CapDrop ?? [], ['ALL']);
  if (!held.isPrivileged && dropsAll && isSet(CapAdd ?? [], keep)) return [];
  return [
    ...(held.isPrivileged ? [{ path: 'HostConfig.Privileged', before: true, after: false }] : []),
    ...(dropsAll && !held.isPrivileged ? [] : [{ path: 'HostConfig.CapDrop', before: CapDrop, after: ['ALL'] }]),
    { path: 'HostConfig.CapAdd', before: CapAdd, after: keep },
  ];
}

/** Why a container that a rule objects to is left alone although nothing is wrong with what is known. */
export function whyNothingToDo({ name }: Container, decisions: readonly CapabilityDecision[]): Blocked {
  const reasons = decisions.map(({ capability, because }) => `${capability} (${because})`);
  return {
    because: `it holds only what it needs: ${reasons.join('; ')}`,
    hint: `pin it in the playbook, as "container:${name}": [${keptOf(decisions).join(', ')}] under rules.linux-capabilities.profiles, or write an exception`,
  };
}

function keptOf(decisions: readonly CapabilityDecision[]): readonly string[] {
  return decisions.filter(({ verdict }) => verdict === 'keep').map(({ capability }) => capability);
}

function isSet(names: readonly string[], wanted: readonly string[]): boolean {
  return String([...new Set(names.map(normalizeCapability))].toSorted()) === String(wanted.toSorted());
}
