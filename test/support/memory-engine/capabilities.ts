import type { JsonObject } from '../../../src/model/json.ts';
import { texts } from './fields.ts';

/** The capabilities of a container without any option: the engine's own fourteen. */
const BASICS =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT';

/** Every name engine 20.10 knows; it stops at AUDIT_READ. */
const EVERY = `${BASICS} AUDIT_CONTROL AUDIT_READ BLOCK_SUSPEND DAC_READ_SEARCH IPC_LOCK IPC_OWNER LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE NET_ADMIN NET_BROADCAST SYSLOG SYS_ADMIN SYS_BOOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM`;

/**
 * The set a container gets. Written from the engine's source and apart from src/model on purpose: the contract suite
 * holds this one to the real engine, and so a mistake in either shows.
 */
export function grantedCapabilities(hostConfig: JsonObject): ReadonlySet<string> {
  const every = EVERY.split(' ');
  if (hostConfig['Privileged'] === true) return new Set(every);
  const add = texts(hostConfig['CapAdd']).map(bare);
  const drop = texts(hostConfig['CapDrop']).map(bare);
  if (add.includes('ALL')) return new Set(every.filter((name) => !drop.includes(name)));
  if (drop.includes('ALL')) return new Set(add);
  return new Set([...BASICS.split(' ').filter((name) => !drop.includes(name)), ...add]);
}

/** The first name of a list the engine does not know, as it would print it. */
export function unknownCapability(names: readonly string[]): string | undefined {
  const known = new Set(['ALL', ...EVERY.split(' ')]);
  const unknown = names.map(bare).find((name) => !known.has(name));
  return unknown === undefined ? undefined : `CAP_${unknown}`;
}

function bare(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}
