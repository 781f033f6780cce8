import { badInventory, type Place, type Variable } from './declaration.ts';
import { editDistance } from './nearest.ts';

/** What decides how a host is reached. */
export type ConnectionKey =
  | 'docker'
  | 'tls'
  | 'become'
  | 'transport'
  | 'hostName'
  | 'user'
  | 'port'
  | 'identityFile'
  | 'connection';

/** Every spelling; of two that mean the same at one place, the earlier wins. */
const SPELLINGS: ReadonlyMap<string, ConnectionKey> = new Map([
  ['docker', 'docker'],
  ['tls', 'tls'],
  ['become', 'become'],
  ['ansible_become', 'become'],
  ['transport', 'transport'],
  ['ansible_host', 'hostName'],
  ['ansible_ssh_host', 'hostName'],
  ['ansible_user', 'user'],
  ['ansible_ssh_user', 'user'],
  ['ansible_port', 'port'],
  ['ansible_ssh_port', 'port'],
  ['ansible_ssh_private_key_file', 'identityFile'],
  ['ansible_private_key_file', 'identityFile'],
  ['ansible_connection', 'connection'],
]);

/** Our own keys, and how many letters off a name may be to be taken for one of them: `ttl` and `dns` are no `tls`. */
const OWN = new Map([
  ['docker', 2],
  ['become', 2],
  ['transport', 1],
  ['tls', 1],
]);

/** Settings of Ansible connections that enforce leaves to OpenSSH's own files, and what to do instead. */
const NOT_READ: ReadonlyMap<string, string> = new Map([
  ['ansible_ssh_common_args', 'put its options into ~/.ssh/config'],
  ['ansible_ssh_extra_args', 'put its options into ~/.ssh/config'],
  ['ansible_password', 'passwords are not used: use a key or the agent'],
  ['ansible_ssh_pass', 'passwords are not used: use a key or the agent'],
  ['ansible_ssh_password', 'passwords are not used: use a key or the agent'],
]);

/** The variables that matter to a connection. Any other name is another tool's, unless it is one of ours misspelt. */
export function connectionVariables(
  written: Readonly<Record<string, unknown>>,
  placeOf: (name: string) => Place,
): readonly Variable[] {
  return Object.entries(written).flatMap(([name, value]) => {
    if (SPELLINGS.has(name) || NOT_READ.has(name)) return [{ name, value, place: placeOf(name) }];
    const meant = misspelt(name);
    if (meant !== undefined) throw badInventory(placeOf(name), `is not a known key; expected ${meant}`);
    return [];
  });
}

/** The variables by what they decide. */
export function byConnectionKey(variables: readonly Variable[]): ReadonlyMap<ConnectionKey, Variable> {
  const byKey = new Map<ConnectionKey, Variable>();
  for (const [name, key] of SPELLINGS) {
    const variable = variables.find((candidate) => candidate.name === name);
    if (variable !== undefined && !byKey.has(key)) byKey.set(key, variable);
  }
  return byKey;
}

/** What to do instead about a variable that is not read; undefined for one that is. */
export function adviceFor(variable: Variable): string | undefined {
  return NOT_READ.get(variable.name);
}

function misspelt(name: string): string | undefined {
  for (const [own, distance] of OWN) {
    if (Math.abs(name.length - own.length) <= distance && editDistance(name, own) <= distance) return own;
  }
  return undefined;
}
