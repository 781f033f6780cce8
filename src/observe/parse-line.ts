import { ALL_CAPABILITIES } from '../model/capabilities.ts';
import type { Check, Rights } from './locate-credentials.ts';
import { readCheck, readRights } from './locate-credentials.ts';

/** One line of the host's script: what a thread did, or what the script says of its own work. */
export type TraceLine = ThreadLine | WindowLine;

/** Something one thread did. */
export type ThreadLine =
  | { readonly kind: 'asked'; readonly thread: number; readonly times: number; readonly asked: Asked }
  /** It set its own capabilities; null where the kernel does not tell which it then may use. */
  | {
      readonly kind: 'declared';
      readonly thread: number;
      readonly permitted: readonly string[];
      readonly bounding: string;
    }
  | { readonly kind: 'set-capabilities'; readonly thread: number; readonly done: boolean }
  /** The system call in which it asked last. */
  | { readonly kind: 'call'; readonly thread: number; readonly call: string }
  /** What else is known of how it came to ask: the kernel counted memory, or overlayfs worked in the layers of an image. */
  | { readonly kind: 'within'; readonly thread: number; readonly part: 'memory' | 'overlay' }
  /** It changed its ids, or set them to what they were. */
  | { readonly kind: 'set-ids'; readonly thread: number; readonly of: 'user' | 'group' }
  /** It asks to be another user; null where that one stays who it is. */
  | { readonly kind: 'becoming'; readonly thread: number; readonly user: number | null }
  | { readonly kind: 'forked'; readonly thread: number; readonly child: number }
  | { readonly kind: 'named'; readonly thread: number; readonly name: string }
  | { readonly kind: 'executed'; readonly thread: number; readonly done: boolean }
  | { readonly kind: 'chroot-refused'; readonly thread: number }
  | { readonly kind: 'exited'; readonly thread: number }
  /** The script's own: what follows is in no other buffer. */
  | { readonly kind: 'from-here'; readonly thread: number };

/** What the script says of itself, and of the containers by their number. */
export type WindowLine =
  | { readonly kind: 'window'; readonly number: number }
  | { readonly kind: 'lost'; readonly events: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'bounding'; readonly number: number; readonly mask: string }
  | { readonly kind: 'engine-name'; readonly number: number; readonly name: string }
  | { readonly kind: 'engine-thread'; readonly number: number; readonly thread: number }
  | { readonly kind: 'inside'; readonly number: number; readonly thread: number; readonly name: string }
  | { readonly kind: 'user'; readonly number: number; readonly thread: number; readonly user: number }
  | { readonly kind: 'watching' | 'elsewhere' | 'gone' | 'ended' | 'again' | 'unmade'; readonly number: number }
  | { readonly kind: 'swept' | 'has' | 'refused'; readonly text: string }
  | { readonly kind: 'probed' | 'unprobed' }
  /** What a check of rights was given, and the rights of who asked. */
  | { readonly kind: 'memory'; readonly check: Check }
  | { readonly kind: 'rights'; readonly rights: Rights };

/** One question to the kernel: may these credentials use that capability there? */
export interface Asked {
  /** Without the CAP_ prefix; a number the kernel has and enforce does not know is `CAP_41`. */
  readonly capability: string;
  readonly granted: boolean;
  /** What tells one set of rights from another; empty where the kernel tells `bounding` instead. */
  readonly credential: string;
  /** The bounding set of these rights as a mask; null where the kernel does not tell. */
  readonly bounding: string | null;
  /** Which user namespace was meant; null where it is that of the rights. */
  readonly namespace: string | null;
}

/**
 * Reads one line; undefined for what is none of enforce's own. Every field but the last is a number, and the last reaches to
 * the end of the line: a name has nowhere to pose as another field.
 */
export function parseLine(line: string): TraceLine | undefined {
  const match = /^ *(?:(?<times>\d{1,9}) )?#(?<thread>\d{1,9})#(?<letter>[a-z])(?: (?<rest>.*))?$/.exec(line);
  if (!match?.groups) return readWindowLine(line);
  const { times = '1', thread = '', letter = '', rest = '' } = match.groups;
  return readThreadLine(letter, Number(thread), Number(times), rest);
}

function readThreadLine(letter: string, thread: number, times: number, rest: string): ThreadLine | undefined {
  switch (letter) {
    case 'c': {
      const asked = readTracepoint(rest);
      return asked && { kind: 'asked', thread, times, asked };
    }
    case 'b': {
      const asked = readProbe(rest);
      return asked && { kind: 'asked', thread, times, asked };
    }
    case 'd': {
      const match = /^0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16})$/.exec(rest);
      return match
        ? { kind: 'declared', thread, permitted: capabilitiesOf(match[1] ?? ''), bounding: plainMask(match[2] ?? '') }
        : undefined;
    }
    case 's':
      return isResult(rest) ? { kind: 'set-capabilities', thread, done: rest === '0' } : undefined;
    case 'x':
      return isResult(rest) ? { kind: 'executed', thread, done: rest === '0' } : undefined;
    case 'k':
      if (rest === '+') return { kind: 'within', thread, part: 'memory' };
      if (rest === '~') return { kind: 'within', thread, part: 'overlay' };
      return /^[a-z0-9_]{1,40}$/.test(rest) ? { kind: 'call', thread, call: rest } : undefined;
    case 'f':
      return /^\d{1,9}$/.test(rest) ? { kind: 'forked', thread, child: Number(rest) } : undefined;
    case 'n':
      return { kind: 'named', thread, name: rest.slice(0, 15) };
    case 'i':
      return /^(0x)?[0-9a-f]{1,16}$/.test(rest) ? { kind: 'becoming', thread, user: userIn(rest) } : undefined;
    case 'u':
      return rest === 'user' || rest === 'group' ? { kind: 'set-ids', thread, of: rest } : undefined;
    case 'h':
      return { kind: 'chroot-refused', thread };
    case 'm':
      return { kind: 'from-here', thread };
    case 'e':
      return { kind: 'exited', thread };
    default:
      return undefined;
  }
}

