import { isIPv6 } from 'node:net';
import { connectionVariables } from './connection-variables.ts';
import { badInventory, type Declaration, isGroupName, type Place } from './declaration.ts';
import { declareHosts } from './declare-hosts.ts';
import { didYouMean } from './nearest.ts';
import type { Path } from './problem.ts';
import { splitWords } from './split-words.ts';
import type { TextFile } from './text-file.ts';

interface Section {
  readonly group: string;
  readonly kind: 'hosts' | 'vars' | 'children';
}

interface Line {
  readonly text: string;
  readonly section: Section;
  readonly placeOf: (path: Path) => Place;
}

/** Reads an inventory of Ansible's INI shape. Hosts before the first section are in no group but `all`. */
export function readIniInventory({ file, text }: TextFile, folder: string): readonly Declaration[] {
  const declarations: Declaration[] = [];
  const firstLines = new Map<string, number>();
  const varsSections: { readonly group: string; readonly place: Place }[] = [];
  let section: Section = { group: 'all', kind: 'hosts' };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    const placeOf = (path: Path): Place => ({ file, line: index + 1, path, folder });
    if (isSection(content)) {
      section = readSection(content, placeOf([]));
      if (section.kind === 'vars') varsSections.push({ group: section.group, place: placeOf([content]) });
      else declarations.push({ kind: 'group', group: section.group, place: placeOf([content]) });
      continue;
    }
    const line: Line = { text: content, section, placeOf };
    refuseRepetition(line, firstLines, index + 1);
    declarations.push(...readLine(line));
  }
  refuseUnknownGroups(varsSections, declarations);
  return declarations;
}

/** `[2001:db8::7]` and `[01:20].example.com` are hosts; a bracket that never closes was meant for a section. */
function isSection(content: string): boolean {
  if (!content.startsWith('[')) return false;
  const inner = /^\[([^\]]*)\]\s*(?:[#;].*)?$/.exec(content)?.[1];
  return inner === undefined ? !content.includes(']') : !isIPv6(inner);
}

function readSection(content: string, place: Place): Section {
  const match = /^\[(?<group>[^\]:]*)(?::(?<kind>[^\]]*))?\]\s*(?:[#;].*)?$/.exec(content);
  const { group = '', kind = 'hosts' }: Readonly<Record<string, string | undefined>> = match?.groups ?? {};
  if (!isGroupName(group))
    throw badInventory(place, 'is not a section; expected [GROUP], [GROUP:vars] or [GROUP:children]');
  if (kind === 'hosts' || kind === 'vars' || kind === 'children') return { group, kind };
  throw badInventory(
    place,
    `has a section of the kind ${kind}; expected [${group}], [${group}:vars] or [${group}:children]`,
  );
}

function readLine({ text, section, placeOf }: Line): readonly Declaration[] {
  const { group, kind } = section;
  switch (kind) {
    case 'hosts':
      return readHosts(text, group, placeOf);
    case 'children': {
      const [child = '', ...rest] = splitWords(text) ?? [];
      if (rest.length > 0 || !isGroupName(child))
        throw badInventory(placeOf([group]), 'is not the name of a group; expected one on each line');
      const place = placeOf([`${group}:children`, child]);
      return [
        { kind: 'child', group, child, place },
        { kind: 'group', group: child, place },
      ];
    }
    case 'vars': {
      const [name, value] = assignment(text);
      if (value === undefined) throw badInventory(placeOf([`${group}:vars`]), 'is not a variable; expected NAME=VALUE');
      const variables = connectionVariables({ [name]: unquoted(value) }, (key) => placeOf([`${group}:vars`, key]));
      return variables.length === 0 ? [] : [{ kind: 'group-variables', group, variables, fromFolder: false }];
    }
  }
}

function readHosts(text: string, group: string, placeOf: Line['placeOf']): readonly Declaration[] {
  const words = splitWords(text);
  if (words === undefined) throw badInventory(placeOf([]), 'a quote is opened and not closed; expected both');
  const [entry = '', ...assignments] = words;
  const written: Record<string, string> = {};
  for (const word of assignments) {
    const [name, value] = assignment(word);
    if (value === undefined)
      throw badInventory(placeOf([entry]), `has ${JSON.stringify(word)} beside it; expected NAME=VALUE`);
    if (Object.hasOwn(written, name)) throw badInventory(placeOf([entry, name]), 'is given twice; expected it once');
    if (name !== '__proto__') written[name] = value;
  }
  const variables = connectionVariables(written, (name) => placeOf([entry, name]));
  return declareHosts(entry, variables, group, placeOf([entry]));
}

function assignment(text: string): readonly [name: string, value: string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}

function refuseRepetition({ text, section, placeOf }: Line, firstLines: Map<string, number>, line: number): void {
  if (section.kind !== 'hosts') return;
  const entry = splitWords(text)?.[0] ?? text;
  const key = `${section.group} ${entry}`;
  const first = firstLines.get(key);
  if (first !== undefined)
    throw badInventory(placeOf([entry]), `the host is already on line ${first}; expected it once`);
  firstLines.set(key, line);
}

function refuseUnknownGroups(
  sections: readonly { readonly group: string; readonly place: Place }[],
  declarations: readonly Declaration[],
): void {
  const known = new Set([
    'all',
    'ungrouped',
    ...declarations.flatMap((one) => (one.kind === 'group' ? [one.group] : [])),
  ]);
  for (const { group, place } of sections) {
    if (!known.has(group))
      throw badInventory(
        place,
        `sets variables of a group that is not there; expected [${group}]${didYouMean(group, known)}`,
      );
  }
}
