import { isHarmless } from './capabilities-told-by.ts';

const PERMISSION_ERROR = new RegExp(
  [
    'operation not permitted',
    'permission denied',
    '\\bEPERM\\b',
    '\\bEACCES\\b',
    'unable to set (?:group|user) id',
    'failed switching to',
    'cannot chroot',
    'cannot change root directory',
    'setresuid failed',
    'setgroups',
    'supplementary group',
    'could not set groups',
    'error setting uid',
    'AH02156',
    'AH02162',
    'set[ug]id\\(\\d+\\) failed',
    'cannot be respawned',
    'throttling',
    'linux_audit_write_entry failed',
    'cap_set_proc\\(\\) failed',
    'setting capabilities failed',
    'CAP_[A-Z_]+ not present',
    "can't initialize iptables",
    'failed to lock memory',
  ].join('|'),
  'i',
);

/**
 * Lines of a log that tell of a refused right and that an earlier log did not have, numbers aside. A dropped capability
 * often shows only here: workers fail one by one while the service goes on.
 */
export function newPermissionErrors(log: string, earlier: string): readonly string[] {
  const known = new Set(earlier.split('\n').filter(isPermissionError).map(withoutNumbers));
  return log
    .split('\n')
    .filter((line) => isPermissionError(line) && !known.has(withoutNumbers(line)))
    .map((line) => line.trim().slice(0, 300));
}

function isPermissionError(line: string): boolean {
  return PERMISSION_ERROR.test(line) && !isHarmless(line);
}

function withoutNumbers(line: string): string {
  return line.replace(/[0-9a-f]{12,64}|\d+/g, '#').trim();
}
