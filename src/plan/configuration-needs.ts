import { normalizeCapability } from '../model/capabilities.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Container } from '../model/snapshot.ts';
import { ASKED_BY_NAME } from './own-setting.ts';
import { baseName } from '../model/base-name.ts';

/** Programs that switch from root to another user, as entrypoints call them (capabilities.md §4.1). */
const USER_SWITCHERS = ['gosu', 'su-exec', 'setpriv', 'runuser', 'su', 'sudo', 's6-setuidgid', 'chpst'];

/** What the configuration alone shows a container to need: its own list and its command line. */
export function configurationNeeds(container: Container): readonly Evidence[] {
  const switches = userSwitch(container);
  return [...named(container), ...switches, ...supervisor(container), ...initOf(container, switches)];
}

/** Whether the container's user is set and is not root. */
export function isNonRoot({ inspect }: Container): boolean {
  const user = (inspect.Config.User ?? '').split(':')[0] ?? '';
  return user !== '' && user !== 'root' && !/^0+$/.test(user);
}

/** Somebody who names a capability of the default set, which comes unasked, has a reason to. */
function named({ inspect }: Container): readonly Evidence[] {
  return (inspect.HostConfig.CapAdd ?? []).map((text) => need(normalizeCapability(text), ASKED_BY_NAME));
}

function userSwitch({ inspect }: Container): readonly Evidence[] {
  const words = commandWords(inspect.Config.Entrypoint, inspect.Config.Cmd);
  const program = words.find((word) => USER_SWITCHERS.includes(baseName(word)));
  if (program === undefined) return [];
  const because = `its command runs ${baseName(program)}, which changes user`;
  return ['SETGID', 'SETUID'].map((name) => need(name, because));
}

/** s6-overlay started as a non-root user gets its rights from a setuid program, which needs these in the bounding set. */
function supervisor({ inspect }: Container): readonly Evidence[] {
  const first = commandWords(inspect.Config.Entrypoint, inspect.Config.Cmd)[0];
  if (first !== '/init') return [];
  return ['CHOWN', 'SETGID', 'SETUID'].map((name) =>
    need(name, 'its /init is s6-overlay, which changes owner and user at start'),
  );
}

/** An init that stays root passes every signal on, the one to stop too, and what it runs has another user by then. */
function initOf(container: Container, switches: readonly Evidence[]): readonly Evidence[] {
  if (switches.length === 0 || isNonRoot(container) || !hasInit(container)) return [];
  return [{ capability: 'KILL', class: 'latent', because: 'its init is root and has to stop what has another user' }];
}

/** Whether the engine runs it under an init of its own (`--init`). */
export function hasInit({ inspect }: Container): boolean {
  return inspect.HostConfig.Init === true;
}

function need(capability: string, because: string): Evidence {
  return { capability, class: 'configuration', because };
}

function commandWords(
  entrypoint: readonly string[] | null | undefined,
  command: readonly string[] | null | undefined,
): readonly string[] {
  return [...(entrypoint ?? []), ...(command ?? [])].flatMap((argument) => argument.split(/\s+/));
}
