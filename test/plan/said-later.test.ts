import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../src/model/plan.ts';
import type { CapabilitySettings, Exception } from '../../src/model/playbook.ts';
import type { Container } from '../../src/model/snapshot.ts';
import { anException, aPlaybook, says } from '../support/a-playbook.ts';
import { container, snapshot } from '../support/containers.ts';
import { changeOf, planned, seen } from '../support/planned.ts';

describe('what a person says of a container that drops ALL already', () => {
  test('a pin that grew: is blocked, and the hint says how it gets that power', () => {
    expect(changed(restricted([]), says({ mode: 'pin', add: ['MKNOD'] }))).toMatchObject({
      action: 'blocked',
      because: [{ because: 'lacks MKNOD of its pin (playbook.yml:7)' }],
      blocked: { hint: expect.stringContaining('allow_add: [MKNOD]') },
    });
  });

  test.each([
    ['a pin that grew', { mode: 'pin', add: ['MKNOD'], allowAdd: ['MKNOD'] }, [], ['MKNOD']],
    ['a pin that shrank', { mode: 'pin', add: ['CHOWN'] }, ['CHOWN', 'MKNOD'], ['CHOWN']],
    ['a floor', { floor: ['MKNOD'], allowAdd: ['MKNOD'] }, ['CHOWN'], ['CHOWN', 'MKNOD']],
    ['never', { never: ['KILL'] }, ['CHOWN', 'KILL'], ['CHOWN']],
    ['a ceiling', { ceiling: ['CHOWN'] }, ['CHOWN', 'KILL'], ['CHOWN']],
  ] as const)('%s: is made so, and agrees from then on', (_what, word, before, after) => {
    expect(changed(restricted(before), says(word))).toMatchObject({
      action: 'recreate',
      edits: [{ path: 'HostConfig.CapAdd', before, after }],
    });
    expect(isCompliant(restricted(after), says(word))).toBe(true);
  });

  test.each([
    ['a pin', { mode: 'pin', add: ['MKNOD'] }],
    ['never', { never: ['KILL'] }],
  ] as const)('%s that ended: does not count any more', (_what, word) => {
    expect(isCompliant(restricted(['KILL']), says({ ...word, expires: '2026-11-21' }))).toBe(true);
  });

  test('the mode alone objects to nothing', () => {
    expect(isCompliant(restricted(['CHOWN', 'KILL']), says({ mode: 'minimal' }))).toBe(true);
  });

  test('no exception for what it holds makes up for a floor that it lacks', () => {
    const word = says({ floor: ['MKNOD'], never: ['KILL'], allowAdd: ['MKNOD'] });
    const accepts = anException({
      rule: 'linux-capabilities',
      match: { container: 'web' },
      capabilities: ['KILL'],
    });

    const change = changed(restricted(['KILL']), word, [accepts]);

    expect(change.because.map(({ because, exception }) => [because, exception === null])).toEqual([
      ['lacks MKNOD', true],
      ['holds KILL', false],
    ]);
  });
});

function restricted(names: readonly string[]): Container {
  return container('web', {
    Config: { Image: 'acme/shop:3' },
    HostConfig: { CapDrop: ['ALL'], CapAdd: [...names] },
    details: seen(),
  });
}

function changed(web: Container, settings: CapabilitySettings, exceptions: readonly Exception[] = []): Change {
  return changeOf('web', snapshot([web]), {
    playbook: aPlaybook({ rules: { 'linux-capabilities': settings } }),
    exceptions,
  });
}

function isCompliant(web: Container, settings: CapabilitySettings): boolean {
  const [host] = planned([snapshot([web])], {
    playbook: aPlaybook({ rules: { 'linux-capabilities': settings } }),
  }).hosts;
  return host?.reachable === true && host.compliant.includes('web');
}
