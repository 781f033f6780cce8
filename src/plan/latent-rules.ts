import type { Evidence } from '../model/evidence.ts';
import type { MadeFile, MountedFolder, ProcessFacts, RuntimeFacts } from '../model/runtime.ts';
import type { Container } from '../model/snapshot.ts';
import { isNonRoot } from './configuration-needs.ts';
import { baseName } from '../model/base-name.ts';

/**
 * What a container will need at a moment that is not now: at its next start, at its stop, at a login. Each rule is named
 * as in capabilities.md §9.2; what the texts of a start ask for
 * (L2, L4, L8) is told by them.
 */
export function latentRules(container: Container): readonly Evidence[] {
  const runtime = container.details?.runtime;
  if (runtime === undefined) return [];
  const processes = runtime.processes.known ? runtime.processes.value : [];
  const startsAsRoot = !isNonRoot(container);
  return [
    ...signals(processes),
    ...(startsAsRoot ? closedFolders(runtime) : []),
    ...(startsAsRoot ? givenFiles(runtime) : []),
    ...calledPrograms(runtime, container),
    ...logins(processes),
    ...(startsAsRoot ? caretakers(runtime, processes) : []),
  ];
}

/** L1: a parent that is root ends, reloads and replaces children of another user by signals. */
function signals(processes: readonly ProcessFacts[]): readonly Evidence[] {
  const children = processes.filter((one) => !isRoot(one)).map(({ parent }) => parent);
  // Which of its children run right now is chance, and a reason is to be the same whenever it is given.
  const parents = processes.filter((one) => isRoot(one) && children.includes(one.pid)).map(({ name }) => name);
  const [parent] = parents.toSorted();
  if (parent === undefined) return [];
  return [latent('KILL', `${parent} is root and signals children that are not, at stop and reload`)];
}

/** L3: root is kept out of a folder that its user closed to all others, and the start goes through it. */
function closedFolders(runtime: RuntimeFacts): readonly Evidence[] {
  const folder = foreignFolders(runtime).find(({ mode }) => (mode & 0o005) !== 0o005);
  if (folder === undefined) return [];
  const mode = `0${(folder.mode & 0o777).toString(8)}`;
  return [
    latent(
      'DAC_OVERRIDE',
      `${folder.path} is closed to others (${mode}, user ${folder.ownerId}), and its start is root`,
    ),
  ];
}

/**
 * What a start makes only where it is not there yet, and gives to its user: a container that is started again does not ask
 * for it, and one that is made again does. Who may not write to a folder did not make what is theirs in it.
 */
function givenFiles({ madeFiles }: RuntimeFacts): readonly Evidence[] {
  if (!madeFiles.known) return [];
  const given = madeFiles.value.find((file) => file.ownerId !== 0 && isKeptFromItsOwner(file));
  if (given === undefined) return [];
  const because = `its start made ${given.path} and gave it to user ${given.ownerId}; a new container starts without it`;
  return [{ ...latent('CHOWN', because), isRare: true }];
}

/** Whoever is in the folder's group is not known, but for root's, in which nobody else is. */
function isKeptFromItsOwner({ ownerId, folder }: MadeFile): boolean {
  const isOpen = (folder.mode & 0o002) !== 0 || ((folder.mode & 0o020) !== 0 && folder.groupId !== 0);
  return folder.ownerId !== ownerId && !isOpen;
}

/** L5: a program with file capabilities does not start at all where they cannot be had, and a health check may be one. */
function calledPrograms({ poweredFiles }: RuntimeFacts, { inspect }: Container): readonly Evidence[] {
  if (!poweredFiles.known) return [];
  const { Healthcheck, Cmd, Entrypoint } = inspect.Config;
  const words = [...(Healthcheck?.Test ?? []), ...(Entrypoint ?? []), ...(Cmd ?? [])].join(' ').split(/[^\w.-]+/);
  return poweredFiles.value.flatMap(({ path, capabilities }): readonly Evidence[] => {
    if (!capabilities?.isEffective || !words.includes(baseName(path))) return [];
    return capabilities.permitted.map((capability) => ({
      capability,
      class: 'exec',
      because: `its command or health check calls ${path}, which does not start without it: its file demands it`,
    }));
  });
}

/** Programs that let people in: what they do then nobody sees before. */
const LOGINS: ReadonlyMap<string, readonly string[]> = new Map([
  ['sshd', ['AUDIT_WRITE', 'CHOWN', 'SETGID', 'SETUID', 'SYS_CHROOT']],
  ['login', ['AUDIT_WRITE', 'CHOWN', 'SETGID', 'SETUID']],
  ['cron', ['SETGID', 'SETUID']],
  ['crond', ['SETGID', 'SETUID']],
  ['vsftpd', ['SETGID', 'SETUID', 'SYS_CHROOT']],
  ['proftpd', ['SETGID', 'SETUID', 'SYS_CHROOT']],
]);

/** L6: a login changes user, and is written to the kernel’s audit log. */
function logins(processes: readonly ProcessFacts[]): readonly Evidence[] {
  const names = [...new Set(processes.filter(isRoot).map(({ name }) => name))].toSorted();
  return names.flatMap((name) =>
    (LOGINS.get(name) ?? []).map(
      (capability): Evidence => ({
        capability,
        class: 'configuration',
        isRare: true,
        because: `${name} needs it for each ${name.startsWith('cron') ? 'job' : 'login'}, not before`,
      }),
    ),
  );
}

/** L7: jobs of root tidy up what belongs to others. */
function caretakers(runtime: RuntimeFacts, processes: readonly ProcessFacts[]): readonly Evidence[] {
  const job = scriptWith(runtime, /\blogrotate\b/) ?? processes.find(({ name }) => /^crond?$/.test(name))?.name;
  if (job === undefined) return [];
  return ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'].map((name) =>
    latent(name, `jobs of root (${job}) may tidy up files of others`),
  );
}

/** Folders that outlive the container and are not root's. */
export function foreignFolders({ mountedFolders }: RuntimeFacts): readonly MountedFolder[] {
  return mountedFolders.known ? mountedFolders.value.filter(({ ownerId }) => ownerId !== 0) : [];
}

function scriptWith({ startTexts }: RuntimeFacts, words: RegExp): string | undefined {
  if (!startTexts.known) return undefined;
  return startTexts.value.find(({ text }) => text !== null && words.test(withoutComments(text)))?.path;
}

function withoutComments(text: string): string {
  return text.replace(/(?<=^|\s)#.*$/gm, '');
}

function isRoot({ userIds }: ProcessFacts): boolean {
  return userIds.effective === 0;
}

function latent(capability: string, because: string): Evidence {
  return { capability, class: 'latent', because };
}
