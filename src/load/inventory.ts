import { addressText, type Host, type Inventory } from '../model/inventory.ts';
import { adviceFor } from './connection-variables.ts';
import { type Declaration, type Place, placeText, type Variable } from './declaration.ts';
import { readGroups } from './groups.ts';
import { hostAddress } from './host-address.ts';
import { hostSettings } from './host-settings.ts';
import { readDefaultSource, readInventorySource } from './inventory-source.ts';
import type { Surroundings } from './surroundings.ts';

/** Reads the inventory that the sources make together; without a source, the engine that docker itself would talk to. */
export async function loadInventory(sources: readonly string[], surroundings: Surroundings): Promise<Inventory> {
  const declarations: Declaration[] = [];
  const folders = new Set<string>();
  for (const source of sources.length === 0 ? [undefined] : sources) {
    // One after the other, so that the first source that is wrong is the one that is told of.
    const read = await (source === undefined
      ? readDefaultSource(surroundings)
      : readInventorySource(source, surroundings));
    declarations.push(...read.declarations);
    for (const folder of read.folders) folders.add(folder);
  }
  const groups = readGroups(declarations);
  const mentions = mentionsOf(declarations);
  const warnings: string[] = [];
  for (const folder of folders) {
    const known = { groups: groups.names, hosts: new Set(mentions.keys()) };
    const { readFolderVariables } = await import('./variable-folders.ts');
    const found = await readFolderVariables(folder, known, surroundings);
    declarations.push(...found.declarations);
    warnings.push(...found.warnings);
  }
  const settingsOf = hostSettings(declarations, groups);
  const hosts: Host[] = [];
  for (const [name, { place, groups: own }] of mentions) {
    const settings = settingsOf(name);
    hosts.push({
      name,
      address: await hostAddress(name, settings, surroundings),
      groups: [...new Set(['all', ...own.flatMap((group) => [group, ...groups.ancestorsOf(group)])])].sort(),
      ...(place.line === undefined ? {} : { source: placeText(place) }),
    });
    warnings.push(...foreignConnection(name, settings.get('connection')));
  }
  return { hosts, warnings: [...warnings, ...notRead(declarations), ...sameEngine(hosts)] };
}

interface Mention {
  readonly place: Place;
  readonly groups: readonly string[];
}

/** Every host in order of appearance, with the first place that names it and all groups that hold it. */
function mentionsOf(declarations: readonly Declaration[]): ReadonlyMap<string, Mention> {
  const mentions = new Map<string, { readonly place: Place; readonly groups: string[] }>();
  for (const declaration of declarations) {
    if (declaration.kind !== 'host') continue;
    const known = mentions.get(declaration.host);
    if (known === undefined) mentions.set(declaration.host, { place: declaration.place, groups: [declaration.group] });
    else known.groups.push(declaration.group);
  }
  return mentions;
}

function foreignConnection(host: string, connection: Variable | undefined): readonly string[] {
  if (
    connection === undefined ||
    ['ssh', 'local', 'smart', 'paramiko', 'paramiko_ssh'].includes(String(connection.value))
  )
    return [];
  return [
    `${placeText(connection.place)}: ${host} has ansible_connection ${String(connection.value)}, which enforce does not speak; ssh is used`,
  ];
}

function notRead(declarations: readonly Declaration[]): readonly string[] {
  const found = new Map<string, Variable[]>();
  for (const declaration of declarations) {
    if (!('variables' in declaration)) continue;
    for (const variable of declaration.variables) {
      if (adviceFor(variable) !== undefined) found.set(variable.name, [...(found.get(variable.name) ?? []), variable]);
    }
  }
  return [...found].flatMap(([name, [first, ...others]]) => {
    if (first === undefined) return [];
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return [`${placeText(first.place)}${more}: ${name} is not read; ${adviceFor(first) ?? ''}`];
  });
}

function sameEngine(hosts: readonly Host[]): readonly string[] {
  const byAddress = new Map<string, string>();
  return hosts.flatMap(({ name, address }) => {
    const text = addressText(address);
    const other = byAddress.get(text);
    byAddress.set(text, other ?? name);
    return other === undefined ? [] : [`${name} and ${other} have the same address, ${text}`];
  });
}
