import { describe, expect, test } from '@jest/globals';
import type { BorneSigns } from '../../src/apply/borne-absence.ts';
import { isAbsenceBorne } from '../../src/apply/borne-absence.ts';
import type { Identity } from '../../src/apply/identities.ts';
import { identityLoss } from '../../src/apply/identities.ts';
import type { Refusals } from '../../src/apply/tools.ts';
import type { PoweredFile } from '../../src/model/runtime.ts';
import { aProcessOf, sameIds } from '../support/a-runtime.ts';

const SMTPD: Identity = { name: 'smtpd', userId: 101, groupId: 102, groups: [] };
const NOTHING = { refusals: [], refusedPrograms: [], refusedChroots: [] };
const PING: PoweredFile = {
  path: '/bin/ping',
  isSetuidRoot: false,
  isUsed: true,
  capabilities: { permitted: ['NET_RAW'], inheritable: [], isEffective: true },
};

function told(whole: Partial<NonNullable<Refusals['whole']>> = {}, lostEvents = 0): BorneSigns {
  const all = { ...NOTHING, refusedSets: [], programs: ['master', 'qmgr'], ...whole };
  const refusals = { ...NOTHING, lostEvents, whole: all };
  return { taken: ['NET_RAW', 'KILL'], powered: [PING], refusals, before: oldOnes(1000, 1061), seconds: 60 };
}

function oldOnes(masterAt: number, helperAt: number | undefined): BorneSigns['before'] {
  const helper = aProcessOf('smtpd', { pid: 7, parent: 1 });
  return [
    aProcessOf('master', { pid: 1, startedAt: masterAt }),
    helperAt === undefined ? helper : { ...helper, startedAt: helperAt },
  ];
}

describe('a program that is started on demand and has no process after a change', () => {
  test('is done without where the kernel saw everything, refused nothing, and nobody started it', () => {
    expect(isAbsenceBorne([SMTPD], told())).toBe(true);
  });

  test('is known by its name without its number', () => {
    const before = [...oldOnes(1000, 1061), aProcessOf('worker/3', { startedAt: 1061 })];
    const absent = [{ ...SMTPD, name: 'worker/#' }];

    expect(isAbsenceBorne(absent, { ...told(), before })).toBe(true);
    expect(isAbsenceBorne(absent, { ...told({ programs: ['worker/7'] }), before })).toBe(false);
  });

  test('may lack what is refused of what the container never had', () => {
    const refusals = [{ capability: 'SYS_NICE', phase: 'run', program: 'master', call: 'nice', times: 1 }] as const;

    expect(isAbsenceBorne([SMTPD], told({ refusals }))).toBe(true);
  });

  test.each<[string, BorneSigns]>([
    ['the old one had it from the beginning', { ...told(), before: oldOnes(1000, 1059) }],
    ['nobody knows when the old one began it', { ...told(), before: oldOnes(1000, undefined) }],
    ['nobody watched', { ...told(), refusals: undefined }],
    ['not all was told', { ...told(), refusals: { ...NOTHING, lostEvents: 0 } }],
    ['the kernel lost events', told({}, 1)],
    [
      'anybody was refused what was taken, be it by one that is not root',
      told({ refusals: [{ capability: 'KILL', phase: 'run', program: 'qmgr', call: 'kill', times: 1 }] }),
    ],
    ['a program was refused the set it asked for', told({ refusedSets: ['chronyd'] })],
    ['a program could not be started', told({ refusedPrograms: ['master'] })],
    ['it was started and has ended', told({ programs: ['master', 'smtpd'] })],
    ['more programs were started than are named', told({ programs: Array.from({ length: 100 }, (_, at) => `p${at}`) })],
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
