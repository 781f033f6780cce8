import { connectionVariables } from './connection-variables.ts';
import { declareHosts } from './declare-hosts.ts';
import { badInventory, type Declaration, isGroupName, type Place, type Variable } from './declaration.ts';
import { inventorySchema, type WrittenGroup, type WrittenVariables } from './inventory-schema.ts';
import type { Path } from './problem.ts';
import type { TextFile } from './text-file.ts';
import { validate } from './validate.ts';
import { parseYaml } from './yaml-document.ts';

/** Reads an inventory of Ansible's YAML shape, in the order it is written. */
export function readYamlInventory(file: TextFile, folder: string): readonly Declaration[] {
  const document = parseYaml(file, 'bad-inventory');
  const placeOf = (path: Path): Place => ({ file: file.file, line: document.lineOf(path), path, folder });
  refuseOtherKinds(document.value, placeOf);
  const groups = validate(inventorySchema, document, 'bad-inventory');
  return Object.entries(groups).flatMap(([name, group]) => readGroup(name, group, [name], placeOf));
}

type PlaceOf = (path: Path) => Place;

/** What Ansible can run or ask for hosts; enforce reads only what is written down. */
function refuseOtherKinds(value: unknown, placeOf: PlaceOf): void {
  const kind = ['plugin', '_meta'].find(
    (key) => typeof value === 'object' && value !== null && Object.hasOwn(value, key),
  );
  if (kind === undefined) return;
  const text = 'belongs to a dynamic inventory; expected groups (ansible-inventory -i FILE --list --yaml writes them)';
  throw badInventory(placeOf([kind]), text);
}

function readGroup(name: string, group: WrittenGroup | null, path: Path, placeOf: PlaceOf): readonly Declaration[] {
  if (!isGroupName(name))
    throw badInventory(placeOf(path), 'is not a name for a group; expected letters, digits, _ . -');
  const { vars, hosts, children } = group ?? {};
  const variables = readVariables(vars ?? {}, [...path, 'vars'], placeOf);
  return [
    { kind: 'group', group: name, place: placeOf(path) },
    ...(variables.length === 0
      ? []
      : [{ kind: 'group-variables' as const, group: name, variables, fromFolder: false }]),
    ...Object.entries(asMapping(hosts)).flatMap(([entry, written]) =>
      readHosts(
        entry,
        written,
        name,
        typeof hosts === 'string' ? [...path, 'hosts'] : [...path, 'hosts', entry],
        placeOf,
      ),
    ),
    ...Object.entries(asMapping(children)).flatMap(([child, written]): readonly Declaration[] => {
      const childPath = typeof children === 'string' ? [...path, 'children'] : [...path, 'children', child];
      return [
        { kind: 'child', group: name, child, place: placeOf(childPath) },
        ...readGroup(child, written, childPath, placeOf),
      ];
    }),
  ];
}

/** Ansible takes a lone text for a mapping with that one key. */
function asMapping<Value>(
  written: string | Readonly<Record<string, Value | null>> | null | undefined,
): Readonly<Record<string, Value | null>> {
  return typeof written === 'string' ? { [written]: null } : (written ?? {});
}

function readHosts(
  entry: string,
  written: WrittenVariables | null,
  group: string,
  path: Path,
  placeOf: PlaceOf,
): readonly Declaration[] {
  const place = placeOf(path);
  return declareHosts(entry, readVariables(written ?? {}, path, placeOf), group, place);
}

function readVariables(written: WrittenVariables, path: Path, placeOf: PlaceOf): readonly Variable[] {
  return connectionVariables(written, (name) => placeOf([...path, name]));
}
