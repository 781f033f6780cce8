import { describe, expect, test } from '@jest/globals';
import { BY_ENGINE, newFollower } from '../../src/observe/follower.ts';
import type { Follower, Strangers } from '../../src/observe/follower.ts';
import type { ThreadLine } from '../../src/observe/parse-line.ts';
import { parseLine } from '../../src/observe/parse-line.ts';

const HELD = new Set(['CHOWN', 'DAC_OVERRIDE', 'SETUID', 'SETGID', 'SYS_CHROOT']);
/** A command that the engine starts in a container, as runc does it: shim 10, runc 20, its init 30. */
const EXEC = [
  '#10#f 20',
  '#20#n runc',
  '#20#x 0',
  '#20#c 21 0 e f',
  '#20#f 30',
  '#30#c 7 0 e f',
  '#30#s 0',
  '#30#n sh',
  '#30#x 0',
];

function follow(lines: readonly string[], strangers: Strangers = 'nobody'): Follower {
  const follower = newFollower();
  follower.addEngine(10);
  follower.addInside(50, 'web');
  for (const line of lines) follower.take(parseLine(line) as ThreadLine, 'run', strangers);
  follower.endOfWindow();
  return follower;
}

function usesOf(follower: Follower): readonly string[] {
  return follower.tally
    .result('a80425fb', HELD)
    .uses.map(({ capability, program, call, times }) => `${capability} ${program} ${call ?? '?'} ${times}`);
}

function refusalsOf(follower: Follower): readonly string[] {
  return follower.tally.result('a80425fb', HELD).refusals.map(({ capability, program }) => `${capability} ${program}`);
}

describe('following a container', () => {
  test('counts what its programs ask, by the name they had then', () => {
    const follower = follow([
      '#50#c 0 0 a f',
      '#50#k chown',
      '#50#c 0 0 a f',
      '#50#k chown',
      '#50#n redis',
      '#50#c 7 0 a f',
    ]);

    expect(usesOf(follower)).toEqual(['CHOWN web chown 2', 'SETUID redis ? 1']);
  });

  test('names who was refused capabilities of its own, and neither who got them nor the engine', () => {
    const follower = follow(['#50#s 0', '#50#n chronyd', '#50#s -1', '#10#s -1']);

    expect([...follower.refusedSets]).toEqual(['chronyd']);
  });

  test('leaves out what the engine does, until it has become the program of the container', () => {
    const follower = follow([...EXEC, '#30#c 0 0 b f', '#30#k chown']);

    expect(usesOf(follower)).toEqual(['CHOWN sh chown 1']);
    expect(follower.sawFirst).toBe(true);
  });

  test('takes a hook that the engine runs for the engine', () => {
    const follower = follow(['#10#f 20', '#20#n hook', '#20#x 0', '#20#c 0 0 a f']);

    expect([usesOf(follower), follower.sawFirst]).toEqual([[], false]);
  });

  test('follows the children of its programs', () => {
    expect(usesOf(follow(['#50#f 60', '#60#n chown', '#60#x 0', '#60#c 0 0 a f']))).toEqual(['CHOWN chown ? 1']);
  });

  test('forgets who ended, whose number may be another’s next', () => {
    expect(usesOf(follow(['#50#e', '#50#c 0 0 a f']))).toEqual([]);
  });

  test.each([
    ['inside', ['CHOWN (unnamed) ? 1']],
    ['nobody', []],
  ] as const)('takes a stranger for %s', (strangers, expected) => {
    expect(usesOf(follow(['#99#c 0 0 a f'], strangers))).toEqual(expected);
  });

  test('is a refusal only where it was not asked again for what includes it', () => {
    const read = ['#50#c 2 -1 a f', '#50#k openat', '#50#c 1 0 a f', '#50#k openat'];

    expect(refusalsOf(follow(read))).toEqual([]);
    expect(refusalsOf(follow(['#50#c 2 -1 a f']))).toEqual(['DAC_READ_SEARCH web']);
  });

  test('is no such refusal where calls were only counted, either', () => {
    expect(refusalsOf(follow(['   9 #50#c 1 0 a f', '   8 #50#c 2 -1 a f']))).toEqual([]);
  });

  test('takes a stranger that names itself as the runtime does for the engine', () => {
    expect(usesOf(follow(['#99#n runc:[1:CHILD]', '#99#c 7 0 e f', '#99#f 98', '#98#c 7 0 e f'], 'inside'))).toEqual(
      [],
    );
  });

  test('is no refusal where ids were set to what they were', () => {
    expect(refusalsOf(follow(['#50#c 6 -1 a f', '#50#k setgid', '#50#u group']))).toEqual([]);
    expect(refusalsOf(follow(['#50#c 6 -1 a f', '#50#k setgid']))).toEqual(['SETGID web']);
  });

  test('names who could not start a program, and whose chroot was refused', () => {
    const follower = follow(['#50#x -1', '#50#h -1', ...EXEC.slice(0, -1), '#30#x -1']);

    expect([...follower.refusedPrograms]).toEqual(['web', BY_ENGINE]);
    expect([...follower.refusedChroots]).toEqual(['web']);
  });

  test('keeps what a program gave itself, unless it is all it may have', () => {
    const follower = follow(['#50#d 0x400 0xa80425fb', '#50#d 0xa80425fb 0xa80425fb']);

    expect([...follower.declared]).toEqual(['NET_BIND_SERVICE web']);
  });

  test('takes no more memory for a program that renames itself for ever', () => {
    const lines = Array.from({ length: 30_000 }, (_, at) => [`#50#n p${at}`, `#50#c 0 0 c${at} f`, '#50#x -1']).flat();

    const follower = follow(lines);

    expect(follower.tally.result(null, HELD).uses).toHaveLength(201);
    expect(follower.refusedPrograms.size).toBe(100);
  });
});
