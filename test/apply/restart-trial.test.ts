import { describe, expect, test } from '@jest/globals';
import type { TrialGrounds } from '../../src/apply/restart-trial.ts';
import { whyEndsWorse, whyTried } from '../../src/apply/restart-trial.ts';
import { aProcessOf, aRuntime, sameIds, unknownRuntime } from '../support/a-runtime.ts';
import { inspectOf } from '../support/containers.ts';

const SCRIPT = { path: '/entrypoint.sh', text: 'exec web' };
const POWERED = { path: '/bin/su', isUsed: true, isSetuidRoot: true, capabilities: null };
const FOLDER = { path: '/data', kind: 'volume', ownerId: 0, groupId: 0, mode: 0o755, isEmpty: false } as const;
const PARENT = aProcessOf('php-fpm', { pid: 1 });
const CHILD = aProcessOf('php-fpm', { pid: 2, parent: 1, userIds: sameIds(33) });

function tried(different: Partial<TrialGrounds> = {}): string | undefined {
  return whyTried({
    setting: 'auto',
    inspect: inspectOf('web'),
    facts: aRuntime({ startTexts: [SCRIPT], processes: [PARENT] }),
    taken: ['CHOWN', 'NET_RAW'],
    ...different,
  });
}

describe('a new container is tried by a restart', () => {
  test.each<[string, Partial<TrialGrounds>, RegExp]>([
    ['when the playbook says so', { setting: 'always', taken: [] }, /playbook/],
    [
      'when its start changes owners',
      { facts: aRuntime({ startTexts: [{ path: '/entrypoint.sh', text: 'chown -R redis .' }] }) },
      /^\/entrypoint.sh changes owners/,
    ],
    [
      'when its start looks for files',
      { facts: aRuntime({ startTexts: [{ path: '/e', text: 'find "$PGDATA" \\! -user postgres' }] }) },
      /^\/e /,
    ],
    [
      'when a folder of its is empty',
      { facts: aRuntime({ mountedFolders: [{ ...FOLDER, isEmpty: true }] }) },
      /^\/data is empty/,
    ],
    [
      'when a root process must end those of others and loses KILL',
      { facts: aRuntime({ processes: [PARENT, CHILD] }), taken: ['KILL'] },
      /^php-fpm has another user/,
    ],
    ['when its start could not be read', { facts: unknownRuntime('no shell') }, /could not be read/],
    ['when nobody looked', { facts: undefined }, /could not be read/],
    [
      'when it is not root, but runs a program that makes it so',
      {
        inspect: inspectOf('web', { Config: { User: '1000' } }),
        facts: aRuntime({ poweredFiles: [POWERED], startTexts: [{ path: '/e', text: 'chown x y' }] }),
      },
      /^\/e /,
    ],
  ])('%s', (_when, different, because) => {
    expect(tried(different)).toMatch(because);
  });
});

describe('a new container is not tried', () => {
  test.each<[string, Partial<TrialGrounds>]>([
    ['when the playbook says never', { setting: 'never', facts: undefined }],
    ['when no capability is taken', { taken: [], facts: undefined }],
    ['when it is not root', { inspect: inspectOf('web', { Config: { User: '1000:1000' } }), facts: undefined }],
    ['when its next start is like the first', {}],
    ['when it has children of other users and keeps KILL', { facts: aRuntime({ processes: [PARENT, CHILD] }) }],
  ])('%s', (_when, different) => {
    expect(tried(different)).toBeUndefined();
  });
});

describe('how it ends', () => {
  const before = { milliseconds: 400, exitCode: 0 };

  test.each<[string, Parameters<typeof whyEndsWorse>, string | undefined]>([
    ['as the old one did is fine', [before, { milliseconds: 2400, exitCode: 0 }], undefined],
    ['is not known of the old one', [undefined, { milliseconds: 10_000, exitCode: 137 }], undefined],
    [
      'takes longer',
      [before, { milliseconds: 10_100, exitCode: 137 }],
      'it takes 10.1 s to stop, and the old one took 0.4 s',
    ],
    [
      'differs',
      [before, { milliseconds: 400, exitCode: 1 }],
      'when stopped it ends with code 1, and the old one with 0',
    ],
  ])('%s', (_how, [old, now], because) => {
    expect(whyEndsWorse(old, now)).toBe(because);
  });
});
