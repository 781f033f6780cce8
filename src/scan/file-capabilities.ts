import type { FileCapabilities } from '../model/runtime.ts';
import { namesOf } from './capability-bits.ts';

/**
 * Reads the attribute `security.capability` (struct vfs_cap_data, include/uapi/linux/capability.h), one character for each
 * byte: little-endian, 32 bits of each set in its first revision and 64 in the second; the third adds whose root it is
 * for. Undefined for what is none.
 */
export function fileCapabilities(attribute: string): FileCapabilities | undefined {
  const bytes = Buffer.from(attribute, 'latin1');
  const head = bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
  const revision = LENGTHS.findIndex((length) => length === bytes.length) + 1;
  if (revision === 0 || head >>> 24 !== revision) return undefined;
  const words = revision === 1 ? 1 : 2;
  const set = (first: number): readonly string[] => {
    const low = BigInt(bytes.readUInt32LE(first));
    const high = words === 1 ? 0n : BigInt(bytes.readUInt32LE(first + 8));
    return namesOf(low | (high << 32n));
  };
  return { permitted: set(4), inheritable: set(8), isEffective: (head & EFFECTIVE) !== 0 };
}

/** Bytes of the first, second and third revision. */
const LENGTHS = [12, 20, 24];
const EFFECTIVE = 1;
