import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnforceError } from '../model/errors.ts';
import { isSystemError } from '../load/system-error.ts';
import type { Change } from '../model/plan.ts';
import type { CommonOptions } from './options.ts';
import type { WrittenException } from './prompt.ts';
import type { World } from './world.ts';

/**
 * Adds an exception for a change's open findings to the exceptions file in use, else to exceptions.yml here, and says
 * which file it was. Every value is written as a quoted JSON string, which YAML reads as it stands.
 */
export async function writeException(
  written: WrittenException,
  change: Change,
  { exceptions }: CommonOptions,
  { workingFolder }: World,
): Promise<string> {
  const file = exceptions[0] ?? join(workingFolder, 'exceptions.yml');
  const rules = new Set(change.because.filter(({ exception }) => exception === null).map(({ rule }) => rule));
  const text = [...rules].map((rule) => entry(rule, written, change)).join('');
  try {
    const before = await readIfThere(file);
    const gap = before === '' || before.endsWith('\n') ? '' : '\n';
    if (before.trim() === '[]')
      throw new EnforceError(
        'bad-exceptions',
        `${file} holds an empty list in brackets, to which nothing can be added`,
        { hint: 'empty the file first' },
      );
    await appendFile(file, gap + text, { mode: 0o600 });
  } catch (error) {
    if (error instanceof EnforceError) throw error;
    throw new EnforceError('bad-exceptions', `${file} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return file;
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return '';
    throw error;
  }
}

function entry(
  rule: string,
  { reason, owner, expires, ticket }: WrittenException,
  { host, container }: Change,
): string {
  const quoted = JSON.stringify;
  return [
    `- rule: ${rule}`,
    `  match: { host: ${quoted(host)}, container: ${quoted(container)} }`,
    `  reason: ${quoted(reason)}`,
    `  owner: ${quoted(owner)}`,
    `  expires: ${expires}`,
    ...(ticket === undefined ? [] : [`  ticket: ${quoted(ticket)}`]),
    '',
  ].join('\n');
}
