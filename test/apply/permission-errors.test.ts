import { describe, expect, test } from '@jest/globals';
import { newPermissionErrors } from '../../src/apply/permission-errors.ts';

describe('a log tells of a refused right', () => {
  test.each([
    'nginx: [emerg] chown("/var/cache/nginx", 101) failed (1: Operation not permitted)',
    'ping: permission denied (are you root?)',
    'setpriv: setresuid failed: Operation not permitted',
    'Error: listen EACCES: permission denied 0.0.0.0:80',
    'Error: EPERM, chmod',
    'error: failed switching to "redis": unable to switch user',
    'fatal: cannot chroot("/var/empty")',
    'AH02155: unable to set group id to Group 33',
    'initgroups: setgroups: 1',
  ])('by %s', (line) => {
    expect(newPermissionErrors(`starting\n${line}\ngoing on`, '')).toEqual([line]);
  });

  test.each(['GET /permissions 200', 'EPERMANENT redirect', 'the operation was permitted', ''])(
    'but not by “%s”',
    (line) => {
      expect(newPermissionErrors(line, '')).toEqual([]);
    },
  );
});

describe('what the old one complained of', () => {
  const earlier = 'pid 17: chown /data/0c21aabbccdd: Operation not permitted\nall is well';

  test('is not held against the new one, whatever the numbers', () => {
    const log = 'pid 23: chown /data/99ffeeddccbb: Operation not permitted';

    expect(newPermissionErrors(log, earlier)).toEqual([]);
  });

  test('does not hide another complaint', () => {
    const log = 'pid 23: chown /srv: Operation not permitted';

    expect(newPermissionErrors(log, earlier)).toEqual([log]);
  });
});

test('an endless line is told of in part', () => {
  const [line = ''] = newPermissionErrors(`  Permission denied ${'x'.repeat(10_000)}`, '');

  expect(line).toHaveLength(300);
  expect(line).toMatch(/^Permission denied x/);
});
