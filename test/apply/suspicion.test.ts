import { describe, expect, test } from '@jest/globals';
import { refusalTexts, suspicionOf } from '../../src/apply/suspicion.ts';
import type { Refusals } from '../../src/apply/tools.ts';

const PING = {
  path: '/bin/ping',
  isUsed: true,
  isSetuidRoot: false,
  capabilities: { permitted: ['NET_RAW'], inheritable: [], isEffective: true },
};
const NONE: Refusals = { refusals: [], refusedPrograms: [], refusedChroots: [], lostEvents: 0 };
const TAKEN = ['DAC_OVERRIDE', 'FSETID', 'NET_RAW', 'SETPCAP', 'SYS_CHROOT'];

function refused(capability: string, call: string | null = 'openat'): Refusals {
  return { ...NONE, refusals: [{ capability, phase: 'start', program: 'find', call, times: 1 }] };
}

describe('a refusal of the kernel', () => {
  test.each<[string, Refusals, readonly string[], string]>([
    ['of a capability', refused('DAC_OVERRIDE'), ['DAC_OVERRIDE'], 'the kernel refused DAC_OVERRIDE to find (openat)'],
    [
      'of a program with file capabilities',
      { ...NONE, refusedPrograms: ['sh'] },
      ['NET_RAW'],
      'a program that sh was to start did not: a file capability of it could not be had',
    ],
    ['of chroot', { ...NONE, refusedChroots: ['sshd'] }, ['SYS_CHROOT'], 'chroot was refused to sshd'],
  ])('%s is exact', (_what, refusals, capabilities, text) => {
    expect(refusalTexts(refusals, TAKEN, [PING])).toEqual([text]);
    expect(suspicionOf({ taken: TAKEN, refusals, lines: ['chown: Operation not permitted'], powered: [PING] })).toEqual(
      {
        from: 'kernel',
        capabilities,
      },
    );
  });

  test.each<[string, Refusals]>([
    ['of what the container did not hold before', refused('SYS_ADMIN')],
    ['of what is only asked for in passing', refused('FSETID')],
    ['of SETPCAP in a capset', refused('SETPCAP', 'capset')],
    ['of nothing', NONE],
  ])('%s says nothing', (_what, refusals) => {
    expect(refusalTexts(refusals, TAKEN, [])).toEqual([]);
    expect(suspicionOf({ taken: TAKEN, refusals, lines: [], powered: [] }).capabilities).toEqual([]);
  });
});

test('where nobody watched, the log is what there is, as far as the change took it', () => {
  const lines = ['find: /data: Permission denied', 'chown: /data: Operation not permitted'];

  expect(suspicionOf({ taken: TAKEN, refusals: undefined, lines, powered: [] })).toEqual({
    from: 'log',
    capabilities: ['DAC_OVERRIDE'],
  });
});
