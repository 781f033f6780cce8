import type { PoweredFile } from '../model/runtime.ts';
import { baseName } from '../model/base-name.ts';

/**
 * The capabilities whose want a line of a log tells of, most likely first; none where it tells of no refusal, or not of
 * what was refused. What a program that takes power from its file lacked is known from the file alone.
 */
export function capabilitiesToldBy(text: string, powered: readonly PoweredFile[] = []): readonly string[] {
  const line = text.slice(0, LONGEST_LINE);
  if (isHarmless(line)) return [];
  const named = /\bCAP_(?<name>[A-Z_]+)\b.*(?:not present|not permitted|missing)/.exec(line)?.groups?.['name'];
  if (named !== undefined) return [named];
  const told = TABLE.find(([pattern]) => pattern.test(line));
  if (told) return told[1];
  return REFUSED_PROGRAM.test(line) ? fromFiles(line, powered) : [];
}

/** Refusals that the service shrugs off: seccomp asks for SYS_NICE before the kernel does (capabilities.md §1.4). */
export function isHarmless(line: string): boolean {
  return /\bmbind\b.*operation not permitted/i.test(line.slice(0, LONGEST_LINE));
}

/** What is looked at of a line: some patterns take long on one without end. */
const LONGEST_LINE = 2000;

/** What services say when a right is missing (capabilities.md §3); the first that fits counts, so the special stand first. */
const TABLE: readonly (readonly [RegExp, readonly string[]])[] = [
  [/s6-overlay-suexec.*unable to setgid/i, ['SETGID', 'SETUID', 'CHOWN']],
  [/setting capabilities failed|cap_set_proc\(\) failed/i, ['SETUID', 'SETGID', 'NET_BIND_SERVICE']],
  [/linux_audit_write_entry failed|audit.{0,40}operation not permitted/i, ['AUDIT_WRITE']],
  [/RTNETLINK answers|TUNSETIFF|can't initialize iptables|iptables.*permission denied/i, ['NET_ADMIN', 'NET_RAW']],
  [/unable to lock jvm memory/i, []],
  [/failed to lock memory|mlock(all)?\b.*(not permitted|cannot allocate)/i, ['IPC_LOCK']],
  [/setcap\b|unable to set cap_setfcap/i, ['SETFCAP']],
  [/\bmknod\b.*operation not permitted/i, ['MKNOD']],
  [
    /cannot chroot|\bchroot\(|cannot change root directory|unable to chroot|chroot.{0,40}not permitted/i,
    ['SYS_CHROOT'],
  ],
  [/(raw|icmp).{0,40}(operation not permitted|permission denied)|socket(\(\))?: operation not permitted/i, ['NET_RAW']],
  [/permission denied \(are you root/i, ['NET_RAW']],
  [/\bbind\w*\b.*(permission denied|EACCES)|listen EACCES/i, ['NET_BIND_SERVICE']],
  [/AH02156|unable to set group id|\bAH02155\b/i, ['SETGID', 'SETUID']],
  [/setgroups|initgroups|supplementary group|could not set groups|\bset(e|re|res)?gid\b/i, ['SETGID', 'SETUID']],
  [
    /failed switching to|AH02162|\bset(e|re|res)?uid\b|setting uid|unable to set user id|drop(ping)? privileges/i,
    ['SETUID', 'SETGID'],
  ],
  [/cannot be respawned/i, ['SETGID', 'SETUID']],
  [/\bchown\b|chowning|changing ownership|change owner/i, ['CHOWN']],
  [/\bchmod\b|changing permissions|change mode|utime|setting times/i, ['FOWNER']],
  [/(\bkill\b|failed to (kill|signal)|sending signal).*operation not permitted/i, ['KILL']],
  [/permission denied|\bEACCES\b|\(13\)|\(13: /i, ['DAC_OVERRIDE']],
];

const REFUSED_PROGRAM = /operation not permitted|exit (code|status) 126/i;

function fromFiles(line: string, powered: readonly PoweredFile[]): readonly string[] {
  const named = powered.filter(({ path }) => line.includes(baseName(path)));
  const files = named.length > 0 ? named : powered.filter(({ isUsed }) => isUsed);
  return [
    ...new Set(files.flatMap(({ capabilities }) => (capabilities?.isEffective === true ? capabilities.permitted : []))),
  ];
}
