import * as z from 'zod';
import { capabilities } from './capability-names.ts';
import { day, fields, oneOf, text, texts, whenPartsAreRight, wrong } from './schema-parts.ts';

const match = fields(
  { container: text('a glob of container names').optional(), image: text('a glob of images').optional() },
  'a mapping of container and image',
).refine((globs) => Object.values(globs).some((glob) => glob !== undefined), {
  error: 'matches everything; expected container or image (container: "*" if everything is meant)',
  when: whenPartsAreRight,
});

const entry = fields(
  {
    match,
    mode: oneOf(['pin', 'auto', 'equivalent', 'minimal', 'cautious']).optional(),
    add: capabilities.optional(),
    floor: capabilities.optional(),
    never: capabilities.optional(),
    ceiling: capabilities.optional(),
    allow_add: capabilities.optional(),
    unprivileged: z.boolean({ error: wrong('true or false') }).optional(),
    reason: text('why it is so'),
    expires: day.optional(),
  },
  'what is kept of some containers: match, mode, add, floor, never, ceiling, reason and expires',
).superRefine((written, context) => {
  if (context.issues.length > 0) return;
  const { mode, add, floor = [], never = [], ceiling } = written;
  const refuse = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
  if (mode === 'pin' && add === undefined)
    refuse('add', 'is missing; expected the capabilities that a pin keeps, [] for none');
  if (mode !== undefined && mode !== 'pin' && add !== undefined)
    refuse('add', `has no meaning with mode ${mode}; expected floor for what is always kept, or mode pin`);
  const kept = [...(add ?? []), ...floor];
  const both = kept.find((name) => never.includes(name));
  if (both !== undefined) refuse('never', `has ${both}, which is always kept too; expected it in one of them`);
  const over = ceiling && kept.find((name) => !ceiling.includes(name));
  if (over !== undefined) refuse('ceiling', `lacks ${over}, which is always kept; expected a ceiling that has it`);
});

/** The settings of the rule about capabilities as they are written. */
export const capabilitySettingsSchema = fields(
  {
    require: oneOf(['cis', 'drop-all']).optional(),
    add: oneOf(['auto', 'profiles']).optional(),
    mode: oneOf(['equivalent', 'minimal', 'cautious']).optional(),
    instead: z
      .array(oneOf(['sysctl', 'ulimit', 'user']), { error: wrong('a list of sysctl, ulimit and user') })
      .optional(),
    profiles: z
      .record(text('a glob of images or container:NAME'), capabilities, {
        error: wrong('a mapping of globs to lists of capabilities'),
      })
      .optional(),
    learned: texts('files of profiles').optional(),
    containers: z.array(entry, { error: wrong('a list of what is kept of some containers') }).optional(),
  },
  'settings, true or false',
);
