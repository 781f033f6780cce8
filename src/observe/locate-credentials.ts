import type { Known } from '../model/machine.ts';

/** Where struct cred has what a check is told from, in bytes. */
export interface CredentialPlaces {
  readonly cap_bset: number;
  readonly cap_effective: number;
  readonly user_ns: number;
}

/** What the kernel was given when it checked rights. */
export interface Check {
  /** The user namespace it asked about. */
  readonly namespace: bigint;
  /** The memory of the credentials, in words of four bytes. */
  readonly words: readonly number[];
}

/** The rights of a process, as `/proc/PID/status` tells them. */
export interface Rights {
  /** In the kernel's order: real user, real group, saved, effective, and for files. */
  readonly ids: readonly number[];
  /** Inheritable, permitted, effective, bounding and, where the kernel has them, ambient. */
  readonly sets: readonly bigint[];
}

/**
 * Finds in the memory of known credentials where they are. Ids, one word of flags and the sets follow one another in every
 * kernel; how much comes before, and whether the sets begin at a multiple of eight, differs. Found is only what explains each
 * of the processes that asked, and nothing else does.
 */
export function locateCredentials(checks: readonly Check[], holders: readonly Rights[]): Known<CredentialPlaces> {
  if (checks.length === 0 || holders.length === 0) return unknown('it did not show what a check is given');
  const explaining = LAYOUTS.filter((layout) =>
    holders.every((rights) => checks.some((check) => isHeldAt(layout, rights, check))),
  );
  const [sets, another] = new Set(explaining.map((layout) => layout.sets));
  if (sets === undefined) return unknown('the credentials it checks do not have the order that is known');
  if (another !== undefined) return unknown('the credentials it checks can be read in more ways than one');

  const explained = checks.filter((check) =>
    holders.some((rights) => explaining.some((layout) => isHeldAt(layout, rights, check))),
  );
  // What asked counted memory, which is asked of the namespace that these processes are in.
  const [namespace, other] = NAMESPACE_PLACES.filter(
    (at) => at >= sets + 4 * SET_BYTES && explained.every((check) => check.namespace === longAt(check, at)),
  );
  if (namespace === undefined || other !== undefined)
    return unknown('the credentials it checks do not tell their user namespace');
  return known({ cap_bset: sets + 3 * SET_BYTES, cap_effective: sets + 2 * SET_BYTES, user_ns: namespace });
}

interface Layout {
  readonly ids: number;
  readonly sets: number;
}

const WORDS = 48;
const SET_BYTES = 8;
const IDS_BYTES = 8 * 4;
const FLAGS_BYTES = 4;

const LAYOUTS: readonly Layout[] = Array.from({ length: WORDS }, (_, word) => 4 * word).flatMap((ids) =>
  [0, 4].map((gap) => ({ ids, sets: ids + IDS_BYTES + FLAGS_BYTES + gap })),
);

const NAMESPACE_PLACES: readonly number[] = Array.from({ length: WORDS / 2 }, (_, long) => 8 * long);

function isHeldAt({ ids, sets }: Layout, rights: Rights, check: Check): boolean {
  return (
    rights.ids.every((id, place) => check.words[ids / 4 + place] === id) &&
    rights.sets.every((set, place) => longAt(check, sets + place * SET_BYTES) === set)
  );
}

function longAt({ words }: Check, at: number): bigint | undefined {
  const [low, high] = [words[at / 4], words[at / 4 + 1]];
  return low === undefined || high === undefined ? undefined : BigInt(low) + (BigInt(high) << 32n);
}

/** Reads `NAMESPACE WORD…`, all in hexadecimal digits; undefined for anything else. */
export function readCheck(text: string): Check | undefined {
  const [namespace = '', ...words] = text.split(' ');
  if (!/^[0-9a-f]{1,16}$/.test(namespace) || words.length !== WORDS) return undefined;
  if (!words.every((word) => /^[0-9a-f]{1,8}$/.test(word))) return undefined;
  return { namespace: BigInt(`0x${namespace}`), words: words.map((word) => Number.parseInt(word, 16)) };
}

/** Reads the ids and sets of a process in the order in which `/proc/PID/status` has them; undefined for anything else. */
export function readRights(text: string): Rights | undefined {
  const match = /^((?:\d{1,10} ){8})([0-9a-f]{16}(?: [0-9a-f]{16}){3,4})$/.exec(text);
  if (!match) return undefined;
  const ids = (match[1] ?? '').trim().split(' ').map(Number);
  // Users are told first and groups after them, each as real, effective, saved, and for files.
  const inMemory = [0, 4, 2, 6, 1, 5, 3, 7].map((place) => ids[place] ?? 0);
  return { ids: inMemory, sets: (match[2] ?? '').split(' ').map((mask) => BigInt(`0x${mask}`)) };
}

function known(value: CredentialPlaces): Known<CredentialPlaces> {
  return { known: true, value };
}

function unknown(because: string): Known<never> {
  return { known: false, because };
}
