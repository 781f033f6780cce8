import { isOlder } from '../model/api-version.ts';
import { normalizeCapability } from '../model/capabilities.ts';
import type { Container, EngineFacts } from '../model/snapshot.ts';
import type { Need, Needs } from './choose-capabilities.ts';

/** Programs that switch from root to another user, as entrypoints call them (capabilities.md §4.1). */
const USER_SWITCHERS = ['gosu', 'su-exec', 'setpriv', 'runuser', 'su', 'sudo', 's6-setuidgid', 'chpst'];

/** What the configuration alone shows a container to need: its own list, its network, its sysctls, its command line. */
export function configurationNeeds(container: Container, engine: EngineFacts): Needs {
  return new Map([
    ...named(container),
    ...lowPorts(container, engine),
    ...userSwitch(container),
    ...supervisor(container),
  ]);
}

/** Whether the container's user is set and is not root. */
export function isNonRoot({ inspect }: Container): boolean {
  const user = (inspect.Config.User ?? '').split(':')[0] ?? '';
  return user !== '' && user !== 'root' && !/^0+$/.test(user);
}

/** Somebody who names a capability of the default set, which comes unasked, has a reason to. */
function named({ inspect }: Container): readonly [string, Need][] {
  return (inspect.HostConfig.CapAdd ?? []).map((text) => [
    normalizeCapability(text),
    { evidence: 'configuration', because: 'asked for by name (cap_add)' },
  ]);
}

/**
 * NET_BIND_SERVICE: since 20.10 (API 1.41) any process may bind a low port in a private network namespace, unless a
 * sysctl takes that back; in the host's or another container's namespace the right is still asked for.
 */
function lowPorts({ inspect }: Container, engine: EngineFacts): readonly [string, Need][] {
  const need = (because: string): readonly [string, Need][] => [
    ['NET_BIND_SERVICE', { evidence: 'configuration', because }],
  ];
  const mode = inspect.HostConfig.NetworkMode ?? '';
  const firstFree = inspect.HostConfig.Sysctls?.['net.ipv4.ip_unprivileged_port_start'];
  if (mode === 'host') return need('shares the host network, where ports below 1024 need it');
  if (mode.startsWith('container:'))
    return need('shares another container’s network, where ports below 1024 may need it');
  if (firstFree !== undefined && Number(firstFree) !== 0)
    return need(`its sysctl net.ipv4.ip_unprivileged_port_start is ${firstFree}`);
  if (isOlder(engine.apiVersion, '1.41')) return need('engines before 20.10 ask for it to listen below 1024');
  return [];
}

function userSwitch({ inspect }: Container): readonly [string, Need][] {
  const words = commandWords(inspect.Config.Entrypoint, inspect.Config.Cmd);
  const program = words.find((word) => USER_SWITCHERS.includes(baseName(word)));
  if (program === undefined) return [];
  const because = `its command runs ${baseName(program)}, which changes user`;
  return ['SETGID', 'SETUID'].map((name) => [name, { evidence: 'configuration', because }]);
}

/** s6-overlay started as a non-root user gets its rights from a setuid program, which needs these in the bounding set. */
function supervisor({ inspect }: Container): readonly [string, Need][] {
  const first = commandWords(inspect.Config.Entrypoint, inspect.Config.Cmd)[0];
  if (first !== '/init') return [];
  return ['CHOWN', 'SETGID', 'SETUID'].map((name) => [
    name,
    { evidence: 'configuration', because: 'its /init is s6-overlay, which changes owner and user at start' },
  ]);
}

function commandWords(
  entrypoint: readonly string[] | null | undefined,
  command: readonly string[] | null | undefined,
): readonly string[] {
  return [...(entrypoint ?? []), ...(command ?? [])].flatMap((argument) => argument.split(/\s+/));
}

function baseName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}
