import { readdir, readFile } from 'node:fs/promises';
import type { ConnectionSettings } from '../connection-settings.ts';

/**
 * The answer of `ssh -G` for a host, by another's where the configuration says the same of every host: to ask takes longer
 * than to read the host. The last word of the arguments is the host.
 */
export async function sharedAnswer(
  settings: ConnectionSettings,
  argv: readonly string[],
  ask: () => Promise<string>,
): Promise<string> {
  const host = argv.at(-1) ?? '';
  const answers = answersOf(settings);
  const key = JSON.stringify(argv.slice(0, -1));
  const first = answers.get(key);
  if (first === undefined) {
    const text = ask();
    answers.set(key, { host, text, isForAll: saysTheSameOfAll(configurationFiles(argv, settings)) });
    return await text;
  }
  if (host !== host.toLowerCase() || first.host !== first.host.toLowerCase() || !(await first.isForAll)) return ask();
  const text = await first.text.catch(() => undefined);
  return text === undefined ? await ask() : aboutAnother(text, first.host, host);
}

interface Answer {
  readonly host: string;
  readonly text: Promise<string>;
  readonly isForAll: Promise<boolean>;
}

/** For as long as the settings of one command live. */
const known = new WeakMap<ConnectionSettings, Map<string, Answer>>();

function answersOf(settings: ConnectionSettings): Map<string, Answer> {
  const answers = known.get(settings) ?? new Map<string, Answer>();
  known.set(settings, answers);
  return answers;
}

function aboutAnother(text: string, first: string, host: string): string {
  return text
    .split('\n')
    .map((line) => (line === `host ${first}` || line === `hostname ${first}` ? line.replace(first, () => host) : line))
    .join('\n');
}

const SYSTEM = '/etc/ssh/ssh_config';
const MORE = '/etc/ssh/ssh_config.d';

/** With `-F` ssh reads that file alone. */
function configurationFiles(argv: readonly string[], { homeFolder }: ConnectionSettings): readonly string[] {
  const given = argv.indexOf('-F');
  if (given < 0) return [`${homeFolder}/.ssh/config`, SYSTEM];
  return argv[given + 1] === 'none' ? [] : [argv[given + 1] ?? ''];
}

async function saysTheSameOfAll(files: readonly string[]): Promise<boolean> {
  try {
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(emptyIfAbsent)));
    const more = files.includes(SYSTEM) ? await readdir(MORE).catch(() => []) : [];
    return !more.some((name) => name.endsWith('.conf')) && texts.every((text) => text.split('\n').every(isForAll));
  } catch {
    return false;
  }
}

function emptyIfAbsent(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
  throw error;
}

/** A line that could make a difference between hosts: a section of some of them, a file not read here, a token. */
function isForAll(line: string): boolean {
  const text = line.trim();
  if (text === '' || text.startsWith('#') || text === `Include ${MORE}/*.conf`) return true;
  if (text.includes('%') || /^(?:"|match|include|canonicalize)/i.test(text)) return false;
  return !/^host\b/i.test(text) || /^host\s+\*$/i.test(text);
}
