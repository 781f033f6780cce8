import { effectiveCapabilities, normalizeCapability } from '../model/capabilities.ts';
import type { Finding } from '../model/finding.ts';
import type { CapabilitySettings } from '../model/playbook.ts';
import { entryFor, holdsOn, profileFor } from '../model/profile.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { covers } from './accept.ts';
import type { Assessment } from './assess.ts';

/**
 * That a container may hold more than it needs, where its mode is `minimal` and no rule objects to it: nothing is wrong
 * with it, and a plan may try to take a capability from it. Only plans ask for this.
 */
export function surplusOf(
  container: Container,
  snapshot: Snapshot,
  { playbook, rules, only, exceptions }: Assessment,
): Finding | undefined {
  const rule = rules.find(({ id }) => id === 'linux-capabilities');
  const settings = playbook.rules['linux-capabilities'];
  if (!rule || !settings || (only.length > 0 && !only.includes(rule.id))) return undefined;
  if (snapshot.engine.kind !== 'docker' || !isTriable(container)) return undefined;
  if (modeOf(container, settings, snapshot.takenAt.slice(0, 10)) !== 'minimal') return undefined;
  const { names: held } = effectiveCapabilities(container.inspect.HostConfig);
  if (held.length === 0) return undefined;
  const finding: Finding = {
    rule: rule.id,
    refs: rule.refs,
    severity: 'low',
    because: 'may hold more than it needs, and its mode is minimal',
    evidence: { kind: 'surplus', held },
    host: snapshot.host,
    container: container.name,
    containerId: container.id,
    exception: null,
  };
  return exceptions.some((exception) => covers(exception, finding, container)) ? undefined : finding;
}

/** Whether all that is said of a container is that it may hold more than it needs. */
export function isSurplus(findings: readonly Finding[]): boolean {
  return findings.length > 0 && findings.every(({ evidence }) => evidence.kind === 'surplus');
}

/** It has a list of its own, and runs, so that a gate has something to compare with. */
function isTriable({ inspect: { HostConfig, State } }: Container): boolean {
  const has = (list: readonly string[] | null | undefined): boolean =>
    (list ?? []).some((name) => normalizeCapability(name) === 'ALL');
  return (
    State.Running &&
    State.Paused !== true &&
    HostConfig.Privileged !== true &&
    has(HostConfig.CapDrop) &&
    !has(HostConfig.CapAdd)
  );
}

/** What a person pinned is nothing to try. */
function modeOf(container: Container, settings: CapabilitySettings, day: string): string {
  const entry = entryFor(container, settings);
  const person = entry !== undefined && holdsOn(entry, day) ? entry : undefined;
  if (person?.mode === 'pin' || profileFor(container, settings) || settings.add === 'profiles') return 'pin';
  return person === undefined || person.mode === 'auto' ? settings.mode : person.mode;
}
