/** Where a struct of the kernel has some of its members, in bytes; undefined where the description does not tell. */
export type MemberOffsets<Name extends string> = Readonly<Record<Name, number>>;

/**
 * Reads from the kernel's description of its own types (BTF, Documentation/bpf/btf.rst) where a struct has its members. The
 * description comes from the host, so that nothing it says of lengths and places is believed before it is held against its
 * size.
 */
export function memberOffsets<const Name extends string>(
  bytes: Uint8Array,
  struct: string,
  members: readonly Name[],
): MemberOffsets<Name> | undefined {
  const found = sections(bytes);
  if (!found) return undefined;
  const { view, types, names, littleEndian } = found;
  const word = (at: number): number => view.getUint32(at, littleEndian);
  for (let at = types.from; at + 12 <= types.to; ) {
    const info = word(at + 4);
    const [kind, count] = [(info >>> 24) & 0x1f, info & 0xffff];
    const extra = extraBytes(kind, count);
    if (extra === undefined || at + 12 + extra > types.to) return undefined;
    if (kind === STRUCT && nameIs(bytes, names, word(at), struct)) {
      const size = word(at + 8);
      const offsets = new Map<string, number>();
      for (let member = at + 12; member < at + 12 + extra; member += 12) {
        const name = members.find((wanted) => nameIs(bytes, names, word(member), wanted));
        // With the flag, the upper bits are the width of a bit field.
        const bits = info >>> 31 === 1 ? word(member + 8) & 0xff_ffff : word(member + 8);
        if (name !== undefined && bits % 8 === 0 && bits / 8 + 8 <= size) offsets.set(name, bits / 8);
      }
      if (members.every((name) => offsets.has(name))) return Object.fromEntries(offsets) as MemberOffsets<Name>;
    }
    at += 12 + extra;
  }
  return undefined;
}

const STRUCT = 4;
const MAGIC = 0xeb9f;

/** What follows the twelve bytes of each kind, by its number: INT PTR ARRAY STRUCT UNION ENUM … */
function extraBytes(kind: number, count: number): number | undefined {
  switch (kind) {
    case 1:
    case 14:
    case 17:
      return 4;
    case 3:
      return 12;
    case 4:
    case 5:
    case 15:
    case 19:
      return 12 * count;
    case 6:
    case 13:
      return 8 * count;
    case 2:
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
    case 16:
    case 18:
      return 0;
    default:
      return undefined;
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Sections {
  readonly view: DataView;
  readonly littleEndian: boolean;
  readonly types: Span;
  readonly names: Span;
}

function sections(bytes: Uint8Array): Sections | undefined {
  if (bytes.length < 24) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = view.getUint16(0, true) === MAGIC;
  if (!littleEndian && view.getUint16(0, false) !== MAGIC) return undefined;
  const header = view.getUint32(4, littleEndian);
  const span = (at: number): Span => {
    const from = header + view.getUint32(at, littleEndian);
    return { from, to: from + view.getUint32(at + 4, littleEndian) };
  };
  const [types, names] = [span(8), span(16)];
  return types.to <= bytes.length && names.to <= bytes.length ? { view, littleEndian, types, names } : undefined;
}

function nameIs(bytes: Uint8Array, names: Span, offset: number, wanted: string): boolean {
  const from = names.from + offset;
  const to = from + wanted.length;
  if (to >= names.to || bytes[to] !== 0) return false;
  for (let at = 0; at < wanted.length; at += 1) if (bytes[from + at] !== wanted.charCodeAt(at)) return false;
  return true;
}
