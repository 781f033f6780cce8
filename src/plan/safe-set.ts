import type { Evidence } from '../model/evidence.ts';
import type { ProcessFacts } from '../model/runtime.ts';
import type { Container } from '../model/snapshot.ts';
import { baseName } from '../model/base-name.ts';

/**
 * What a root container keeps when nothing is known of it: every default capability that at least 1.7 % of root
 * containers need and no configuration shows (capabilities.md §9.4), less what its processes show it to have no use for.
 * NET_BIND_SERVICE is left to the configuration, which tells exactly; NET_RAW, MKNOD, SETFCAP, SETPCAP, AUDIT_WRITE and
 * FSETID are hardly needed and worth most to an attacker.
 */
export function safeSet(container: Container): readonly Evidence[] {
  const useless = uselessTo(container);
  const needs = Object.entries(SAFE_SET).map(
    ([capability, because]): Evidence =>
      useless.get(capability) === undefined
        ? { capability, class: 'safe-set', because: `${because} (not observed)` }
        : { capability, class: 'refuted', because: useless.get(capability) ?? '' },
  );
  const { Entrypoint, Cmd } = container.inspect.Config;
  if (!/\bsshd\b/.test([...(Entrypoint ?? []), ...(Cmd ?? [])].join(' '))) return needs;
  return [...needs, { capability: 'AUDIT_WRITE', class: 'safe-set', because: 'sshd writes login records' }];
}

const SAFE_SET: Readonly<Record<string, string>> = {
  CHOWN: 'entrypoints give files to the service’s user',
  DAC_OVERRIDE: 'root reads and writes folders of other users',
  FOWNER: 'root changes modes of other users’ files',
  KILL: 'a root parent signals workers of another user',
  SETGID: 'the service changes group at start',
  SETUID: 'the service changes user at start',
  SYS_CHROOT: 'the service may confine itself with chroot',
};

/** Runtimes of applications, and what only starts another program: none of them confines itself. */
const PLAIN_PROGRAMS =
  /^(?:node|nodejs|deno|bun|python[\d.]*|java|ruby[\d.]*|dotnet|beam\.smp|gunicorn[\d.]*|sh|bash|dash|ash|busybox|sleep|tail|cat|tini|dumb-init|docker-init)$/;

/** What starts programs when somebody connects, or at an hour. */
const STARTS_OTHERS =
  /^(?:x?inetd|httpd|thttpd|lighttpd|uhttpd|tcpsvd|tcpserver|udpsvd|socat|ncat|cron|crond|anacron|atd|supercronic|init|systemd|runsvdir|runsv|svscan|s6-.*|supervisord|monit|god|master|dovecot|sshd|dropbear|telnetd)$/;

function uselessTo({ details }: Container): ReadonlyMap<string, string> {
  const processes = details?.runtime?.processes;
  if (processes?.known !== true || processes.value.length === 0) return new Map();
  const first = processes.value[0]?.userIds.real;
  const isOneUser = processes.value.every(({ userIds }) => userIds.real === first && userIds.effective === first);
  const noChroot = whyNoChroot(processes.value);
  return new Map([
    ...(isOneUser && !processes.value.some(startsOthers)
      ? [['KILL', 'all of its processes have the same user'] as const]
      : []),
    ...(noChroot === undefined ? [] : [['SYS_CHROOT', noChroot] as const]),
  ]);
}

/**
 * Where all that runs is known not to confine itself, or is one program whose code has no such call. What starts other
 * programs on demand, and what runs as several, may run one later that does.
 */
function whyNoChroot(processes: readonly ProcessFacts[]): string | undefined {
  const others = processes.filter((one) => !PLAIN_PROGRAMS.test(programOf(one)));
  if (others.length === 0) return 'none of its programs is known to confine itself';
  const names = [...new Set(others.map(programOf))];
  const [name = ''] = names;
  if (names.length > 1 || others.some(startsOthers)) return undefined;
  return others.every(({ namesChroot }) => namesChroot === false) ? `the code of ${name} has no chroot` : undefined;
}

function startsOthers(one: ProcessFacts): boolean {
  return STARTS_OTHERS.test(programOf(one));
}

/** Busybox is many programs in one file, and is each by the name it was started as. */
function programOf({ executable, name }: ProcessFacts): string {
  const file = executable === null ? name : baseName(executable);
  return /^(?:busybox|toybox)/.test(file) ? name : file;
}

/** Why a capability of the engine's default set is not in the safe set. */
const NOT_SAFE: Readonly<Record<string, string>> = {
  AUDIT_WRITE: 'writes kernel audit records, which only logins need',
  FSETID: 'keeps set-user-id bits on foreign files; nothing fails without it',
  MKNOD: 'makes device files',
  NET_BIND_SERVICE: 'any process may listen below 1024 in a network of its own (engine 20.10 and newer)',
  NET_RAW: 'opens raw sockets; ping works without it (engine 20.10 and newer)',
  SETFCAP: 'gives capabilities to files',
  SETPCAP: 'changes capability sets of processes',
};

/** The reason for dropping a capability that is outside the safe set. */
export function whyNotSafe(capability: string): string {
  return NOT_SAFE[capability] ?? 'not in the safe set';
}
