import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { memberOffsets } from '../../src/observe/type-format.ts';

interface Member {
  readonly name: string;
  readonly bits: number;
}

/** A description with an int, a struct of this name, size and members, and nothing else. */
function described(struct: string, size: number, members: readonly Member[], littleEndian = true): Uint8Array {
  const names = ['', struct, ...members.map(({ name }) => name)];
  const places = names.map((_, at) => names.slice(0, at).join('\0').length + (at === 0 ? 0 : 1));
  const text = Buffer.from(`${names.join('\0')}\0`);
  const words = [0, 0x0100_0000, 4, 32, places[1] ?? 0, 0x0400_0000 + members.length, size];
  for (const [at, { bits }] of members.entries()) words.push(places[at + 2] ?? 0, 1, bits);
  const bytes = new Uint8Array(24 + 4 * words.length + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, littleEndian);
  view.setUint8(2, 1);
  for (const [at, word] of [24, 0, 4 * words.length, 4 * words.length, text.length].entries())
    view.setUint32(4 + 4 * at, word, littleEndian);
  for (const [at, word] of words.entries()) view.setUint32(24 + 4 * at, word, littleEndian);
  bytes.set(text, 24 + 4 * words.length);
  return bytes;
}

const CRED = described('cred', 184, [
  { name: 'usage', bits: 0 },
  { name: 'cap_effective', bits: 448 },
  { name: 'cap_bset', bits: 512 },
]);

describe('the kernel’s description of its types', () => {
  test.each([true, false])(
    'tells where a struct has its members, whichever end of a number comes first',
    (littleEndian) => {
      const bytes = described('cred', 184, [{ name: 'cap_bset', bits: 512 }], littleEndian);

      expect(memberOffsets(bytes, 'cred', ['cap_bset'])).toEqual({ cap_bset: 64 });
    },
  );

  test('tells all that is asked for, or nothing', () => {
    expect(memberOffsets(CRED, 'cred', ['cap_effective', 'cap_bset'])).toEqual({ cap_effective: 56, cap_bset: 64 });
    expect(memberOffsets(CRED, 'cred', ['cap_bset', 'user_ns'])).toBeUndefined();
    expect(memberOffsets(CRED, 'cre', ['cap_bset'])).toBeUndefined();
  });

  test('is not believed where a member lies outside its struct, or between two bytes', () => {
    expect(
      memberOffsets(described('cred', 64, [{ name: 'cap_bset', bits: 512 }]), 'cred', ['cap_bset']),
    ).toBeUndefined();
    expect(
      memberOffsets(described('cred', 64, [{ name: 'cap_bset', bits: 65 }]), 'cred', ['cap_bset']),
    ).toBeUndefined();
  });

  test('of any bytes whatever ends, and never reads beyond them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(CRED.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(CRED.length),
        (changes, length) => {
          const bytes = CRED.slice(0, length);
          for (const [at, byte] of changes) if (at < length) bytes[at] = byte;
          const found = memberOffsets(bytes, 'cred', ['cap_bset']);
          expect(found === undefined || found.cap_bset < 2 ** 29).toBe(true);
        },
      ),
    );
  });

  const own = '/sys/kernel/btf/vmlinux';
  const because = existsSync(own) ? '' : ' (not here: this kernel has none)';
  (because === '' ? test : test.skip)(`of this machine tells where its credentials are${because}`, () => {
    const found = memberOffsets(readFileSync(own), 'cred', ['cap_effective', 'cap_bset', 'user_ns']);

    expect(found?.cap_bset).toBe((found?.cap_effective ?? 0) + 8);
    expect(found?.user_ns).toBeGreaterThan(found?.cap_bset ?? 0);
  });
});
