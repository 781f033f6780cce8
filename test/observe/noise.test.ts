import { describe, expect, test } from '@jest/globals';
import type { Check, Rights } from '../../src/observe/noise.ts';
import {
  foreignCredentials,
  isAdvisory,
  isForeign,
  isMemoryCount,
  isNoise,
  isOtherNamespace,
  isOutside,
  isRefused,
} from '../../src/observe/noise.ts';

const rights: Rights = {
  bounding: 'a80425fb',
  held: new Set(['CHOWN', 'FOWNER', 'SETPCAP', 'FSETID', 'SYS_ADMIN']),
  foreign: new Set(['mounter']),
  namespace: 'first',
};

function check(different: Partial<Check>): Check {
  return {
    capability: 'CHOWN',
    granted: true,
    call: 'chown',
    within: null,
    credential: 'own',
    bounding: null,
    namespace: 'first',
    ...different,
  };
}

describe('noise', () => {
  test('is what was asked with rights of another bounding set', () => {
    expect(isForeign(check({ bounding: '1ffffffffff' }), rights)).toBe(true);
    expect(isForeign(check({ bounding: 'a80425fb' }), rights)).toBe(false);
  });

  test('is what was asked with rights that proved to be another’s', () => {
    expect(isForeign(check({ credential: 'mounter' }), rights)).toBe(true);
    expect(isForeign(check({}), rights)).toBe(false);
  });

  test('is the count of memory, and nothing else that asks for SYS_ADMIN', () => {
    expect(isMemoryCount(check({ capability: 'SYS_ADMIN', within: 'memory' }))).toBe(true);
    expect(isMemoryCount(check({ capability: 'SYS_ADMIN', call: 'mount' }))).toBe(false);
  });

  test.each([
    ['FSETID', 'chmod', true],
    ['SETPCAP', 'capset', true],
    ['SETPCAP', 'prctl', false],
    ['SETPCAP', 'execve', true],
    ['SYS_ADMIN', 'execveat', true],
    ['SYS_ADMIN', 'mount', false],
    ['SYS_ADMIN', null, false],
    ['CHOWN', 'execve', false],
  ])('is %s in %s: %s', (capability, call, expected) => {
    expect(isAdvisory(check({ capability, call }))).toBe(expected);
  });

  test('is what was asked of another user namespace', () => {
    expect(isOtherNamespace(check({ namespace: 'second' }), rights)).toBe(true);
    expect(isOtherNamespace(check({}), rights)).toBe(false);
    expect(isOtherNamespace(check({ bounding: 'a80425fb', namespace: 'second' }), rights)).toBe(true);
    expect(isOtherNamespace(check({ bounding: 'a80425fb', namespace: null }), rights)).toBe(false);
  });

  test('is not what was refused or is not held: that is told apart', () => {
    const refused = check({ granted: false });

    expect([isRefused(refused), isNoise(refused, rights)]).toEqual([true, false]);
    expect([isOutside(check({ capability: 'KILL' }), rights), isOutside(check({}), rights)]).toEqual([true, false]);
  });
});

describe('rights that are not the container’s', () => {
  const held = new Set(['CHOWN', 'FOWNER', 'DAC_OVERRIDE']);
  const prove = (...checks: Partial<Check>[]): readonly string[] => [...foreignCredentials(checks.map(check), held)];

  test('were granted what it cannot hold', () => {
    expect(prove({ credential: 'a', capability: 'SYS_ADMIN' }, { credential: 'b' })).toEqual(['a']);
  });

  test('were used by overlayfs in its layers, and nowhere else', () => {
    expect(prove({ credential: 'a', within: 'overlay' }, { credential: 'b' })).toEqual(['a']);
  });

  test('are its own where they were used once outside the layers', () => {
    expect(prove({ within: 'overlay' }, { capability: 'DAC_OVERRIDE', call: 'openat' })).toEqual([]);
  });

  test('are its own where it was only refused what it cannot hold', () => {
    expect(prove({ capability: 'SYS_ADMIN', granted: false })).toEqual([]);
  });

  test('are told apart from its own that had the same place in memory before or after', () => {
    const reused: Partial<Check>[] = [
      { credential: 'a 10', capability: 'SYS_ADMIN', within: 'overlay' },
      { credential: 'a 20', capability: 'CHOWN', call: 'chown' },
    ];

    expect(prove(...reused)).toEqual(['a 10']);
  });

  test('are known by what another thread did with them where nothing else is told', () => {
    expect(prove({ credential: 'a 10', within: 'overlay' }, { credential: 'a 20', call: null })).toEqual([
      'a 10',
      'a 20',
    ]);
  });

  test('are known by their bounding set where the kernel tells it', () => {
    expect(prove({ credential: '', bounding: 'a80425fb', capability: 'SYS_ADMIN' })).toEqual([]);
  });
});
