const PERMISSION_ERROR =
  /operation not permitted|permission denied|\bEPERM\b|\bEACCES\b|unable to set (?:group|user) id|failed switching to|cannot chroot|setresuid failed|setgroups/i;

/**
 * Lines of a log that tell of a refused right and that an earlier log did not have, numbers aside. A dropped capability
 * often shows only here: workers fail one by one while the service goes on.
 */
export function newPermissionErrors(log: string, earlier: string): readonly string[] {
  const known = new Set(
    earlier
      .split('\n')
      .filter((line) => PERMISSION_ERROR.test(line))
      .map(withoutNumbers),
  );
  return log
    .split('\n')
    .filter((line) => PERMISSION_ERROR.test(line) && !known.has(withoutNumbers(line)))
    .map((line) => line.trim().slice(0, 300));
}

function withoutNumbers(line: string): string {
  return line.replace(/[0-9a-f]{12,64}|\d+/g, '#').trim();
}