/** All ones stand for `as it is`; registers are wider than a user's number. */
function userIn(hexadecimal: string): number | null {
  const user = Number(BigInt.asUintN(32, BigInt(`0x${hexadecimal.replace('0x', '')}`)));
  return user === 0xffff_ffff ? null : user;
}

function isResult(text: string): boolean {
  return text === '0' || text === '-1';
}

/** `CAP RET CREDENTIAL NAMESPACE`, the last two as the kernel disguises its addresses. */
function readTracepoint(rest: string): Asked | undefined {
  const match = /^(\d{1,2}) (0|-\d{1,4}) ([0-9a-fx]{1,18}) ([0-9a-fx]{1,18})$/.exec(rest);
  if (!match) return undefined;
  const [, capability = '', result, credential = '', namespace = ''] = match;
  return { capability: nameOf(Number(capability)), granted: result === '0', credential, namespace, bounding: null };
}

/** `CAP EFFECTIVE BOUNDING OWN-NAMESPACE NAMESPACE`: the kernel grants what is in the effective set (security/commoncap.c). */
function readProbe(rest: string): Asked | undefined {
  const match = /^(\d{1,2}) 0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16}) (0x[0-9a-f]{1,16}) (0x[0-9a-f]{1,16})$/.exec(rest);
  if (!match) return undefined;
  const [, capability = '', effective = '', bounding = '', own, namespace = ''] = match;
  const granted = (BigInt(`0x${effective}`) & (1n << BigInt(capability))) !== 0n;
  return {
    capability: nameOf(Number(capability)),
    granted,
    credential: '',
    bounding: plainMask(bounding),
    namespace: own === namespace ? null : namespace,
  };
}

function nameOf(number: number): string {
  return ALL_CAPABILITIES[number] ?? `CAP_${number}`;
}

/** The names in a mask of hexadecimal digits, as `/proc/PID/status` has them. */
export function capabilitiesOf(mask: string): readonly string[] {
  const bits = BigInt(`0x${mask}`);
  return ALL_CAPABILITIES.filter((_, number) => (bits & (1n << BigInt(number))) !== 0n);
}

function plainMask(mask: string): string {
  return mask.replace(/^0+(?=.)/, '');
}

function readWindowLine(line: string): WindowLine | undefined {
  const [word = '', first = ''] = line.split(' ', 2);
  const number = /^\d{1,6}$/.test(first) ? Number(first) : undefined;
  switch (word) {
    case 'cut':
    case 'probed':
    case 'unprobed':
      return { kind: word };
    case 'lost':
      return /^\d{1,15}$/.test(first) ? { kind: 'lost', events: Number(first) } : undefined;
    case 'has':
    case 'refused':
    case 'swept':
      return { kind: word, text: first };
    case 'memory': {
      const check = readCheck(line.slice('memory '.length));
      return check && { kind: 'memory', check };
    }
    case 'rights': {
      const rights = readRights(line.slice('rights '.length));
      return rights && { kind: 'rights', rights };
    }
    case 'window':
    case 'watching':
    case 'elsewhere':
    case 'gone':
    case 'ended':
    case 'again':
    case 'unmade':
      return number === undefined ? undefined : { kind: word, number };
    case 'bounding': {
      const match = /^bounding (\d{1,6}) ([0-9a-f]{16})$/.exec(line);
      return match ? { kind: 'bounding', number: Number(match[1]), mask: plainMask(match[2] ?? '') } : undefined;
    }
    case 'engine': {
      const named = /^engine (\d{1,6}) \/proc\/\d+\/comm:(.*)$/.exec(line);
      if (named) return { kind: 'engine-name', number: Number(named[1]), name: named[2] ?? '' };
      const match = /^engine (\d{1,6}) (\d{1,9})$/.exec(line);
      return match ? { kind: 'engine-thread', number: Number(match[1]), thread: Number(match[2]) } : undefined;
    }
    case 'inside': {
      const match = /^inside (\d{1,6}) \/proc\/\d+\/task\/(\d{1,9})\/comm:(.*)$/.exec(line);
      return match
        ? { kind: 'inside', number: Number(match[1]), thread: Number(match[2]), name: match[3] ?? '' }
        : undefined;
    }
    case 'user': {
      const match = /^user (\d{1,6}) \/proc\/\d+\/task\/(\d{1,9})\/status:Uid:\t\d+\t(\d{1,10})\t/.exec(line);
      return match
        ? { kind: 'user', number: Number(match[1]), thread: Number(match[2]), user: Number(match[3]) }
        : undefined;
    }
    default:
      return undefined;
  }
}
