import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Exception, type Exceptions, isInForce } from '../model/playbook.ts';
import { capabilities } from './capability-names.ts';
import { day, fields, oneOf, text, whenPartsAreRight, wrong } from './schema-parts.ts';
import { readTextFile, type TextFile } from './text-file.ts';
import { validate } from './validate.ts';
import { parseYaml } from './yaml-document.ts';

const PORT = 'a host port such as 80/tcp';

const match = fields(
  {
    host: text('a glob of host names').optional(),
    container: text('a glob of container names').optional(),
    image: text('a glob of images').optional(),
    label: text('a label as KEY or KEY=VALUE').optional(),
  },
  'a mapping of host, container, image and label',
).refine((globs) => Object.values(globs).some((glob) => glob !== undefined), {
  error: 'matches everything; expected host, container, image or label (host: "*" if everything is meant)',
  when: whenPartsAreRight,
});

/** A port without a protocol is tcp, as it is for docker itself. */
const port = z.union([z.string(), z.number()], { error: wrong(PORT) }).transform((value, context) => {
  const parsed = /^(?<number>\d{1,5})(?:\/(?<protocol>tcp|udp|sctp))?$/.exec(String(value))?.groups;
  const number = Number(parsed?.['number'] ?? 0);
  if (number >= 1 && number <= 65_535) return `${number}/${parsed?.['protocol'] ?? 'tcp'}`;
  context.addIssue({ code: 'custom', message: wrong(PORT)({ input: value }) });
  return z.NEVER;
});

const exception = fields(
  {
    rule: oneOf(['privileged-host-port', 'linux-capabilities', 'host-network-privileged-listener']),
    match,
    ports: z.array(port, { error: wrong('a list of ports such as [80/tcp]') }).optional(),
    capabilities: capabilities.optional(),
    reason: text('why it is accepted').optional(),
    justification: text('why it is accepted').optional(),
    owner: text('who answers for it'),
    expires: day.optional(),
    expiration_date: day.optional(),
    expired_at: day.optional(),
    ticket: text('the name of a ticket').optional(),
  },
  'an exception: rule, match, reason, owner and expires',
).transform(({ rule, match, owner, ticket, ...written }, context) => ({
  rule,
  match: match as Exception['match'],
  ports: written.ports ?? [],
  capabilities: written.capabilities ?? [],
  reason: onlyOne(written, ['reason', 'justification'], 'why it is accepted', context),
  owner,
  expires: onlyOne(written, ['expires', 'expiration_date', 'expired_at'], 'its last day such as 2027-01-31', context),
  ...(ticket === undefined ? {} : { ticket }),
}));

/** A file of exceptions as it is written. */
export const exceptionsSchema = z.array(exception, { error: wrong('a list of exceptions, [] for none') });

/** Reads files of exceptions. An exception that has expired is read too; whether it holds is `isInForce`. */
export async function loadExceptions(paths: readonly string[]): Promise<Exceptions> {
  const files = await Promise.all(paths.map((path) => readTextFile(path, 'bad-exceptions')));
  const hash = createHash('sha256');
  for (const { bytes } of files) hash.update(bytes);
  return { exceptions: files.flatMap(readExceptions), digest: `sha256:${hash.digest('hex')}` };
}

/** A warning for each exception that no longer holds: its findings are findings again. */
export function expiredExceptions({ exceptions }: Exceptions, now: Date): readonly string[] {
  return exceptions
    .filter((exception) => !isInForce(exception, now))
    .map(
      ({ source, rule, expires, owner }) => `${source}: the exception for ${rule} expired on ${expires}; ask ${owner}`,
    );
}

function readExceptions(file: TextFile): readonly Exception[] {
  const document = parseYaml(file, 'bad-exceptions');
  return validate(exceptionsSchema, document, 'bad-exceptions').map((exception, index) => ({
    ...exception,
    source: `${file.file}:${document.lineOf([index])}`,
  }));
}

/** The value of a key that has other spellings in other tools; exactly one of them must be there. */
function onlyOne<Key extends string>(
  written: Readonly<Partial<Record<Key, string | undefined>>>,
  [name, ...aliases]: readonly [Key, ...Key[]],
  expected: string,
  context: z.RefinementCtx,
): string {
  // A misspelt key is told by itself; that it is missing under its right name would be said twice.
  if (context.issues.length > 0) return '';
  const [first, second] = [name, ...aliases].filter((key) => written[key] !== undefined);
  if (first === undefined)
    context.addIssue({ code: 'custom', path: [name], message: `is missing; expected ${expected}` });
  if (second !== undefined)
    context.addIssue({
      code: 'custom',
      path: [second],
      message: `means ${name}, which is given too; expected one of them`,
    });
  return (first === undefined ? undefined : written[first]) ?? '';
}
