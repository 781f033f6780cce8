import { dirname, join } from 'node:path';
import { EnforceError } from '../model/errors.ts';
import { parseAddress } from './address.ts';
import { badInventory, type Declaration, type Place, type Variable } from './declaration.ts';
import { defaultEngine } from './docker-context.ts';
import { kindAt, listFolder } from './folder.ts';
import { readIniInventory } from './inventory-ini.ts';
import { declareHosts } from './declare-hosts.ts';
import { absolutePath, type Surroundings, tlsFolderOfEnvironment } from './surroundings.ts';
import { readTextFile } from './text-file.ts';

/** What one `--inventory` says, and the folders whose group_vars and host_vars belong to it. */
export interface InventorySource {
  readonly declarations: readonly Declaration[];
  readonly folders: readonly string[];
}

/** Reads a source: an address, a context, `host1,host2,`, a file or a directory. */
export async function readInventorySource(source: string, surroundings: Surroundings): Promise<InventorySource> {
  // A password that was put into an address must not be repeated in a message.
  const said = source.replace(/\/\/[^/]*:[^/]*@/, '//…@');
  const place: Place = { file: `--inventory ${said}`, path: [], folder: surroundings.workingFolder };
  if (source.trim() === '')
    throw badInventory(place, 'is empty; expected a file, a directory, host1,host2, or an address');
  if (source.includes(',') && !isUnixPath(source)) {
    const items = source.split(',').map((item) => item.trim());
    return named(items.filter((item) => item !== '').flatMap((item) => declareItem(item, place, surroundings)));
  }
  if (IS_ADDRESS.test(source)) return named(declareAddress(source, place, surroundings));
  const path = absolutePath(source, surroundings.workingFolder, surroundings);
  switch (await kindAt(path, source)) {
    case 'folder':
      return { declarations: await readDirectory(path, source), folders: [path] };
    case 'file':
      return { declarations: await readInventoryFile(path, source), folders: [dirname(path)] };
    case 'absent':
      throw new EnforceError(
        'bad-inventory',
        `${source}: no such file or directory; expected an inventory or an address`,
        {
          hint: `a host by its name ends in a comma: --inventory ${source},`,
        },
      );
  }
}

const IS_ADDRESS = /^(?:context:|[a-z]+:\/\/)/;

/** A path may hold a comma; a list of sockets has each with its own scheme. */
function isUnixPath(source: string): boolean {
  return source.startsWith('unix://') && !/,(?:$|\s*[a-z]+:)/.test(source);
}

/** The engine that docker itself would talk to, as a source. */
export async function readDefaultSource(surroundings: Surroundings): Promise<InventorySource> {
  const { engine, saidBy } = await defaultEngine(surroundings);
  return named(declareAddress(engine, { file: saidBy, path: [], folder: surroundings.workingFolder }, surroundings));
}

function named(declarations: readonly Declaration[]): InventorySource {
  return { declarations, folders: [] };
}

function declareItem(item: string, place: Place, surroundings: Surroundings): readonly Declaration[] {
  if (IS_ADDRESS.test(item)) return declareAddress(item, place, surroundings);
  if (item.includes('@')) return declareAddress(`ssh://${item}`, place, surroundings);
  return declareHosts(item, [], 'all', { ...place, path: [item] });
}

/** One engine by its address, under a name that a person can read. */
function declareAddress(text: string, place: Place, surroundings: Surroundings): readonly Declaration[] {
  const address = parseAddress(text);
  const variables: Variable[] = [{ name: 'docker', value: text, place }];
  const tls = tlsFolderOfEnvironment(surroundings);
  if (address.kind === 'tcp' && tls !== undefined) variables.push({ name: 'tls', value: tls, place });
  switch (address.kind) {
    case 'wrong':
      throw badInventory(
        place,
        /:\/\/[^/]*@/.test(text) ? `the address ${address.because}` : `${JSON.stringify(text)} ${address.because}`,
      );
    case 'unix':
      return [{ kind: 'host', group: 'all', host: 'local', variables, place }];
    case 'context':
      return [{ kind: 'host', group: 'all', host: address.name, variables, place }];
    case 'ssh':
    case 'tcp':
      return [{ kind: 'host', group: 'all', host: address.hostName, variables, place }];
  }
}

async function readInventoryFile(path: string, shownPath: string): Promise<readonly Declaration[]> {
  const file = await readTextFile(path, 'bad-inventory', shownPath);
  const place: Place = { file: shownPath, line: 1, path: [], folder: dirname(path) };
  if (file.text.startsWith('#!')) {
    throw badInventory(
      place,
      'is a program; expected an inventory (ansible-inventory -i FILE --list --yaml writes one)',
    );
  }
  if (file.text.startsWith('$ANSIBLE_VAULT'))
    throw badInventory(place, 'is encrypted with ansible-vault; expected plain text');
  const significant = file.text.split('\n').find((line) => !/^\s*(?:[#;].*)?$/.test(line));
  if (significant === undefined) throw badInventory(place, 'the file is empty; expected groups and hosts');
  if (!isYaml(path, significant)) return readIniInventory(file, dirname(path));
  // Loaded only where there is such a file: it takes as long as a handshake.
  const { readYamlInventory } = await import('./inventory-yaml.ts');
  return readYamlInventory(file, dirname(path));
}

/** By its extension; without a telling one, by its first line that says something. */
function isYaml(path: string, firstLine: string): boolean {
  if (/\.(?:ya?ml|json)$/.test(path)) return true;
  return !path.endsWith('.ini') && /^(?:---|%YAML|\{|["']?[\w.-]+["']?:(?:\s|$))/.test(firstLine);
}

/** Files that Ansible passes over too. */
const PASSED_OVER =
  /^\.|^(?:group_vars|host_vars|vars_plugins)$|~$|\.(?:md|rst|txt|pyc|pyo|swp|bak|orig|cfg|retry|rpm)$/;

async function readDirectory(path: string, shownPath: string): Promise<readonly Declaration[]> {
  const names = (await listFolder(path, shownPath)).filter((name) => !PASSED_OVER.test(name));
  if (names.length === 0)
    throw new EnforceError('bad-inventory', `${shownPath}: holds no inventory; expected at least one file`);
  const declarations: Declaration[] = [];
  for (const name of names) {
    const [inner, shownInner] = [join(path, name), join(shownPath, name)];
    const isFolder = (await kindAt(inner, shownInner)) === 'folder';
    declarations.push(...(await (isFolder ? readDirectory(inner, shownInner) : readInventoryFile(inner, shownInner))));
  }
  return declarations;
}
