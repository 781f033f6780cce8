import type { Known } from '../model/machine.ts';
import type { EngineFacts } from '../model/snapshot.ts';
import { whereElse } from './machine-facts.ts';
import { parseMachine } from './parse-machine.ts';
import type { ScanSource } from './take-snapshot.ts';

/** Whether each path is there. */
export type SeenPaths = ReadonlyMap<string, Known<boolean>>;

/**
 * Whether paths of the host are there, all asked for at once through its own shell. The engine is not asked: it makes the
 * folder of a missing bind as soon as anything looks into the container.
 */
export async function lookAtPaths(
  { runScript }: Pick<ScanSource, 'runScript'>,
  engine: EngineFacts,
  paths: readonly string[],
): Promise<SeenPaths> {
  const tellable = [...new Set(paths)].filter(isTellable);
  const looks = tellable.length === 0 ? untold('nothing was asked') : await look(runScript, engine, tellable);
  return new Map(
    paths.map((path) => [path, isTellable(path) ? looks(path) : unknown('its name cannot be said to a shell')]),
  );
}

type Looks = (path: string) => Known<boolean>;

async function look(runScript: ScanSource['runScript'], engine: EngineFacts, paths: readonly string[]): Promise<Looks> {
  if (!runScript) return untold('this way to the engine has no shell on the host; reach it over ssh');
  try {
    const { exitCode, stdout } = await runScript(pathsScript(paths), LIMITS);
    const report = parseMachine(stdout);
    if (exitCode !== 0 || !report.isWhole) return untold(`the host's shell could not tell (exit ${exitCode})`);
    const elsewhere = whereElse(report, engine);
    if (elsewhere !== undefined) return untold(elsewhere);
    const answers = new Map(stdout.split('\n').flatMap(readAnswer));
    return (path) => answers.get(paths.indexOf(path)) ?? unknown("the host's shell did not tell");
  } catch (error) {
    return untold(`the host's shell could not be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A path on a dead network mount hangs whoever looks at it; then nothing is known, and the scan goes on. */
const LIMITS = { deadlineMilliseconds: 10_000, maximumBytes: 1024 * 1024 };

/** A bad character of the engine's answer was replaced, so the name is another one; the rest no shell can be told. */
function isTellable(path: string): boolean {
  return path.startsWith('/') && !path.includes('\0') && !path.includes('\ufffd');
}

/**
 * Names are hostile text: between single quotes the shell takes every byte as it is, and nothing of a name is printed.
 * What cannot be seen is only missing where the folder above it may be looked into.
 */
function pathsScript(paths: readonly string[]): string {
  return `${HEAD}${paths.map((path, number) => `look ${number} ${quoted(path)}\n`).join('')}echo end\n`;
}

const HEAD = String.raw`
LC_ALL=C
export LC_ALL
cd /proc && grep -H '' sys/kernel/osrelease sys/kernel/hostname || exit 3
cd /
user=$(id -u)
look() {
  [ -e "$2" ] && { echo "path $1 there"; return; }
  above=$2
  until [ -e "$above" ]; do
    last=$above
    above=${'$'}{above%/*}
    [ -n "$above" ] || above=/
  done
  if [ "$user" != 0 ] && { [ -h "$last" ] || [ ! -x "$above" ]; }; then echo "path $1 hidden"; else echo "path $1 missing"; fi
}
`;

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function readAnswer(line: string): readonly (readonly [number, Known<boolean>])[] {
  const match = /^path (?<number>\d+) (?<answer>there|missing|hidden)$/.exec(line);
  if (!match?.groups) return [];
  const { number, answer } = match.groups;
  const hidden = unknown('the user enforce comes in as may not look into the folder it is in');
  return [[Number(number), answer === 'hidden' ? hidden : { known: true, value: answer === 'there' }]];
}

function untold(because: string): Looks {
  return () => unknown(because);
}

function unknown(because: string): Known<boolean> {
  return { known: false, because };
}
