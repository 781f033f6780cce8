import type { JsonValue } from '../../../src/model/json.ts';
import { block, file, records } from '../tar-blocks.ts';
import { Refusal } from './refusal.ts';
import type { MemoryContainer } from './store.ts';

/** A file or folder of an image or a container. */
export interface MemoryFile {
  readonly kind: 'file' | 'folder' | 'link';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a link: where it leads. */
  readonly content: string;
  /** Extended attributes; bytes, one character each. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** An ordinary file of root's. */
export function plainFile(content: string, different: Partial<MemoryFile> = {}): MemoryFile {
  return { kind: 'file', mode: 0o644, uid: 0, gid: 0, content, ...different };
}

const FOLDER: MemoryFile = { kind: 'folder', mode: 0o755, uid: 0, gid: 0, content: '' };

/** Rows of `GET /changes`: what was written, with the folders of the image it is in. */
export function changesOf({ changes, files, image }: MemoryContainer): JsonValue {
  const own = [...files].map(([Path, found]) => ({
    Path,
    Kind: found === 'deleted' ? 2 : image.files.has(Path) ? 0 : 1,
  }));
  const known = new Set([...changes, ...own].map(({ Path }) => Path));
  const above = new Set(own.flatMap(({ Path }) => foldersAbove(Path)).filter((folder) => !known.has(folder)));
  const rows = [...changes, ...[...above].map((Path) => ({ Path, Kind: 0 })), ...own];
  return rows.length === 0 ? null : rows.map((row) => ({ ...row }));
}

function foldersAbove(path: string): readonly string[] {
  const parent = path.slice(0, path.lastIndexOf('/'));
  return parent === '' ? [] : [parent, ...foldersAbove(parent)];
}

/** All files a container has, by path: its image's, with what was written and without what was deleted. */
export function filesOf({ files, image }: MemoryContainer): ReadonlyMap<string, MemoryFile> {
  const all = new Map(image.files);
  for (const folder of [...image.files.keys()].flatMap(foldersAbove)) if (!all.has(folder)) all.set(folder, FOLDER);
  for (const [path, found] of files) {
    if (found === 'deleted') for (const each of [...all.keys()].filter((key) => isWithin(key, path))) all.delete(each);
    else all.set(path, found);
  }
  for (const path of [...all.keys()])
    for (const folder of foldersAbove(path)) if (!all.has(folder)) all.set(folder, FOLDER);
  return all;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** What is at a path; refused where nothing is. */
export function fileAt(container: MemoryContainer, path: string): MemoryFile {
  const found = filesOf(container).get(path);
  if (!found) throw new Refusal(404, `Could not find the file ${path} in container ${container.id}`);
  return found;
}

/** `GET /archive`: what is at a path and below it, called by the last part of the path. */
export function pack(container: MemoryContainer, path: string): Buffer {
  fileAt(container, path);
  const start = path.lastIndexOf('/') + 1;
  const parts = [...filesOf(container)]
    .filter(([each]) => isWithin(each, path))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([each, found]) => entry(Buffer.from(each.slice(start)).toString('latin1'), found));
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

const TYPES = { file: '0', link: '2', folder: '5' } as const;

function entry(path: string, { kind, content, attributes = {}, ...owner }: MemoryFile): Buffer {
  const more = records({ path: kind === 'folder' ? `${path}/` : path, ...attributes });
  const header = { ...owner, name: 'x', type: TYPES[kind], link: kind === 'link' ? content : '' };
  return Buffer.concat([more, kind === 'file' ? file('x', content, header) : block(header)]);
}

/** `PUT /archive`: writes what an archive has, from the root on. */
export function unpack(container: MemoryContainer, archive: Buffer): void {
  if (container.hostConfig['ReadonlyRootfs'] === true) throw new Refusal(500, 'container rootfs is marked read-only');
  let attributes: Record<string, string> = {};
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const field = (offset: number, length: number): string =>
      archive.toString('latin1', at + offset, at + offset + length).replace(/\0[^]*$/, '');
    const number = (offset: number, length: number): number => Number.parseInt(field(offset, length), 8);
    const [type, size] = [field(156, 1), number(124, 12)];
    const body = archive.subarray(at + 512, at + 512 + size);
    const owner = { mode: type === '2' ? 0o777 : number(100, 8), uid: number(108, 8), gid: number(116, 8) };
    const link = field(157, 100);
    at += 512 + Math.ceil(size / 512) * 512;
    if (type === 'x') {
      attributes = recordsIn(body);
      continue;
    }
    const { path = '', ...rest } = attributes;
    const kind = type === '5' ? 'folder' : type === '2' ? 'link' : 'file';
    const content = kind === 'link' ? link : body.toString('latin1');
    put(container, `/${Buffer.from(path, 'latin1').toString().replace(/\/$/, '')}`, {
      ...owner,
      kind,
      content,
      attributes: rest,
    });
  }
}

function put(container: MemoryContainer, path: string, written: MemoryFile): void {
  const there = filesOf(container).get(path);
  if (there && (there.kind === 'folder') !== (written.kind === 'folder'))
    throw new Refusal(
      400,
      there.kind === 'folder'
        ? `cannot overwrite directory "${path}" with non-directory`
        : `cannot overwrite non-directory "${path}" with directory`,
    );
  container.files.set(path, written);
}

function recordsIn(body: Buffer): Record<string, string> {
  const found: Record<string, string> = {};
  for (let rest = body.toString('latin1'); rest !== ''; ) {
    const length = Number.parseInt(rest, 10);
    const [key = '', ...value] = rest.slice(rest.indexOf(' ') + 1, length - 1).split('=');
    found[key] = value.join('=');
    rest = rest.slice(length);
  }
  return found;
}
