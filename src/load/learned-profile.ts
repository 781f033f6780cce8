import * as z from 'zod';
import { STRENGTH } from '../model/evidence-strength.ts';
import type { EvidenceClass } from '../model/evidence.ts';
import type { LearnedProfile } from '../model/learned.ts';
import { capabilities, capability } from './capability-names.ts';
import { fields, oneOf, text, whenPartsAreRight, whole, wrong } from './schema-parts.ts';
import { readTextFile } from './text-file.ts';
import type { TextFile } from './text-file.ts';
import { validate } from './validate.ts';
import { parseYaml } from './yaml-document.ts';

const MOST = 2 ** 32;
const truth = z.boolean({ error: wrong('true or false') });
const anyText = z.string({ error: wrong('a text, which may be empty') });
const digest = (expected: string): z.ZodString =>
  z.string({ error: wrong(expected) }).regex(/^sha256:[0-9a-f]{64}$/, { error: wrong(expected) });
const instant = z.iso.datetime({ error: wrong('a UTC time such as 2026-11-22T21:09:11Z') });

const folder = fields(
  {
    path: text('a path in the container').startsWith('/', { error: wrong('a path in the container') }),
    kind: oneOf(['volume', 'bind']),
    owner: whole(0, MOST, 'the number of a user'),
    mode: z
      .string({ error: wrong('a mode such as "0750"') })
      .regex(/^0[0-7]{1,4}$/, { error: wrong('a mode such as "0750"') }),
    state: oneOf(['empty', 'initialised']),
  },
  'a folder: path, kind, owner, mode and state',
);

const key = fields(
  {
    repository: text('a repository such as docker.io/library/nginx'),
    tag: anyText,
    image_id: digest('the id of an image, sha256:…'),
    start_digest: digest('a digest, sha256:…, or null').nullable(),
    user: anyText,
    entrypoint: anyText,
    command: anyText,
    network: oneOf(['private', 'host', 'container']),
    no_new_privileges: truth,
    folders: z.array(folder, { error: wrong('a list of folders, [] for none') }),
  },
  'what the container must have in common with the one it was learned from',
);

const known = fields(
  {
    verdict: oneOf(['keep', 'drop']),
    class: oneOf(STRENGTH as [EvidenceClass]),
    because: text('a reason'),
    tolerated: truth.optional(),
  },
  'what is known of a capability: verdict, class and because',
);

const looks = z.array(z.string().regex(/^G[1-9]$/, { error: wrong('a step of the gate, G1 to G9') }), {
  error: wrong('a list of steps of the gate, [] for none'),
});

const watch = fields(
  {
    container: z
      .string({ error: wrong('the first digits of an id') })
      .regex(/^[0-9a-f]{12}$/, { error: wrong('the first twelve digits of an id') }),
    at: instant,
    seconds: z.number({ error: wrong('a number of seconds') }).min(0, { error: wrong('a number of seconds') }),
    saw_start: truth,
    ran_before: truth,
    saw_stop: truth,
    lost_events: whole(0, MOST, 'a number of events'),
    blind: truth.optional(),
    started_again: truth.optional(),
    gate: looks,
  },
  'a watch: container, at, seconds, saw_start, ran_before, saw_stop, lost_events and gate',
);

const shortId = (expected: string): z.ZodString =>
  z.string({ error: wrong(expected) }).regex(/^[0-9a-f]{12}$/, { error: wrong(expected) });

const trial = fields(
  {
    container: shortId('the first twelve digits of an id'),
    host: shortId('twelve digits that stand for a host'),
    at: instant,
    result: oneOf(['passed', 'failed']),
    set: capabilities,
    before: capabilities,
    refused: capabilities.optional(),
    gate: looks,
    engine: anyText,
    kernel: anyText,
    identities: z.array(
      fields(
        { program: text('the name of a program'), user: whole(0, MOST, 'a number'), group: whole(0, MOST, 'a number') },
        'a program with its user and group',
      ),
      { error: wrong('a list of programs with their users, [] for none') },
    ),
    stop: fields(
      { seconds: z.number({ error: wrong('seconds') }).min(0), exit: whole(-1, 255, 'an exit code') },
      'seconds and exit',
    ).nullable(),
  },
  'a trial: container, host, at, result, set, before, refused, gate, engine, kernel, identities and stop',
);

