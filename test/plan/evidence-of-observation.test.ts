import { describe, expect, test } from '@jest/globals';
import type { Evidence } from '../../src/model/evidence.ts';
import type { CapabilityUse, Observation } from '../../src/model/observation.ts';
import { evidenceOfObservation } from '../../src/plan/evidence-of-observation.ts';
import { aWatch, aUse } from '../support/watched.ts';

const HELD = ['AUDIT_WRITE', 'CHOWN', 'FSETID', 'NET_RAW', 'SETPCAP', 'SETUID', 'SYS_CHROOT'];

describe('what a container was seen to do', () => {
  test.each<[string, Partial<Observation>, string, Evidence['class'], string]>([
    [
      'a use at start is a reason to keep',
      { uses: [aUse('SETUID', { call: 'setuid' })] },
      'SETUID',
      'used-at-start',
      'gosu called setuid with it at start',
    ],
    [
      'a later use is one too, though the kernel did not tell the call',
      { uses: [aUse('CHOWN', { phase: 'run', program: 'cron' })] },
      'CHOWN',
      'used',
      'cron used it',
    ],
    [
      'a set that a program gives itself is one, though it never uses it',
      { declared: [{ capability: 'NET_RAW', program: 'chronyd' }] },
      'NET_RAW',
      'declared',
      'chronyd gives itself this capability by name, and may end without it',
    ],
    [
      'what is refused today is a reason to drop',
      { refusals: [aUse('NET_RAW', { program: 'ping' })] },
      'NET_RAW',
      'refuted',
      'ping asked for it and is refused it today',
    ],
    [
      'so is a chroot that is refused before any capability is asked for',
      { refusedChroots: ['sshd'] },
      'SYS_CHROOT',
      'refuted',
      'sshd asked for it and is refused it today',
    ],
    [
      'what was never asked for is a reason to drop',
      {},
      'NET_RAW',
      'silent',
      'never asked for, from its start on, while watched for 10 min',
    ],
  ])('%s', (_sentence, different, capability, kind, because) => {
    expect(about(capability, different)).toEqual([{ capability, class: kind, because }]);
  });

  test.each<[string, CapabilityUse]>([
    ['a set-group-id bit that is kept', aUse('FSETID', { program: 'chmod', call: 'fchmodat' })],
    ['a program that changes its own sets', aUse('SETPCAP', { program: 'setpriv', call: 'capset' })],
    ['an audit record that nobody waits for', aUse('AUDIT_WRITE', { program: 'groupmod', call: 'sendto' })],
    ['every start of a program', aUse('SETPCAP', { program: 'sh', call: 'execve' })],
  ])('a question the kernel asks without need is no reason to keep: %s', (_what, use) => {
    expect(about(use.capability, { uses: [use] })).toMatchObject([{ class: 'advisory' }]);
  });

  test('but a process that is made with namespaces of its own does need the right to', () => {
    const uses = [aUse('SYS_ADMIN', { program: 'bwrap', call: 'clone' })];

    expect(about('SYS_ADMIN', { uses })).toMatchObject([{ class: 'used-at-start' }]);
  });

  test('but a program that takes capabilities off itself for good does need the right to', () => {
    const uses = [aUse('SETPCAP', { program: 'setpriv', call: 'prctl' })];

    expect(about('SETPCAP', { uses })).toMatchObject([{ class: 'used-at-start' }]);
  });

  test('a program that gives itself all it could have asks for none of it by name', () => {
    const declared = HELD.map((capability) => ({ capability, program: 'tini' }));

    expect(about('NET_RAW', { declared })).toMatchObject([{ class: 'silent' }]);
  });

  test.each<[string, Partial<Observation>]>([
    ['its start was not seen', { sawStart: false }],
    ['the kernel lost events', { lostEvents: 3 }],
  ])('silence says nothing where %s', (_why, different) => {
    expect(about('NET_RAW', different)).toEqual([]);
    expect(about('SETUID', { ...different, uses: [aUse('SETUID')] })).toHaveLength(1);
  });
});

function about(capability: string, different: Partial<Observation>): readonly Evidence[] {
  return evidenceOfObservation(aWatch(different), HELD).filter((one) => one.capability === capability);
}
