import type { Container } from '../model/snapshot.ts';
import type { Needs } from './choose-capabilities.ts';

/**
 * What a root container keeps when nothing is known of it: every default capability that at least 1.7 % of root
 * containers need and no configuration shows (capabilities.md §9.4). NET_BIND_SERVICE is left to the configuration,
 * which tells exactly; NET_RAW, MKNOD, SETFCAP, SETPCAP, AUDIT_WRITE and FSETID are hardly needed and worth most to an attacker.
 */
const SAFE_SET: Readonly<Record<string, string>> = {
  CHOWN: 'entrypoints give files to the service’s user',
  DAC_OVERRIDE: 'root reads and writes folders of other users',
  FOWNER: 'root changes modes of other users’ files',
  KILL: 'a root parent signals workers of another user',
  SETGID: 'the service changes group at start',
  SETUID: 'the service changes user at start',
  SYS_CHROOT: 'the service may confine itself with chroot',
};

/** The safe set with its reasons, and AUDIT_WRITE for an SSH service, whose logins fail without it. */
export function safeSet({ inspect }: Container): Needs {
  const words = [...(inspect.Config.Entrypoint ?? []), ...(inspect.Config.Cmd ?? [])].join(' ');
  const needs = Object.entries(SAFE_SET).map(([name, because]): [string, { evidence: 'safe-set'; because: string }] => [
    name,
    { evidence: 'safe-set', because: `${because} (not observed)` },
  ]);
  if (!/\bsshd\b/.test(words)) return new Map(needs);
  return new Map([...needs, ['AUDIT_WRITE', { evidence: 'safe-set', because: 'sshd writes login records' }]]);
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
