import { describe, expect, test } from '@jest/globals';
import {
  ALL_CAPABILITIES,
  DEFAULT_CAPABILITIES,
  ESCAPE_CLASS,
  effectiveCapabilities,
  normalizeCapability,
} from '../../src/model/capabilities.ts';
import type { HostConfig } from '../../src/model/snapshot.ts';

describe('the kernel masks', () => {
  test('the whole set in kernel order is the mask of a kernel whose last capability is 40', () => {
    expect(maskOf(ALL_CAPABILITIES)).toBe(0x1ffffffffffn);
  });

  test('the default set is the mask a container without options has', () => {
    expect(maskOf(DEFAULT_CAPABILITIES)).toBe(0xa80425fbn);
  });

  test('every capability of the escape class is one of the kernel and none comes by default', () => {
    expect(ESCAPE_CLASS.filter((name) => !ALL_CAPABILITIES.includes(name))).toEqual([]);
    expect(ESCAPE_CLASS.filter((name) => DEFAULT_CAPABILITIES.includes(name))).toEqual([]);
  });
});

describe('normalizeCapability', () => {
  test.each([
    ['cap_sys_admin', 'SYS_ADMIN'],
    ['CAP_NET_RAW', 'NET_RAW'],
    ['net_admin', 'NET_ADMIN'],
    ['all', 'ALL'],
  ])('spells %s as %s', (text, name) => {
    expect(normalizeCapability(text)).toBe(name);
  });
});

describe('effectiveCapabilities', () => {
  const withoutRaw = DEFAULT_CAPABILITIES.filter((name) => name !== 'NET_RAW');
  const cases: Readonly<Record<string, readonly [HostConfig, readonly string[]]>> = {
    'nothing said gives the default set': [{}, DEFAULT_CAPABILITIES],
    'null lists give the default set': [{ CapAdd: null, CapDrop: null }, DEFAULT_CAPABILITIES],
    'a name dropped is gone': [{ CapDrop: ['CAP_NET_RAW'] }, withoutRaw],
    'a name dropped and added is held': [{ CapDrop: ['NET_RAW'], CapAdd: ['NET_RAW'] }, DEFAULT_CAPABILITIES],
    'a default name added changes nothing': [{ CapAdd: ['CAP_CHOWN'] }, DEFAULT_CAPABILITIES],
    'a name added joins the default set': [
      { CapAdd: ['cap_sys_admin'] },
      [...DEFAULT_CAPABILITIES, 'SYS_ADMIN'].toSorted(),
    ],
    'ALL dropped leaves nothing': [{ CapDrop: ['ALL'] }, []],
    'ALL dropped in lower case leaves nothing': [{ CapDrop: ['all'] }, []],
    'ALL dropped leaves just what is added, each once': [
      { CapDrop: ['ALL'], CapAdd: ['SETUID', 'cap_chown', 'CAP_CHOWN'] },
      ['CHOWN', 'SETUID'],
    ],
    'ALL added gives every capability': [{ CapAdd: ['ALL'] }, ALL_CAPABILITIES.toSorted()],
    'ALL added beats ALL dropped': [{ CapAdd: ['ALL'], CapDrop: ['ALL'] }, ALL_CAPABILITIES.toSorted()],
    'ALL added still loses the names that are dropped': [
      { CapAdd: ['ALL'], CapDrop: ['CAP_SYS_ADMIN'] },
      ALL_CAPABILITIES.filter((name) => name !== 'SYS_ADMIN').toSorted(),
    ],
    'a name this program does not know is kept': [{ CapDrop: ['ALL'], CapAdd: ['CAP_FUTURE'] }, ['FUTURE']],
  };

  test.each(Object.entries(cases))('%s', (_sentence, [hostConfig, names]) => {
    expect(effectiveCapabilities(hostConfig)).toEqual({ privileged: false, names });
  });

  test('privileged gives every capability, whatever is dropped', () => {
    const effective = effectiveCapabilities({ Privileged: true, CapDrop: ['ALL'], CapAdd: ['CHOWN'] });

    expect(effective).toEqual({ privileged: true, names: ALL_CAPABILITIES.toSorted() });
  });
});

function maskOf(names: readonly string[]): bigint {
  return names.reduce((mask, name) => mask | (1n << BigInt(ALL_CAPABILITIES.indexOf(name))), 0n);
}
