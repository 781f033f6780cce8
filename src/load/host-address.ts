import type { Address } from '../model/inventory.ts';
import { isHostName, isPort, isUserName, parseAddress, type WrittenAddress } from './address.ts';
import type { ConnectionKey } from './connection-variables.ts';
import { badInventory, type Place, type Variable } from './declaration.ts';
import { type DockerContext, readDockerContext } from './docker-context.ts';
import { shown } from './problem.ts';
import { absolutePath, type Surroundings } from './surroundings.ts';

/** The variables that hold for one host. */
export type Settings = ReadonlyMap<ConnectionKey, Variable>;

/** How a host is reached, by its settings; one without any is reached over SSH by its name. */
export async function hostAddress(name: string, settings: Settings, surroundings: Surroundings): Promise<Address> {
  const docker = settings.get('docker');
  if (docker === undefined) {
    if (textOf(settings.get('connection'), 'ssh or local') === 'local')
      return { kind: 'unix', path: '/var/run/docker.sock' };
    return sshAddress({ kind: 'ssh', hostName: hostNameOf(settings.get('hostName')) ?? name }, settings, surroundings);
  }
  const { address, tlsFolder } = await meaning(docker, surroundings);
  switch (address.kind) {
    case 'unix':
      return address;
    case 'ssh':
      return sshAddress(address, settings, surroundings);
    case 'tcp':
      return {
        ...address,
        tlsFolder: tlsFolderOf(settings.get('tls'), surroundings) ?? tlsFolder ?? refusePlain(docker.place),
      };
    case 'context':
    case 'wrong':
      throw badInventory(docker.place, `leads to ${shown(docker.value)}; expected the address of an engine`);
  }
}

/** The address a `docker` value stands for; a context is looked up. */
async function meaning(docker: Variable, surroundings: Surroundings): Promise<DockerContext> {
  const written = textOf(docker, 'ssh://USER@HOST, tcp://HOST:2376, unix:///PATH or context:NAME') ?? '';
  const address = parseAddress(written);
  if (address.kind === 'context') {
    const context = await readDockerContext(address.name, surroundings, docker.place);
    if (context.address.kind !== 'wrong') return context;
    throw badInventory(docker.place, `the address of the docker context ${address.name} ${context.address.because}`);
  }
  if (address.kind !== 'wrong') return { address, tlsFolder: undefined };
  // A password that was put into an address must not be repeated in a message.
  const value = /:\/\/[^/]*@/.test(written) ? 'the address' : shown(written);
  throw badInventory(docker.place, `${value} ${address.because}`);
}

function sshAddress(
  written: Extract<WrittenAddress, { kind: 'ssh' }>,
  settings: Settings,
  surroundings: Surroundings,
): Address {
  const user = written.user ?? userOf(settings.get('user'));
  const port = written.port ?? portOf(settings.get('port'));
  const key = textOf(settings.get('identityFile'), 'the path of a key file');
  return {
    ...written,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(key === undefined ? {} : { identityFile: absolutePath(key, surroundings.workingFolder, surroundings) }),
    become: booleanOf(settings.get('become')),
    ...(isOpenSsh(settings.get('transport')) ? { transport: 'openssh' as const } : {}),
  };
}

function tlsFolderOf(tls: Variable | undefined, surroundings: Surroundings): string | undefined {
  const folder = textOf(tls, 'a folder with ca.pem, cert.pem and key.pem');
  return folder === undefined || tls === undefined ? undefined : absolutePath(folder, tls.place.folder, surroundings);
}

function refusePlain(place: Place): never {
  throw badInventory(
    place,
    'tcp:// without certificates is root on the host for anyone on the network; expected tls: FOLDER with ca.pem, cert.pem and key.pem (on the command line: DOCKER_CERT_PATH)',
  );
}

function hostNameOf(variable: Variable | undefined): string | undefined {
  const name = textOf(variable, 'a name or address')?.replace(/^\[(.*)\]$/, '$1');
  if (variable === undefined || name === undefined || isHostName(name)) return name;
  throw badInventory(variable.place, `is ${shown(variable.value)}; expected a host name or an IP address`);
}

function userOf(variable: Variable | undefined): string | undefined {
  const user = textOf(variable, 'the name of a user');
  if (variable === undefined || user === undefined || isUserName(user)) return user;
  throw badInventory(variable.place, `is ${shown(variable.value)}; expected the name of a user`);
}

function portOf(variable: Variable | undefined): number | undefined {
  const port = textOf(variable, 'a port from 1 to 65535');
  if (variable === undefined || port === undefined) return undefined;
  if (isPort(port)) return Number(port);
  throw badInventory(variable.place, `is ${shown(variable.value)}; expected a port from 1 to 65535`);
}

function isOpenSsh(variable: Variable | undefined): boolean {
  const text = textOf(variable, 'openssh or built-in');
  if (variable === undefined || text === undefined || text === 'built-in') return false;
  if (text === 'openssh') return true;
  throw badInventory(variable.place, `is ${shown(variable.value)}; expected openssh or built-in`);
}

/** Ansible reads YAML 1.1, where yes, no, on and off are booleans too. */
function booleanOf(variable: Variable | undefined): boolean {
  const text = textOf(variable, 'true or false')?.toLowerCase();
  if (variable === undefined || text === undefined || ['false', 'no', 'off', '0', 'n', 'f'].includes(text))
    return false;
  if (['true', 'yes', 'on', '1', 'y', 't'].includes(text)) return true;
  throw badInventory(variable.place, `is ${shown(variable.value)}; expected true or false`);
}

/** The variable as text; only what a person wrote out can be used, not what Ansible would compute or decrypt. */
function textOf(variable: Variable | undefined, expected: string): string | undefined {
  if (variable === undefined) return undefined;
  const { value, place } = variable;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value.trim() === '')
    throw badInventory(place, `is ${shown(value)}; expected ${expected}`);
  if (value.startsWith('$ANSIBLE_VAULT'))
    throw badInventory(place, `is encrypted with ansible-vault; expected ${expected}, in plain text`);
  if (/\{[{%]/.test(value))
    throw badInventory(place, `is a template, ${shown(value)}; expected ${expected}, written out`);
  return value.trim();
}
