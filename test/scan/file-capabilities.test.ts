import { expect, test } from '@jest/globals';
import { fileCapabilities } from '../../src/scan/file-capabilities.ts';

test.each([
  ['cap_net_raw=ep', '0100000200200000000000000000000000000000', ['NET_RAW'], [], true],
  ['cap_net_raw=p', '0000000200200000000000000000000000000000', ['NET_RAW'], [], false],
  ['cap_net_raw=i', '0000000200000000002000000000000000000000', [], ['NET_RAW'], false],
  ['of the first revision', '010000010004000000000000', ['NET_BIND_SERVICE'], [], true],
  ['for the root of a namespace', '0100000301000000000000000000000000000000a0860100', ['CHOWN'], [], true],
  [
    'of both words',
    '0100000201000000020000008000000000010000',
    ['CHOWN', 'BPF'],
    ['DAC_OVERRIDE', 'CHECKPOINT_RESTORE'],
    true,
  ],
])('an attribute is read: %s', (_which, hex, permitted, inheritable, isEffective) => {
  expect(fileCapabilities(bytes(hex))).toEqual({ permitted, inheritable, isEffective });
});

test.each([
  ['nothing', ''],
  ['a head alone', '01000002'],
  ['too short for its revision', '010000020020000000000000'],
  ['too long for its revision', '010000010020000000000000000000000000000000000000'],
  ['of a revision there is none of', '0100000400200000000000000000000000000000'],
  ['text', Buffer.from('cap_net_raw=ep, as a text').toString('hex')],
])('what is none is none: %s', (_which, hex) => {
  expect(fileCapabilities(bytes(hex))).toBeUndefined();
});

function bytes(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1');
}
