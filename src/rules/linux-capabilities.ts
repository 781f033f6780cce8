import {
  DEFAULT_CAPABILITIES,
  ESCAPE_CLASS,
  PODMAN_CAPABILITIES,
  effectiveCapabilities,
  normalizeCapability,
} from '../model/capabilities.ts';
import type { Rule, Severity } from '../model/finding.ts';
import { objectionsOf } from '../model/objections.ts';
import { pinnedNames } from '../model/profile.ts';

/** Judges what a container holds, not how its flags are written: spellings, order and repetition play no part. */
export const linuxCapabilities: Rule<'linux-capabilities'> = {
  id: 'linux-capabilities',
  title: 'Containers hold no capability they were not given on purpose',
  severity: 'high',
  refs: { cis: { '1.2.0': '5.3', '1.6.0': '5.4' }, stig: ['V-260923', 'V-235801'] },
  explanation: `The kernel splits the power of root into 41 capabilities. The engine gives a container 14 of them
unasked; most services need three or fewer. With NET_RAW, one of the 14, it can forge packets.
Found is a privileged container, any capability beyond the 14 that no profile of the playbook pins,
and NET_RAW where it merely came along; a container that drops ALL and names NET_RAW may keep it;
and more or less than a pin, less than a floor, and what never or ceiling of the playbook forbid.
With "require: drop-all" every container must drop ALL and name what it holds.
The fix recreates the container with cap_drop ALL and the shortest cap_add that the evidence
supports, each name with its reason in the plan. Nothing is added that it lacks today.
It can break programs that change user, take over files, ping or capture packets, some of them only
at a restart or at stop. The health gate watches, and takes the change back when it must.
A privileged container also has every device and no seccomp filter. No list of capabilities replaces
that, so it is left to a person.`,
  check: (container, { engine, takenAt }, settings) => {
    const { HostConfig } = container.inspect;
    const { privileged, names: effective } = effectiveCapabilities(
      HostConfig,
      engine.kind === 'podman' ? PODMAN_CAPABILITIES : DEFAULT_CAPABILITIES,
    );
    const addsAll = has(HostConfig.CapAdd, 'ALL');
    const isRestricted = !privileged && !addsAll && has(HostConfig.CapDrop, 'ALL');
    const day = takenAt.slice(0, 10);
    const pinned = pinnedNames(container, settings, day).map(normalizeCapability);
    const said = objectionsOf(effective, container, settings, day);

    const beyond = effective.filter((name) => !DEFAULT_CAPABILITIES.includes(name) && !pinned.includes(name));
    const cameAlong = isRestricted ? [] : effective.filter((name) => name === 'NET_RAW');
    const isUnrestricted = settings.require === 'drop-all' && !isRestricted;
    if (!privileged && beyond.length === 0 && cameAlong.length === 0 && !isUnrestricted && said.because.length === 0)
      return [];

    const unnamed = isUnrestricted ? effective.filter((name) => !pinned.includes(name)) : [];
    const excess = [...new Set([...beyond, ...cameAlong, ...unnamed, ...said.excess])].toSorted();
    return [
      {
        severity: privileged ? 'critical' : severityOf(beyond, addsAll),
        because: privileged
          ? 'runs privileged: it holds every capability, whatever it drops, and every device of the host'
          : [...reasons(beyond, cameAlong, addsAll, isUnrestricted), ...said.because].join('; '),
        evidence: {
          kind: 'capabilities',
          effective,
          excess,
          privileged,
          ...(said.lacking.length > 0 && !privileged ? { lacking: said.lacking } : {}),
        },
      },
    ];
  },
};

function has(list: readonly string[] | null | undefined, name: string): boolean {
  return (list ?? []).some((text) => normalizeCapability(text) === name);
}

function severityOf(beyond: readonly string[], addsAll: boolean): Severity {
  if (beyond.length === 0) return 'medium';
  return addsAll || beyond.some((name) => ESCAPE_CLASS.includes(name)) ? 'critical' : 'high';
}

function reasons(
  beyond: readonly string[],
  cameAlong: readonly string[],
  addsAll: boolean,
  isUnrestricted: boolean,
): readonly string[] {
  return [
    ...(addsAll ? ['was given ALL capabilities'] : []),
    ...(beyond.length > 0 && !addsAll ? [`holds ${beyond.join(', ')} beyond the default set`] : []),
    ...(cameAlong.length > 0 && !addsAll ? ['holds NET_RAW of the default set'] : []),
    ...(isUnrestricted && !addsAll ? ['does not drop ALL'] : []),
  ];
}
