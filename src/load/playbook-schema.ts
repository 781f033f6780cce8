import * as z from 'zod';
import { capabilitySettingsSchema } from './capability-settings-schema.ts';
import { countOrShare, duration, fields, oneOf, text, texts, whenPartsAreRight, whole, wrong } from './schema-parts.ts';
import { windowsSchema } from './window-schema.ts';

const PRIVILEGED = z.string().regex(/^(?:[1-9]\d{0,2}|10[01]\d|102[0-3])$/, {
  error: wrong('a privileged port, 1 to 1023, as key'),
});

/** The offset must lift port 1 above 1023 and keep port 1023 below 65536. */
const OFFSET = 'an offset such as "+8000", from +1023 to +64512, or false to block ports that are not in the map';

const otherwise = z
  .union([z.string(), z.int(), z.literal(false)], { error: wrong(OFFSET) })
  .transform((value, context) => {
    if (value === false) return value;
    const offset = typeof value === 'number' ? value : Number(/^\+(\d{4,5})$/.exec(value)?.[1] ?? Number.NaN);
    if (offset >= 1023 && offset <= 64_512) return offset;
    context.addIssue({ code: 'custom', message: wrong(OFFSET)({ input: value }) });
    return z.NEVER;
  });

const ports = fields(
  {
    map: z
      .record(PRIVILEGED, whole(1024, 65_535, 'a port from 1024 to 65535'), {
        error: wrong('a mapping of ports such as { 80: 8080 }'),
      })
      .optional(),
    otherwise: otherwise.optional(),
  },
  'settings, true or false',
);

const SETTINGS = 'settings, {} or true for the defaults, or false';

/** The settings of each rule as they are written. */
export const rulesSchema = fields(
  {
    'privileged-host-port': z.union([z.boolean(), ports], { error: wrong(SETTINGS) }).optional(),
    'linux-capabilities': z.union([z.boolean(), capabilitySettingsSchema], { error: wrong(SETTINGS) }).optional(),
    'host-network-privileged-listener': z
      .union([z.boolean(), fields({}, SETTINGS)], { error: wrong(SETTINGS) })
      .optional(),
  },
  'a mapping of rules to their settings',
).refine((rules) => Object.values(rules).some((settings) => settings !== undefined && settings !== false), {
  error: 'enforces nothing; expected at least one rule',
  when: whenPartsAreRight,
});

const health = fields(
  {
    healthy_for: duration.optional(),
    deadline: duration.optional(),
    on_failure: oneOf(['rollback']).optional(),
    restart_trial: oneOf(['auto', 'always', 'never']).optional(),
    soak: duration.optional(),
  },
  'a mapping of healthy_for, deadline, on_failure, restart_trial and soak',
);

const rollout = fields(
  {
    batches: z
      .array(countOrShare('a number of hosts or a share such as 25%'), {
        error: wrong('a list such as [1, 25%, 100%]'),
      })
      .min(1, { error: 'is empty; expected at least one batch' })
      .optional(),
    pause: duration.optional(),
    order: z.enum(['stop-first', 'start-first'], { error: wrong('stop-first or start-first') }).optional(),
    max_changes: countOrShare('a number of changes or a share of the containers such as 20%').optional(),
    max_failures: countOrShare('a number of failures, at least 1, or a share of the changes such as 5%').optional(),
  },
  'a mapping of batches, pause, order, max_changes and max_failures',
);

const containers = fields(
  {
    include: texts('globs of container names').optional(),
    exclude: texts('globs of container names').optional(),
    protect: texts('globs of container names').optional(),
    expendable: texts('globs of paths in a container').optional(),
    not_in_the_way: texts('globs of container names').optional(),
  },
  'a mapping of include, exclude, protect, expendable and not_in_the_way',
);

/** A playbook as it is written. */
export const playbookSchema = fields(
  {
    name: text('a name').optional(),
    hosts: text('a host pattern such as "web:!canary"').optional(),
    containers: containers.optional(),
    rules: rulesSchema,
    auto_approve: z
      .array(oneOf(['privileged-host-port', 'linux-capabilities', 'host-network-privileged-listener']), {
        error: wrong('a list of rules'),
      })
      .optional(),
    rollout: rollout.optional(),
    health: health.optional(),
    keep: duration.optional(),
    windows: windowsSchema.optional(),
  },
  'a playbook: a mapping with rules',
);
