import { describe, expect, test } from '@jest/globals';
import type { PoweredFile, RuntimeFacts } from '../../src/model/runtime.ts';
import { provenZero } from '../../src/plan/proven-zero.ts';
import { aPlainProcess, aProcessOf, aRuntime, sameIds, unknownRuntime } from '../support/a-runtime.ts';
import type { Deviations } from '../support/containers.ts';
import { container } from '../support/containers.ts';

const app = aPlainProcess('node', 1000);
const locked = aPlainProcess('node', 1000, { hasNoNewPrivileges: true });
const suid: PoweredFile = { path: '/bin/switch', isUsed: true, isSetuidRoot: true, capabilities: null };
const ping: PoweredFile = {
  path: '/bin/ping',
  isUsed: true,
  isSetuidRoot: false,
  capabilities: { permitted: ['NET_RAW'], inheritable: [], isEffective: true },
};

test('a container that was never root and can get nothing needs nothing', () => {
  expect(proofOf(aRuntime({ processes: [app] }))).toMatchObject({ isProven: true });
});

test('what a setuid file would give is not given where new privileges are ruled out', () => {
  expect(proofOf(aRuntime({ processes: [app], poweredFiles: [suid] })).isProven).toBe(false);
  expect(proofOf(aRuntime({ processes: [locked], poweredFiles: [suid] })).isProven).toBe(true);
});

test('a file that demands a capability does not start without, new privileges or not', () => {
  expect(proofOf(aRuntime({ processes: [locked], poweredFiles: [ping] }))).toMatchObject({
    isProven: false,
    because: '/bin/ping takes power from its file',
  });
});

test('files that nothing runs do not matter', () => {
  const unused = [{ ...suid, path: '/usr/bin/passwd' }, ping].map((file) => ({ ...file, isUsed: false }));

  expect(proofOf(aRuntime({ processes: [app], poweredFiles: unused })).isProven).toBe(true);
});

test('a setuid program that is no part of a distribution may be called by what runs, and proves nothing', () => {
  const helper = { ...suid, path: '/opt/shop/helper', isUsed: false };

  expect(proofOf(aRuntime({ processes: [app], poweredFiles: [helper] }))).toMatchObject({
    isProven: false,
    because: '/opt/shop/helper is setuid root, and something may run it',
  });
  expect(proofOf(aRuntime({ processes: [locked], poweredFiles: [helper] })).isProven).toBe(true);
});

describe('is no proof:', () => {
  test.each<[string, RuntimeFacts, string]>([
    ['a process of root', aRuntime({ processes: [app, aProcessOf('cron')] }), 'cron runs as root'],
    [
      'a process that can be root again',
      aRuntime({ processes: [aPlainProcess('x', 33, { userIds: { ...sameIds(33), saved: 0 } })] }),
      'x runs as root',
    ],
    [
      'a process that holds something',
      aRuntime({ processes: [aPlainProcess('ntpd', 100, { permitted: ['SYS_TIME'], effective: ['SYS_TIME'] })] }),
      'ntpd holds SYS_TIME',
    ],
    [
      'a process that would pass something on',
      aRuntime({ processes: [aPlainProcess('sh', 100, { ambient: ['KILL'] })] }),
      'sh holds KILL',
    ],
    [
      'a program that may not be seen',
      aRuntime({ processes: [aPlainProcess('app', 100, { executable: null })] }),
      'which program app is may not be seen',
    ],
    ['that no process was seen', aRuntime(), 'none of its processes'],
    ['what is not known', unknownRuntime('no shell'), 'its processes are not known (no shell)'],
    [
      'programs that were not looked at',
      { ...aRuntime({ processes: [app] }), poweredFiles: { known: false, because: 'a slow disk' } },
      'could not all be looked at (a slow disk)',
    ],
  ])('%s', (_what, runtime, because) => {
    expect(proofOf(runtime)).toEqual({ isProven: false, because: expect.stringContaining(because) });
  });

  test('a user of root’s, whatever runs now', () => {
    expect(proofOf(aRuntime({ processes: [app] }), '0')).toMatchObject({ because: 'it starts as root' });
  });

  test('one with a right by which its seccomp profile lets anybody do what leaves no trace', () => {
    const runtime = aRuntime({ processes: [app] });

    expect(proofOf(runtime, '1000', { CapAdd: ['SYS_ADMIN'] })).toEqual({
      isProven: false,
      because: 'SYS_ADMIN opens system calls that ask the kernel for nothing',
    });
    expect(proofOf(runtime, '1000', { CapAdd: ['SYS_ADMIN'], SecurityOpt: ['seccomp=unconfined'] }).isProven).toBe(
      true,
    );
  });

  test('a container that does not run', () => {
    expect(provenZero(container('app', { Config: { User: '1000' } }))).toMatchObject({ isProven: false });
  });
});

function proofOf(runtime: RuntimeFacts, user = '1000', HostConfig: Deviations['HostConfig'] = {}) {
  const details = { image: null, namedImageId: null, changes: [], missingVolumes: [], networks: [], hostPaths: [] };
  return provenZero(container('app', { Config: { User: user }, HostConfig, details: { ...details, runtime } }));
}
