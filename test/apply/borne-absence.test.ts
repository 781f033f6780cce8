import { describe, expect, test } from '@jest/globals';
import type { BorneSigns } from '../../src/apply/borne-absence.ts';
import { isAbsenceBorne } from '../../src/apply/borne-absence.ts';
import type { Identity } from '../../src/apply/identities.ts';
import { identityLoss } from '../../src/apply/identities.ts';
import type { Refusals } from '../../src/apply/tools.ts';
import type { PoweredFile } from '../../src/model/runtime.ts';
import { aProcessOf, sameIds } from '../support/a-runtime.ts';

const SMTPD: Identity = { name: 'smtpd', userId: 101, groupId: 102, groups: [] };
const WITHOUT_PROGRAMS: Refusals = {
  refusals: [],
  refusedPrograms: [],
  refusedChroots: [],
  choosers: [],
  lostEvents: 0,
};
const NOTHING: Refusals = { ...WITHOUT_PROGRAMS, programs: ['master', 'qmgr'] };
const SU: PoweredFile = { path: '/bin/su', isSetuidRoot: true, isUsed: false, capabilities: null };

function signs(refusals: Partial<Refusals> | undefined, powered: readonly PoweredFile[] = []): BorneSigns {
  return { taken: ['NET_RAW', 'KILL'], powered, refusals: refusals && { ...NOTHING, ...refusals } };
}

describe('a program that is started on demand and has no process after a change', () => {
  test('is done without where the kernel saw everything, refused nothing, and nobody started it', () => {
    expect(isAbsenceBorne([SMTPD], signs({}, [SU]))).toBe(true);
  });

  test('where it is numbered, is known by its name without the number', () => {
    expect(isAbsenceBorne([{ ...SMTPD, name: 'worker/#' }], signs({ programs: ['worker/7'] }))).toBe(false);
  });

  test.each<[string, BorneSigns]>([
    ['nobody watched', signs(undefined)],
    ['the kernel lost events', signs({ lostEvents: 1 })],
    [
      'the kernel refused what was taken',
      signs({ refusals: [{ capability: 'KILL', phase: 'run', program: 'master', call: 'kill', times: 1 }] }),
    ],
    ['a program chose its own capabilities', signs({ choosers: ['chronyd'] })],
    ['a program could not be started', signs({ refusedPrograms: ['master'] }, [pingOf('master')])],
    ['it was started and has ended', signs({ programs: ['master', 'smtpd'] })],
    ['a setuid helper ran, whose refusals do not count', signs({ programs: ['su'] }, [SU])],
    [
      'more programs were started than are named',
      signs({ programs: Array.from({ length: 100 }, (_, at) => `p${at}`) }),
    ],
    ['a recorder told nothing of programs', { taken: [], powered: [], refusals: WITHOUT_PROGRAMS }],
  ])('is not done without where %s', (_why, given) => {
    expect(isAbsenceBorne([SMTPD], given)).toBe(false);
  });

  test('is absent only where nothing of its name runs and it was not root', () => {
    const first = { first: 1, processes: [aProcessOf('master', { pid: 1 })] };
    const master: Identity = { name: 'master', userId: 0, groupId: 0, groups: [] };
    const as = (name: string) => aProcessOf(name, { pid: 9, parent: 1, userIds: sameIds(5), groupIds: sameIds(5) });
    const other = { ...first, processes: [...first.processes, as('smtpd')] };

    expect(identityLoss([master, SMTPD], first, first).absent).toEqual([SMTPD]);
    expect(identityLoss([master, { ...SMTPD, userId: 0 }], first, first).absent).toEqual([]);
    expect(identityLoss([master, SMTPD], other, other).absent).toEqual([]);
    expect(identityLoss([master, SMTPD, { ...SMTPD, name: 'cron', userId: 0 }], first, first).absent).toEqual([]);
  });
});

function pingOf(name: string): PoweredFile {
  const capabilities = { permitted: ['NET_RAW'], inheritable: [], isEffective: true };
  return { path: `/bin/${name}`, isSetuidRoot: false, isUsed: true, capabilities };
}
