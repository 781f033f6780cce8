import { effectiveCapabilities } from '../model/capabilities.ts';
import type { Container } from '../model/snapshot.ts';
import { isNonRoot } from './configuration-needs.ts';
import { hasRootId } from './evidence-of-processes.ts';
import { baseName } from '../model/base-name.ts';

/** Whether a container is shown to need no capability at all, and what shows it or stands in the way. */
export interface Proof {
  readonly isProven: boolean;
  readonly because: string;
}

/**
 * Nothing can be lost by a container that never was root and holds nothing: its user is not root, no process of it has an
 * id of root's or a capability, and no program it runs gets any from its file. What is not known proves nothing.
 */
export function provenZero(container: Container): Proof {
  const opening = opensCalls(container);
  if (opening !== undefined) return not(`${opening} opens system calls that ask the kernel for nothing`);
  const runtime = container.details?.runtime;
  if (!isNonRoot(container)) return not('it starts as root');
  if (!runtime) return not('it does not run, or its processes were not read');
  const { processes, poweredFiles } = runtime;
  if (!processes.known) return not(`its processes are not known (${processes.because})`);
  if (processes.value.length === 0) return not('none of its processes was seen');
  const root = processes.value.find(hasRootId);
  if (root) return not(`${root.name} runs as root`);
  const holder = processes.value.find(
    ({ permitted, effective, ambient }) => permitted.length + effective.length + ambient.length > 0,
  );
  if (holder) return not(`${holder.name} holds ${[...new Set([...holder.permitted, ...holder.ambient])].join(', ')}`);
  const hidden = processes.value.find(({ executable }) => executable === null);
  if (hidden) return not(`which program ${hidden.name} is may not be seen; connect as root`);
  if (!poweredFiles.known) return not(`the programs it runs could not all be looked at (${poweredFiles.because})`);
  const mayGain = processes.value.some(({ hasNoNewPrivileges }) => !hasNoNewPrivileges);
  const powered = poweredFiles.value.find(
    ({ isUsed, isSetuidRoot, capabilities }) =>
      // A file that demands what is not there does not even start without new privileges.
      isUsed && (capabilities?.isEffective === true || (mayGain && (isSetuidRoot || capabilities !== null))),
  );
  if (powered) return not(`${powered.path} takes power from its file`);
  const helper = poweredFiles.value.find(
    ({ path, isSetuidRoot }) => mayGain && isSetuidRoot && !USUAL.includes(baseName(path)),
  );
  if (helper) return not(`${helper.path} is setuid root, and something may run it`);
  return { isProven: true, because: 'no process of it is root or holds any, and no program it runs can get any' };
}

/**
 * A capability beyond the default set with which the engine's seccomp profile lets anybody in a container call what it
 * refuses otherwise, and of which the kernel itself then asks no capability: a sandbox of a user namespace, memory policies,
 * looks at one's own processes (profiles/seccomp/default.json of moby).
 */
function opensCalls({ inspect: { HostConfig } }: Container): string | undefined {
  if ((HostConfig.SecurityOpt ?? []).some((option) => /^seccomp[=:]unconfined$/.test(option))) return undefined;
  const held = effectiveCapabilities(HostConfig).names;
  return OPENING.find((name) => held.includes(name));
}

const OPENING: readonly string[] = ['SYS_ADMIN', 'SYS_PTRACE', 'SYS_NICE', 'SYSLOG', 'PERFMON', 'BPF'];

/** Setuid programs of nearly every image, which services do not call. */
const USUAL = [
  ...['su', 'sudo', 'sudoedit', 'doas', 'passwd', 'chsh', 'chfn', 'newgrp', 'gpasswd', 'chage', 'expiry', 'bbsuid'],
  ...['mount', 'umount', 'fusermount', 'fusermount3', 'unix_chkpwd', 'pam_timestamp_check', 'pkexec', 'crontab', 'at'],
];

function not(because: string): Proof {
  return { isProven: false, because };
}
