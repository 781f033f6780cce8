import type * as z from 'zod';
import type { CapabilitySettings, ContainerCapabilities } from '../model/playbook.ts';
import type { capabilitySettingsSchema } from './capability-settings-schema.ts';

type Written = z.output<typeof capabilitySettingsSchema>;

/** The settings of the rule about capabilities, with the defaults in place of what was not written. */
export function capabilitySettings(
  written: Partial<Written>,
  sourceOf: (list: 'containers' | 'learned', entry: number) => string,
): CapabilitySettings {
  const { profiles = {}, containers = [] } = written;
  return {
    require: written.require ?? 'cis',
    add: written.add ?? 'auto',
    mode: written.mode ?? 'equivalent',
    instead: [...new Set(written.instead ?? [])],
    profiles: Object.entries(profiles).map(([match, keep]) => ({ match, keep })),
    learned: written.learned ?? [],
    ...(written.learned ? { learnedAt: written.learned.map((_, index) => sourceOf('learned', index)) } : {}),
    containers: containers.map((entry, index) => ({ ...ofContainers(entry), source: sourceOf('containers', index) })),
  };
}

function ofContainers(written: NonNullable<Written['containers']>[number]): Omit<ContainerCapabilities, 'source'> {
  const { match, mode, add, floor, never, ceiling, allow_add, unprivileged, reason, expires } = written;
  return {
    match: {
      ...(match.container === undefined ? {} : { container: match.container }),
      ...(match.image === undefined ? {} : { image: match.image }),
    },
    mode: mode ?? (add === undefined ? 'auto' : 'pin'),
    add: add ?? [],
    floor: floor ?? [],
    never: never ?? [],
    ...(ceiling === undefined ? {} : { ceiling }),
    allowAdd: allow_add ?? [],
    isUnprivileged: unprivileged ?? false,
    reason,
    ...(expires === undefined ? {} : { expires }),
  };
}
