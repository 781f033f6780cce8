import { expect, test } from '@jest/globals';
import { evidenceOfProcesses } from '../../src/plan/evidence-of-processes.ts';
import { aPlainProcess, aProcessOf, sameIds } from '../support/a-runtime.ts';

const ALL_OF_IT = ['CHOWN', 'NET_BIND_SERVICE', 'SYS_TIME'];

test('what a process that is not root holds, it has kept on purpose', () => {
  const chronyd = aPlainProcess('chronyd', 100, {
    permitted: ['NET_BIND_SERVICE', 'SYS_TIME'],
    effective: ['NET_BIND_SERVICE', 'SYS_TIME'],
    bounding: ALL_OF_IT,
  });

  expect(evidenceOfProcesses([chronyd])).toEqual([
    { capability: 'NET_BIND_SERVICE', class: 'declared', because: 'chronyd keeps it as user 100' },
    { capability: 'SYS_TIME', class: 'declared', because: 'chronyd keeps it as user 100' },
  ]);
});

test('what it may raise counts as kept, though it has lowered it for now', () => {
  const named = aPlainProcess('named', 53, { permitted: ['SYS_RESOURCE'], effective: [], bounding: ALL_OF_IT });

  expect(evidenceOfProcesses([named])).toMatchObject([{ capability: 'SYS_RESOURCE', class: 'declared' }]);
});

test('of a root process the rest counts once it has given something up', () => {
  const ntpd = aProcessOf('ntpd', { permitted: ['SYS_TIME'], effective: ['SYS_TIME'], bounding: ALL_OF_IT });

  expect(evidenceOfProcesses([ntpd])).toEqual([
    { capability: 'SYS_TIME', class: 'declared', because: 'ntpd has given up others and kept it' },
  ]);
});

test('that root holds all its container has says nothing', () => {
  const all = { permitted: ALL_OF_IT, effective: ALL_OF_IT, bounding: ALL_OF_IT };

  expect(evidenceOfProcesses([aProcessOf('nginx', all), aPlainProcess('nginx', 33)])).toEqual([]);
});

test('that root has put aside its user for a while says nothing', () => {
  const smbd = aProcessOf('smbd', {
    userIds: { ...sameIds(0), effective: 1000, filesystem: 1000 },
    permitted: ALL_OF_IT,
    effective: [],
    bounding: ALL_OF_IT,
  });

  expect(evidenceOfProcesses([smbd])).toEqual([]);
});

test('many workers of a kind are one reason', () => {
  const kept = { permitted: ['KILL'], effective: ['KILL'] };

  expect(evidenceOfProcesses([aPlainProcess('a', 1, kept), aPlainProcess('b', 2, kept)])).toEqual([
    { capability: 'KILL', class: 'declared', because: 'a keeps it as user 1' },
  ]);
});
