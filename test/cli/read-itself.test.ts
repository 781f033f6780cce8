import { expect, test } from '@jest/globals';
import { itselfFrom, readItself } from '../../src/cli/read-itself.ts';

const NOTHING = { mountinfo: '', cgroup: '', hostName: '49a31010a170', isContained: true };

test('a host name that is the start of an id counts where an engine left its mark', () => {
  expect(itselfFrom(NOTHING).containerIds).toEqual(['49a31010a170']);
});

test.each([
  ['no engine left a mark', { isContained: false }],
  ['it is not the start of an id', { hostName: 'control-1' }],
  ['it is too short for one', { hostName: '49a31010' }],
])('a host name does not count when %s', (_why, different) => {
  expect(itselfFrom({ ...NOTHING, ...different }).containerIds).toEqual([]);
});

test('on any machine, what there is to read is read', () => {
  expect(readItself()).toMatchObject({ containerIds: expect.any(Array) });
});
