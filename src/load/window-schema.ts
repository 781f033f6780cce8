import * as z from 'zod';
import { readCron } from '../model/cron.ts';
import type { Window } from '../model/playbook.ts';
import { isZone, whyNeverUseful } from './window-times.ts';
import { duration, fields, isDay, text, wrong } from './schema-parts.ts';

const MOMENT = 'a moment such as "2026-12-19 00:00"';
const ZONE = 'a time zone such as Europe/Berlin';

const moment = z.string({ error: wrong(MOMENT) }).refine(isMoment, { error: wrong(MOMENT) });

const schedule = z.string({ error: wrong('a cron schedule such as "0 22 * * SAT"') }).superRefine((value, context) => {
  const cron = readCron(value);
  if (!cron.known) context.addIssue({ code: 'custom', message: cron.because });
});

/** One window as it is written: a schedule with a duration, or from and to. */
const windowSchema = fields(
  {
    name: text('a name'),
    deny: z.boolean({ error: wrong('true or false') }).optional(),
    hosts: text('a host pattern such as "web:!canary"').optional(),
    schedule: schedule.optional(),
    duration: duration
      .refine((seconds) => seconds > 0, { error: 'is no time at all; expected a length such as 4h' })
      .optional(),
    from: moment.optional(),
    to: moment.optional(),
    timezone: z.string({ error: wrong(ZONE) }).refine(isZone, { error: wrong(ZONE) }),
    reason: text('a reason').optional(),
  },
  'a window with a name and a timezone',
).transform((window, context): Window => {
  const { name, deny = false, hosts, timezone, reason, schedule, duration, from, to } = window;
  const common = {
    ...{ name, deny, timezone },
    ...(hosts === undefined ? {} : { hosts }),
    ...(reason === undefined ? {} : { reason }),
  };
  if (schedule !== undefined && duration !== undefined && from === undefined && to === undefined) {
    const recurring = { kind: 'recurring', ...common, schedule, durationSeconds: duration } as const;
    const because = whyNeverUseful(recurring);
    if (because !== undefined) context.addIssue({ code: 'custom', ...because });
    return recurring;
  }
  if (from === undefined || to === undefined || schedule !== undefined || duration !== undefined) {
    context.addIssue({
      code: 'custom',
      message: 'opens at no clear time; expected schedule and duration, or from and to',
    });
    return z.NEVER;
  }
  if (from.replace('T', ' ') >= to.replace('T', ' ')) {
    context.addIssue({ code: 'custom', path: ['to'], message: `is not after from (${from}); expected a later moment` });
  }
  return { kind: 'once', ...common, from, to };
});

/** Every window by itself, and no name twice. */
export const windowsSchema = z
  .array(windowSchema, { error: wrong('a list of windows') })
  .superRefine((windows, context) => {
    for (const [index, { name }] of windows.entries()) {
      if (windows.findIndex((other) => other.name === name) === index) continue;
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `"${name}" names another window too; expected a name of its own`,
      });
    }
  });

function isMoment(value: string): boolean {
  const match = /^(?<day>\d{4}-\d{2}-\d{2})[ T](?:[01]\d|2[0-3]):[0-5]\d$/.exec(value);
  return match?.groups?.['day'] !== undefined && isDay(match.groups['day']);
}
