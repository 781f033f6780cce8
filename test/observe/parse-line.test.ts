import { describe, expect, test } from '@jest/globals';
import { capabilitiesOf, parseLine } from '../../src/observe/parse-line.ts';

describe('a line of the trace', () => {
  test('tells what was asked, whether it was granted, with whose rights and where', () => {
    expect(parseLine('#29240#c 0 0 87063402 260ba53')).toEqual({
      kind: 'asked',
      thread: 29240,
      times: 1,
      asked: { capability: 'CHOWN', granted: true, credential: '87063402', namespace: '260ba53', bounding: null },
    });
  });

  test('that was counted on the host tells how often', () => {
    expect(parseLine('     17 #7#c 1 -1 a b')).toMatchObject({
      times: 17,
      asked: { capability: 'DAC_OVERRIDE', granted: false },
    });
  });

  test('of a probe is granted where the effective set has it', () => {
    const [own, other] = ['0xffff8880', '0xffff8881'];

    expect(parseLine(`#7#b 18 0xa80425fb 0xa80425fb ${own} ${own}`)).toMatchObject({
      asked: { capability: 'SYS_CHROOT', granted: true, bounding: 'a80425fb', namespace: null },
    });
    expect(parseLine(`#7#b 21 0xa80425fb 0xa80425fb ${own} ${other}`)).toMatchObject({
      asked: { capability: 'SYS_ADMIN', granted: false, namespace: other },
    });
  });

  test('of a capability that is newer than enforce has its number', () => {
    expect(parseLine('#7#c 63 0 a b')).toMatchObject({ asked: { capability: 'CAP_63' } });
  });

  test.each([
    ['#7#f 8', { kind: 'forked', thread: 7, child: 8 }],
    ['#7#n #9#c 0 0 a b', { kind: 'named', thread: 7, name: '#9#c 0 0 a b' }],
    ['#7#x -1', { kind: 'executed', thread: 7, done: false }],
    ['#7#s 0', { kind: 'set-capabilities', thread: 7, done: true }],
    ['#7#k fchownat', { kind: 'call', thread: 7, call: 'fchownat' }],
    ['#7#k +', { kind: 'within', thread: 7, part: 'memory' }],
    ['#7#k ~', { kind: 'within', thread: 7, part: 'overlay' }],
    ['#7#u user', { kind: 'set-ids', thread: 7, of: 'user' }],
    ['#7#i 21', { kind: 'becoming', thread: 7, user: 33 }],
    ['#7#i 0xffffffff', { kind: 'becoming', thread: 7, user: null }],
    ['#7#h -1', { kind: 'chroot-refused', thread: 7 }],
    ['#7#e', { kind: 'exited', thread: 7 }],
    ['#7#d 0x400 0xa80425fb', { kind: 'declared', thread: 7, permitted: ['NET_BIND_SERVICE'], bounding: 'a80425fb' }],
    ['window 4', { kind: 'window', number: 4 }],
    ['lost 12', { kind: 'lost', events: 12 }],
    ['bounding 4 00000000a80425fb', { kind: 'bounding', number: 4, mask: 'a80425fb' }],
    ['engine 4 77', { kind: 'engine-thread', number: 4, thread: 77 }],
    ['engine 4 /proc/77/comm:containerd-shim', { kind: 'engine-name', number: 4, name: 'containerd-shim' }],
    ['inside 4 /proc/7/task/8/comm:a:b c', { kind: 'inside', number: 4, thread: 8, name: 'a:b c' }],
  ])('%s is understood', (line, expected) => {
    expect(parseLine(line)).toEqual(expected);
  });

  test.each([
    '',
    '#7#c 0 0 a',
    '#7#c 0 0 a b c',
    '#7#c 999 0 a b',
    '#7#f x',
    '#7#k rm -rf',
    '#7#z 1',
    'lost many',
    'bounding 4 zz',
    'x #7#c 0 0 a b',
    '#7#b 1 0x1 0x1 0x1',
  ])('%j is none', (line) => {
    expect(parseLine(line)).toBeUndefined();
  });
});

test('a mask names its capabilities in the order of the kernel', () => {
  expect(capabilitiesOf('0000000000000403')).toEqual(['CHOWN', 'DAC_OVERRIDE', 'NET_BIND_SERVICE']);
});
