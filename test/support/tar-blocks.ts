/** What a header of a tar archive is made of. */
export interface Header {
  readonly name: string;
  readonly type?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly size?: number;
  readonly link?: string;
  readonly device?: readonly [major: number, minor: number];
}

/** One header; names are bytes, one character each. */
export function block(header: Header): Buffer {
  const { name, type = '0', mode = 0o644, uid = 0, gid = 0, size = 0, link = '', device = [0, 0] } = header;
  const bytes = Buffer.alloc(512);
  const number = (value: number, at: number, length: number): void => {
    bytes.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  };
  bytes.write(name.slice(0, 100), 0, 'latin1');
  number(mode, 100, 8);
  number(uid, 108, 8);
  number(gid, 116, 8);
  number(size, 124, 12);
  number(1_700_000_000, 136, 12);
  bytes.write(type, 156, 'latin1');
  bytes.write(link, 157, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  number(device[0], 329, 8);
  number(device[1], 337, 8);
  bytes.fill(' ', 148, 156);
  const sum = bytes.reduce((all, byte) => all + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

/** PAX records that hold for the entry after them. */
export function records(values: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(values).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = rest.length;
    while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
    return `${length}${rest}`;
  });
  const body = Buffer.from(text.join(''), 'latin1');
  return Buffer.concat([block({ name: 'records', type: 'x', size: body.length }), filled(body)]);
}

/** An entry without content, with records. */
export function member(header: Header, values: Readonly<Record<string, string>> = {}): Buffer {
  return Buffer.concat([...(Object.keys(values).length === 0 ? [] : [records(values)]), block(header)]);
}

/** A file with its content. */
export function file(name: string, content: string | Buffer, header: Partial<Header> = {}): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return Buffer.concat([block({ ...header, name, size: bytes.length }), filled(bytes)]);
}

function filled(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
