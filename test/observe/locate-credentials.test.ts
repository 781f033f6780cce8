import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Check, Rights } from '../../src/observe/locate-credentials.ts';
import { locateCredentials, readCheck, readRights } from '../../src/observe/locate-credentials.ts';

const ALL = 0x1ff_ffff_ffffn;
const NAMESPACE = 0xffff_ffff_b744_a7e0n;

const ROOT: Rights = { ids: [0, 0, 0, 0, 0, 0, 0, 0], sets: [0n, ALL, ALL, ALL, 0n] };
const NOBODY: Rights = {
  ids: [65534, 65533, 65534, 65533, 65534, 65533, 65534, 65533],
  sets: [0n, 0n, 0n, ALL, 0n],
};

interface Kernel {
  readonly ids: number;
  readonly sets: number;
  readonly namespace: number;
}

/** What stands in memory where these rights are kept as that kernel keeps them, between addresses of other things. */
function checkOf(rights: Rights, { ids, sets, namespace }: Kernel): Check {
  const words = Array.from({ length: 48 }, (_, at) => (at * 4 > sets + 39 ? 0xffff_8880 + at : 0));
  words[0] = 3;
  for (const [place, id] of rights.ids.entries()) words[ids / 4 + place] = id;
  const put = (at: number, value: bigint): void => {
    words[at / 4] = Number(value & 0xffff_ffffn);
    words[at / 4 + 1] = Number(value >> 32n);
  };
  for (const [place, set] of rights.sets.entries()) put(sets + place * 8, set);
  put(namespace, NAMESPACE);
  return { namespace: NAMESPACE, words };
}

const CLASSIC: Kernel = { ids: 4, sets: 40, namespace: 136 };

describe('the credentials in a kernel that does not describe its types', () => {
  test.each([
    ['a count of four bytes', CLASSIC, { cap_bset: 64, cap_effective: 56, user_ns: 136 }],
    ['a count of eight bytes', { ids: 8, sets: 44, namespace: 136 }, { cap_bset: 68, cap_effective: 60, user_ns: 136 }],
    [
      'sets that begin at a multiple of eight',
      { ids: 8, sets: 48, namespace: 144 },
      { cap_bset: 72, cap_effective: 64, user_ns: 144 },
    ],
    [
      'what a kernel for debugging has before them',
      { ids: 28, sets: 64, namespace: 168 },
      { cap_bset: 88, cap_effective: 80, user_ns: 168 },
    ],
  ])('are found after %s', (_, kernel, expected) => {
    const alone = locateCredentials([checkOf(ROOT, kernel)], [ROOT]);
    const both = locateCredentials([checkOf(ROOT, kernel), checkOf(NOBODY, kernel)], [ROOT, NOBODY]);

    expect({ alone, both }).toEqual({
      alone: { known: true, value: expected },
      both: { known: true, value: expected },
    });
  });

  test('are found where the kernel has no ambient set', () => {
    const older = { ...ROOT, sets: ROOT.sets.slice(0, 4) };

    expect(locateCredentials([checkOf(ROOT, CLASSIC)], [older])).toMatchObject({ value: { cap_bset: 64 } });
  });

  test('are found beside the checks of processes that are about to change their rights', () => {
    const between = { ...ROOT, ids: [0, 65533, 0, 65533, 0, 65533, 0, 65533] };
    const checks = [ROOT, between, NOBODY].map((rights) => checkOf(rights, CLASSIC));

    expect(locateCredentials(checks, [ROOT, NOBODY])).toMatchObject({ value: { cap_effective: 56 } });
  });

  test('are not believed where one of the processes that asked is not found there', () => {
    expect(locateCredentials([checkOf(ROOT, CLASSIC)], [ROOT, NOBODY])).toEqual({
      known: false,
      because: 'the credentials it checks do not have the order that is known',
    });
  });

  test('are not believed in an order that this kernel alone has', () => {
    const shuffled = checkOf({ ...ROOT, sets: [ALL, 0n, ALL, 0n, ALL] }, CLASSIC);

    expect(locateCredentials([shuffled], [ROOT])).toMatchObject({ known: false });
  });

  test('are not believed where they can be read in two ways', () => {
    const nothing: Rights = { ids: ROOT.ids, sets: [0n, 0n, 0n, 0n, 0n] };

    expect(locateCredentials([checkOf(nothing, { ids: 28, sets: 64, namespace: 168 })], [nothing])).toEqual({
      known: false,
      because: 'the credentials it checks can be read in more ways than one',
    });
  });

  test('are not believed where the user namespace stands nowhere, or twice', () => {
    const check = checkOf(ROOT, CLASSIC);
    const words = [...check.words];
    words[36] = words[34] ?? 0;
    words[37] = words[35] ?? 0;
    const because = 'the credentials it checks do not tell their user namespace';

    expect(locateCredentials([{ ...check, namespace: 1n }], [ROOT])).toEqual({ known: false, because });
    expect(locateCredentials([{ ...check, words }], [ROOT])).toEqual({ known: false, because });
  });

  test('are not known where nothing was shown', () => {
    const because = 'it did not show what a check is given';

    expect(locateCredentials([], [ROOT])).toEqual({ known: false, because });
    expect(locateCredentials([checkOf(ROOT, CLASSIC)], [])).toEqual({ known: false, because });
  });

  test('are where any kernel of the known order has them, or not found, but never elsewhere', () => {
    const sets = fc.tuple(...[0, 1, 2, 3, 4].map(() => fc.constantFrom(0n, ALL, 0xa804_25fbn)));
    const ids = fc.tuple(...[0, 1, 2, 3, 4, 5, 6, 7].map(() => fc.constantFrom(0, 1000)));
    fc.assert(
      fc.property(fc.record({ ids, sets }), fc.integer({ min: 1, max: 8 }), fc.boolean(), (rights, before, hasGap) => {
        const kernel = { ids: 4 * before, sets: 4 * before + (hasGap ? 40 : 36), namespace: 160 };
        const found = locateCredentials([checkOf(rights, kernel)], [rights]);
        expect(found.known ? found.value.cap_bset : kernel.sets + 24).toBe(kernel.sets + 24);
      }),
    );
  });
});

describe('what the host’s script tells of a check', () => {
  test('is a namespace and as many words as were asked for, and nothing else', () => {
    const words = Array.from({ length: 48 }, (_, at) => at.toString(16));

    expect(readCheck(`ffffffffb744a7e0 ${words.join(' ')}`)).toEqual({
      namespace: NAMESPACE,
      words: words.map((_, at) => at),
    });
    expect(readCheck(`ffffffffb744a7e0 ${words.slice(1).join(' ')}`)).toBeUndefined();
    expect(readCheck(`ffffffffb744a7e0 ${words.join(' ')} 0`)).toBeUndefined();
    expect(readCheck(`ffffffffb744a7e0 ${words.join(' ').replace(' 7 ', ' (fault) ')}`)).toBeUndefined();
  });

  test('is of whom it was asked, with ids in the order of the kernel’s memory', () => {
    expect(
      readRights('1 2 3 4 11 12 13 14 0000000000000000 0000000000000001 0000000000000002 00000000a80425fb'),
    ).toEqual({
      ids: [1, 11, 3, 13, 2, 12, 4, 14],
      sets: [0n, 1n, 2n, 0xa804_25fbn],
    });
    expect(readRights('1 2 3 4 11 12 13 0000000000000000 0000000000000001 0000000000000002')).toBeUndefined();
    expect(readRights('')).toBeUndefined();
  });
});
