import { join, parse, relative } from 'node:path';
import { connectionVariables } from './connection-variables.ts';
import type { Declaration, Place, Variable } from './declaration.ts';
import { kindAt, listFolder } from './folder.ts';
import { variablesSchema } from './inventory-schema.ts';
import type { Path } from './problem.ts';
import type { Surroundings } from './surroundings.ts';
import { readTextFile } from './text-file.ts';
import { validate } from './validate.ts';
import { parseYaml } from './yaml-document.ts';

/** What group_vars and host_vars beside an inventory say of its groups and hosts. */
export interface FolderVariables {
  readonly declarations: readonly Declaration[];
  readonly warnings: readonly string[];
}

interface Found {
  readonly variables: readonly Variable[];
  readonly warnings: readonly string[];
}

/** Reads group_vars and host_vars of a folder, as far as they are about known groups and hosts. */
export async function readFolderVariables(
  folder: string,
  known: { readonly groups: ReadonlySet<string>; readonly hosts: ReadonlySet<string> },
  surroundings: Surroundings,
): Promise<FolderVariables> {
  const declarations: Declaration[] = [];
  const warnings: string[] = [];
  for (const [name, path] of await entriesOf(join(folder, 'group_vars'), known.groups)) {
    const found = await readVariables(path, surroundings);
    declarations.push({ kind: 'group-variables', group: name, variables: found.variables, fromFolder: true });
    warnings.push(...found.warnings);
  }
  for (const [name, path] of await entriesOf(join(folder, 'host_vars'), known.hosts)) {
    const found = await readVariables(path, surroundings);
    declarations.push({ kind: 'host-variables', host: name, variables: found.variables });
    warnings.push(...found.warnings);
  }
  return { declarations, warnings };
}

/** `NAME`, `NAME.yml`, `NAME.yaml`, `NAME.json` and folders `NAME`. A host's own name may have dots in it. */
async function entriesOf(folder: string, known: ReadonlySet<string>): Promise<readonly (readonly [string, string])[]> {
  return (await listFolder(folder, folder)).flatMap((entry) => {
    const { name, ext } = parse(entry);
    const subject = known.has(entry)
      ? entry
      : ['.yml', '.yaml', '.json'].includes(ext) && known.has(name)
        ? name
        : undefined;
    return subject === undefined ? [] : [[subject, join(folder, entry)] as const];
  });
}

async function readVariables(path: string, surroundings: Surroundings): Promise<Found> {
  if ((await kindAt(path, path)) === 'folder') {
    const names = (await listFolder(path, path)).filter((name) => !/^\.|~$/.test(name));
    const parts = await Promise.all(names.map((name) => readVariables(join(path, name), surroundings)));
    return { variables: parts.flatMap((part) => part.variables), warnings: parts.flatMap((part) => part.warnings) };
  }
  const shownPath = relative(surroundings.workingFolder, path);
  const file = await readTextFile(path, 'bad-inventory', shownPath.startsWith('..') ? path : shownPath);
  if (file.text.startsWith('$ANSIBLE_VAULT')) {
    const warning = `${file.file}: encrypted with ansible-vault and not read: a host, user or port set there is not seen`;
    return { variables: [], warnings: [warning] };
  }
  if (file.text.split('\n').every((line) => /^\s*(?:#.*|---\s*|\.\.\.\s*)?$/.test(line)))
    return { variables: [], warnings: [] };
  const document = parseYaml(file, 'bad-inventory');
  const placeOf = (at: Path): Place => ({
    file: file.file,
    line: document.lineOf(at),
    path: at,
    folder: parse(path).dir,
  });
  const written = validate(variablesSchema, document, 'bad-inventory');
  return { variables: connectionVariables(written, (name) => placeOf([name])), warnings: [] };
}
