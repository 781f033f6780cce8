import type { CapabilityUse } from './observation.ts';

/** Why a capability was asked for in passing, so that nothing fails without it; undefined where it was asked for in earnest. */
export function whyAdvisory({
  capability,
  call,
  program,
}: Pick<CapabilityUse, 'capability' | 'call' | 'program'>): string | undefined {
  if (capability === 'FSETID')
    return 'only to keep a set-group-id bit, which is left out without it and without a word';
  if (capability === 'SETPCAP' && call === 'capset')
    return 'as every change of capability sets does; it is granted without';
  if ((capability === 'SYS_ADMIN' || capability === 'SETPCAP') && call !== null && ALWAYS_ASKING.test(call))
    return `as every ${call} does; it is granted without`;
  if (capability === 'AUDIT_WRITE' && BEARS_NO_AUDIT.test(program))
    return 'to write an audit record, and goes on without';
  return undefined;
}

/** Tools of shadow-utils, which do not look at whether it was written, and daemons that were tried without. */
const BEARS_NO_AUDIT =
  /^(?:(?:user|group)(?:add|mod|del)|newusers|chpasswd|chgpasswd|gpasswd|chage|crond?|vsftpd|proftpd)$/;
const ALWAYS_ASKING = /^(?:execve(?:at)?|mmap2?|mremap|mprotect|brk|v?fork)$/;