/** A profile as it is written. */
export const profileSchema = fields(
  {
    kind: oneOf(['CapabilityProfile']),
    format_version: z.string({ error: wrong('"1.0"') }).regex(/^1\.\d{1,4}$/, { error: wrong('"1.0"') }),
    key,
    set: fields(
      {
        mode: oneOf(['equivalent', 'minimal', 'cautious', 'pin']),
        drop: z.tuple([z.literal('ALL')], { error: wrong('[ALL]') }),
        add: capabilities,
      },
      'a mapping of mode, drop and add',
    ),
    held: capabilities,
    capabilities: z.record(capability, known, { error: wrong('a mapping of capabilities to what is known of them') }),
    groups: z.array(
      fields({ all_or_none: capabilities, because: text('a reason') }, 'a group: all_or_none and because'),
      {
        error: wrong('a list of groups, [] for none'),
      },
    ),
    proof: z.array(watch, { error: wrong('a list of watches, [] for none') }),
    trials: z.array(trial, { error: wrong('a list of trials') }).optional(),
  },
  'a profile that enforce wrote',
)
  .refine(({ proof, trials = [] }) => proof.length + trials.length > 0, {
    path: ['proof'],
    error: 'is empty; expected at least one watch, or a trial',
    when: whenPartsAreRight,
  })
  .refine(({ set, capabilities: all }) => String(set.add.toSorted()) === String(keptIn(all).toSorted()), {
    path: ['set', 'add'],
    error: 'is not what is kept under capabilities; expected the same names',
    when: whenPartsAreRight,
  });

function keptIn(all: Readonly<Record<string, { readonly verdict: string }>>): readonly string[] {
  return Object.entries(all).flatMap(([name, { verdict }]) => (verdict === 'keep' ? [name] : []));
}

/** Reads a file that `enforce observe --save` or `enforce apply` wrote. */
export async function loadProfile(path: string): Promise<LearnedProfile> {
  return readProfile(await readTextFile(path, 'bad-profile'));
}

/** A profile from the text of its file. */
export function readProfile(file: Pick<TextFile, 'file' | 'text'>): LearnedProfile {
  const written = validate(profileSchema, parseYaml(file, 'bad-profile'), 'bad-profile');
  return {
    key: {
      repository: written.key.repository,
      tag: written.key.tag,
      imageId: written.key.image_id,
      startDigest: written.key.start_digest,
      user: written.key.user,
      entrypoint: written.key.entrypoint,
      command: written.key.command,
      network: written.key.network,
      hasNoNewPrivileges: written.key.no_new_privileges,
      folders: written.key.folders.map(({ owner, ...rest }) => ({ ...rest, ownerId: owner })),
    },
    mode: written.set.mode,
    held: written.held,
    capabilities: Object.entries(written.capabilities).map(([name, { tolerated = false, ...rest }]) => ({
      capability: name,
      ...rest,
      isTolerated: tolerated,
    })),
    groups: written.groups.map(({ all_or_none, because }) => ({ allOrNone: all_or_none, because })),
    proof: written.proof.map(({ saw_start, ran_before, saw_stop, lost_events, blind, started_again, ...rest }) => ({
      ...rest,
      sawStart: saw_start,
      ranBefore: ran_before,
      sawStop: saw_stop,
      lostEvents: lost_events,
      ...(blind === undefined ? {} : { isBlind: blind }),
      ...(started_again === undefined ? {} : { wasStartedAgain: started_again }),
    })),
    trials: (written.trials ?? []).map(({ refused, ...rest }) => ({
      ...rest,
      ...(refused === undefined ? {} : { refused }),
    })),
    source: file.file,
  };
}
