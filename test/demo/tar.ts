/** A file, folder or symbolic link of an archive. */
export interface TarEntry {
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer | { readonly linkTo: string } | 'folder';
}

/** A tar archive in the ustar layout, owned by root: all an engine needs to make an image of. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const bytes = Buffer.isBuffer(entry.content) ? entry.content : Buffer.alloc(0);
    return [header(entry, bytes.length), bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

const BLOCK = 512;

function header({ path, mode, content }: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const isLink = typeof content === 'object' && 'linkTo' in content;
  block.write(path, 0, 100);
  block.write(`${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(0, 11)}\0`, 100);
  // The checksum is taken with blanks in its own place.
  block.write('        ', 148);
  block.write(content === 'folder' ? '5' : isLink ? '2' : '0', 156);
  if (isLink) block.write(content.linkTo, 157, 100);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
