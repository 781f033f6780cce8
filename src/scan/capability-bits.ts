import { ALL_CAPABILITIES } from '../model/capabilities.ts';

/** The names of a set as the kernel prints it, 16 hexadecimal digits; undefined for what is none. */
export function capabilitiesIn(hex: string): readonly string[] | undefined {
  return /^[0-9a-f]{1,16}$/i.test(hex) ? namesOf(BigInt(`0x${hex}`)) : undefined;
}

/** The names of a set by its bits, in the kernel's order; a capability of a newer kernel is called by its number. */
export function namesOf(bits: bigint): readonly string[] {
  return Array.from({ length: 64 }, (_none, bit) => bit)
    .filter((bit) => (bits >> BigInt(bit)) % 2n === 1n)
    .map((bit) => ALL_CAPABILITIES[bit] ?? String(bit));
}
