import type { HostConfig } from './snapshot.ts';

/** Every capability of the kernel, in its own order (include/uapi/linux/capability.h), without the CAP_ prefix. */
export const ALL_CAPABILITIES: readonly string[] = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_ADMIN',
  'NET_RAW',
  'IPC_LOCK',
  'IPC_OWNER',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_PACCT',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_NICE',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'MKNOD',
  'LEASE',
  'AUDIT_WRITE',
  'AUDIT_CONTROL',
  'SETFCAP',
  'MAC_OVERRIDE',
  'MAC_ADMIN',
  'SYSLOG',
  'WAKE_ALARM',
  'BLOCK_SUSPEND',
  'AUDIT_READ',
  'PERFMON',
  'BPF',
  'CHECKPOINT_RESTORE',
];

/** What Docker gives a container that asks for nothing; unchanged since 19.03. */
export const DEFAULT_CAPABILITIES: readonly string[] = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** What Podman gives; the lists of its inspect are relative to this set, and the word ALL is never in them. */
export const PODMAN_CAPABILITIES: readonly string[] = DEFAULT_CAPABILITIES.filter(
  (name) => !['AUDIT_WRITE', 'MKNOD', 'NET_RAW'].includes(name),
);

/** Capabilities with which a process can leave its container, read the host's memory or files, or take over its network. */
export const ESCAPE_CLASS: readonly string[] = [
  'BPF',
  'CHECKPOINT_RESTORE',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'NET_ADMIN',
  'PERFMON',
  'SYSLOG',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_TIME',
];

/** A capability as this program spells it: upper case, without the CAP_ prefix. `ALL` stays itself. */
export function normalizeCapability(text: string): string {
  return text.toUpperCase().replace(/^CAP_/, '');
}

/**
 * The capabilities a container's processes can ever hold, by the engine's own algebra. The order of flags plays no part:
 * privileged beats everything, `ALL` added beats every `ALL` dropped, and a name that is added and dropped is held.
 */
export function effectiveCapabilities(
  hostConfig: HostConfig,
  standard: readonly string[] = DEFAULT_CAPABILITIES,
): {
  readonly privileged: boolean;
  readonly names: readonly string[];
} {
  if (hostConfig.Privileged === true) return { privileged: true, names: ALL_CAPABILITIES.toSorted() };
  const add = new Set((hostConfig.CapAdd ?? []).map(normalizeCapability));
  const drop = new Set((hostConfig.CapDrop ?? []).map(normalizeCapability));
  return { privileged: false, names: heldBy(add, drop, standard).toSorted() };
}

function heldBy(add: ReadonlySet<string>, drop: ReadonlySet<string>, standard: readonly string[]): readonly string[] {
  if (add.has('ALL')) return ALL_CAPABILITIES.filter((name) => !drop.has(name));
  if (drop.has('ALL')) return [...add];
  return [...new Set([...standard.filter((name) => !drop.has(name)), ...add])];
}
