import { describe, expect, test } from '@jest/globals';
import { capabilitiesToldBy, isHarmless } from '../../src/apply/capabilities-told-by.ts';

describe('a line tells what is lacking', () => {
  test.each<[string, readonly string[]]>([
    ['chown: changing ownership of /data: Operation not permitted', ['CHOWN']],
    ['nginx: [emerg] chown("/var/cache/nginx", 101) failed (1: Operation not permitted)', ['CHOWN']],
    ['s6-chown: fatal: unable to chown /run/s6: Operation not permitted', ['CHOWN']],
    ['chmod: changing permissions of /data: Operation not permitted', ['FOWNER']],
    ['find: ‘/var/lib/postgresql/data’: Permission denied', ['DAC_OVERRIDE']],
    ['open() "/var/log/nginx/access.log" failed (13: Permission denied)', ['DAC_OVERRIDE']],
    ['error: failed switching to "redis": operation not permitted', ['SETUID', 'SETGID']],
    ['setpriv: setresuid failed: Operation not permitted', ['SETUID', 'SETGID']],
    ['AH02162: setuid: unable to change to uid: 33', ['SETUID', 'SETGID']],
    ['AH02156: setgid: unable to set group id to Group 33', ['SETGID', 'SETUID']],
    ['setgid(101) failed (1: Operation not permitted)', ['SETGID', 'SETUID']],
    ['Could not set groups of effective user', ['SETGID', 'SETUID']],
    ['s6-overlay-suexec: fatal: unable to setgid to root: Operation not permitted', ['SETGID', 'SETUID', 'CHOWN']],
    ['chroot("/run/sshd"): Operation not permitted [preauth]', ['SYS_CHROOT']],
    ['[ALERT] Cannot chroot1(/var/lib/haproxy).', ['SYS_CHROOT']],
    ['linux_audit_write_entry failed: Operation not permitted', ['AUDIT_WRITE']],
    ['Error: listen EACCES: permission denied 0.0.0.0:80', ['NET_BIND_SERVICE']],
    ['bind() to 0.0.0.0:80 failed (13: Permission denied)', ['NET_BIND_SERVICE']],
    ['socket: Operation not permitted', ['NET_RAW']],
    ['ping: permission denied (are you root?)', ['NET_RAW']],
    ['RTNETLINK answers: Operation not permitted', ['NET_ADMIN', 'NET_RAW']],
    ['mknod: /dev/frame0: Operation not permitted', ['MKNOD']],
    ['Failed to lock memory: Operation not permitted', ['IPC_LOCK']],
    ['dnsmasq: setting capabilities failed: Operation not permitted', ['SETUID', 'SETGID', 'NET_BIND_SERVICE']],
    ['CAP_NET_ADMIN not present', ['NET_ADMIN']],
    ['Unable to lock JVM Memory: error=12', []],
    ['mbind: Operation not permitted', []],
    ['ready for connections', []],
  ])('%s', (line, capabilities) => {
    expect(capabilitiesToldBy(line)).toEqual(capabilities);
  });
});

test('a program that does not start lacks what its own file asks for, as far as it is a file that insists', () => {
  const capped = { isUsed: true, isSetuidRoot: false };
  const powered = [
    {
      ...capped,
      path: '/usr/bin/caddy',
      capabilities: { permitted: ['NET_BIND_SERVICE'], inheritable: [], isEffective: true },
    },
    { ...capped, path: '/bin/ping', capabilities: { permitted: ['NET_RAW'], inheritable: [], isEffective: true } },
    { ...capped, path: '/bin/mild', capabilities: { permitted: ['SYS_ADMIN'], inheritable: [], isEffective: false } },
  ];

  expect(capabilitiesToldBy('exec /usr/bin/caddy: operation not permitted', powered)).toEqual(['NET_BIND_SERVICE']);
  expect(capabilitiesToldBy('sh: exec: Operation not permitted', powered)).toEqual(['NET_BIND_SERVICE', 'NET_RAW']);
});

test('what seccomp refuses to MySQL is shrugged off', () => {
  expect(isHarmless('mbind: Operation not permitted')).toBe(true);
  expect(isHarmless('chown: Operation not permitted')).toBe(false);
});

test('a line without end takes no time', () => {
  expect(capabilitiesToldBy('audit mbind chown '.repeat(200_000))).toEqual(['CHOWN']);
});
