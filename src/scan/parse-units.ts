import type { Unit } from '../model/machine.ts';

/** The containers that units run or start by name, from the lines of their files as grep prints them: `PATH:LINE`. */
export function parseUnits(lines: readonly string[]): readonly Unit[] {
  const texts = new Map<string, string>();
  for (const line of lines) {
    const match = /^(?<file>\/[^:]+):(?<text>.*)$/.exec(line);
    const { file, text } = match?.groups ?? {};
    if (file === undefined || text === undefined) continue;
    texts.set(file, `${texts.get(file) ?? ''}${text}\n`);
  }
  return [...texts].flatMap(([file, text]) => unitsIn(file, text));
}

function unitsIn(file: string, text: string): readonly Unit[] {
  const name = unitName(file);
  const settings = text
    .split('\n')
    .filter((line) => !/^\s*[#;]/.test(line))
    .join('\n')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  const variables = new Map(settings.flatMap(environmentOf));
  return settings.flatMap((line) => {
    const command = /^\s*Exec\w+\s*=\s*(.*)$/.exec(line)?.[1];
    if (command === undefined) return [];
    return containersIn(filledIn(command, name, variables)).map((found) => ({ name, file, ...found }));
  });
}

/** A drop-in stands in the folder of its unit. */
function unitName(file: string): string {
  const parts = file.split('/');
  const folder = parts.at(-2) ?? '';
  return folder.endsWith('.service.d') ? folder.slice(0, -2) : (parts.at(-1) ?? '');
}

function environmentOf(line: string): readonly (readonly [string, string])[] {
  const text = /^\s*Environment\s*=\s*(.*)$/.exec(line)?.[1] ?? '';
  return [...text.matchAll(/(?:^|\s)["']?(\w+)=([^\s"']*)/g)].map(([, name = '', value = '']) => [name, value]);
}

/** What systemd fills in: the unit's own names, an instance that only its start tells, and variables of the same file. */
function filledIn(command: string, unit: string, variables: ReadonlyMap<string, string>): string {
  const whole = unit.replace(/\.service$/, '');
  const [prefix = '', instance] = whole.split('@');
  const own = instance === undefined || instance === '' ? '*' : instance;
  const names: Readonly<Record<string, string>> = {
    n: instance === '' ? `${prefix}@*.service` : unit,
    N: instance === '' ? `${prefix}@*` : whole,
    p: prefix,
    P: prefix,
    i: instance === undefined ? '' : own,
    I: instance === undefined ? '' : own,
    j: prefix.split('-').at(-1) ?? '',
  };
  return command
    .replaceAll(/%(.)/g, (written, letter: string) => (letter === '%' ? '%' : (names[letter] ?? written)))
    .replaceAll(/\$\{?(\w+)\}?/g, (written, name: string) => variables.get(name) ?? written);
}

type Found = Pick<Unit, 'verb' | 'container'>;

/** One line may hold several commands, in a shell of its own. */
function containersIn(command: string): readonly Found[] {
  return command.split(/;|&&|\|\|/).flatMap((part) => {
    const words = (part.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).flatMap(unquoted);
    const docker = words.findIndex((word) => /(?:^|\/)docker$/.test(word.replace(/^[-@:+!]+/, '')));
    if (docker < 0) return [];
    const rest = words.slice(docker + 1);
    const verb = rest.findIndex((word) => /^(?:run|create|start|restart)$/.test(word));
    if (verb < 0) return [];
    const after = rest.slice(verb + 1);
    return rest[verb] === 'run' || rest[verb] === 'create' ? named(after) : started(after);
  });
}

/** What follows `sh -c` is a command of its own. */
function unquoted(word: string): readonly string[] {
  const inner = /^(["'])(.*)\1$/.exec(word)?.[2];
  return inner === undefined ? [word] : (inner.match(/\S+/g) ?? []);
}

function named(words: readonly string[]): readonly Found[] {
  const at = words.findIndex((word) => /^--name(?:=|$)/.test(word));
  const container = words[at] === '--name' ? words[at + 1] : words[at]?.slice('--name='.length);
  return at < 0 || !isName(container) ? [] : [{ verb: 'run', container }];
}

/** Flags of `docker start` and `docker restart` that take a value of their own. */
const WITH_VALUE = /^(?:--detach-keys|--checkpoint|--checkpoint-dir|-t|--time|-s|--signal)$/;

function started(words: readonly string[]): readonly Found[] {
  return words
    .filter((word, index) => !word.startsWith('-') && !WITH_VALUE.test(words[index - 1] ?? ''))
    .filter(isName)
    .map((container) => ({ verb: 'start', container }));
}

function isName(word: string | undefined): word is string {
  return word !== undefined && /^[a-zA-Z0-9*][a-zA-Z0-9*_.-]*$/.test(word);
}
