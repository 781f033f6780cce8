import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { ContainerInspect, FileChange } from '../../src/model/snapshot.ts';
import { imageFiles } from '../../src/scan/image-files.ts';
import { inspectOf } from '../support/containers.ts';
import { block, file } from '../support/tar-blocks.ts';

/** What an image has: texts of files, links as `-> where`, folders as nothing. */
const IMAGE: Readonly<Record<string, string>> = {
  '/bin': '-> usr/bin',
  '/usr': '',
  '/usr/bin': '',
  '/usr/bin/start': '-> /etc/alternatives/start',
  '/etc': '',
  '/etc/alternatives': '',
  '/etc/alternatives/start': '-> ../../opt/app/start.sh',
  '/opt': '',
  '/opt/app': '',
  '/opt/app/start.sh': 'exec app',
  '/opt/app/hooks': '',
  '/opt/app/hooks/first.sh': 'one',
};

/** Two containers of one image, of which the second is not as its image is where this says so. */
function aHost(
  second: Readonly<Record<string, string>> = {},
  changed: readonly FileChange[] = [],
  different: Partial<ContainerInspect> = {},
  more: Readonly<Record<string, string>> = {},
) {
  const image = { ...IMAGE, ...more };
  const [web, shop] = [inspectOf('web', {}), { ...inspectOf('shop', {}), ...different }];
  const asked: string[] = [];
  const treeOf = (id: string): Readonly<Record<string, string>> => (id === shop.Id ? { ...image, ...second } : image);
  const engine = {
    linkTarget(id: string, path: string): Promise<string | undefined> {
      const at = inFolder(treeOf(id), path);
      return Promise.resolve(treeOf(id)[at]?.startsWith('-> ') ? resolved(treeOf(id), at) : undefined);
    },
    archive(id: string, path: string): Promise<AsyncIterable<Uint8Array> | undefined> {
      const at = inFolder(treeOf(id), path);
      asked.push(`${id === shop.Id ? 'shop' : 'web'} ${path}`);
      return Promise.resolve(packed(treeOf(id), at));
    },
  };
  const changes = (id: string): Promise<readonly FileChange[]> => Promise.resolve(id === shop.Id ? changed : []);
  return { web, shop, asked, engine, filesOf: imageFiles(engine, [web, shop], changes) };
}

/** Links of the folders above it followed, as an engine does. */
function inFolder(tree: Readonly<Record<string, string>>, path: string): string {
  return posix.join(resolved(tree, posix.dirname(path)), posix.basename(path));
}

function resolved(tree: Readonly<Record<string, string>>, path: string): string {
  if (path === '/') return path;
  const at = inFolder(tree, path);
  const link = /^-> (.*)$/.exec(tree[at] ?? '')?.[1];
  return link === undefined ? at : resolved(tree, posix.resolve(posix.dirname(at), link));
}

function packed(tree: Readonly<Record<string, string>>, at: string): AsyncIterable<Uint8Array> | undefined {
  const text = tree[at];
  if (text === undefined) return undefined;
  const name = posix.basename(at);
  const link = /^-> (.*)$/.exec(text)?.[1];
  const below = Object.entries(tree).filter(([path]) => posix.dirname(path) === at);
  const blocks =
    link !== undefined
      ? [block({ name, type: '2', link: Buffer.from(link, 'utf8').toString('latin1') })]
      : text !== ''
        ? [file(name, text)]
        : [block({ name, type: '5' }), ...below.map(([path, own]) => file(`${name}/${posix.basename(path)}`, own))];
  return Readable.from([Buffer.concat([...blocks, Buffer.alloc(1024)])]);
}

const START = '/bin/start';

describe('a file that several containers have of one image', () => {
  test('is read once, links followed', async () => {
    const { web, shop, asked, filesOf } = aHost();
    const one = await filesOf(web).look(START);
    const before = asked.length;
    const other = await filesOf(shop).look(START);

    expect([one?.text, other?.text, asked.slice(before)]).toEqual(['exec app', 'exec app', []]);
  });

  test('is read once where both are looked at at the same time', async () => {
    const { web, shop, asked, filesOf } = aHost();

    await Promise.all([filesOf(web).look(START), filesOf(shop).look(START)]);

    expect(asked.filter((call) => call.startsWith('shop'))).toEqual([]);
  });

  test.each<[string, readonly FileChange[]]>([
    ['it was changed in one of them', [{ path: '/opt/app/start.sh', kind: 'modified' }]],
    ['a link on the way was changed', [{ path: '/etc/alternatives/start', kind: 'modified' }]],
    ['a link of a folder on the way was changed', [{ path: '/bin', kind: 'modified' }]],
    ['a folder above it was', [{ path: '/opt', kind: 'modified' }]],
  ])('is read from each where %s', async (_where, changed) => {
    const { web, shop, filesOf } = aHost({ '/opt/app/start.sh': 'exec other' }, changed);

    expect((await filesOf(web).look(START))?.text).toBe('exec app');
    expect((await filesOf(shop).look(START))?.text).toBe('exec other');
  });

  test('is read from each where something is mounted above it', async () => {
    const mounted = { Mounts: [{ Type: 'volume', Name: 'app', Destination: '/opt/app/' }] };
    const { web, shop, filesOf } = aHost({ '/opt/app/start.sh': 'exec other' }, [], mounted);
    await filesOf(web).look(START);

    expect((await filesOf(shop).look(START))?.text).toBe('exec other');
  });

  test('is read from each where a mount is told by a link to where it is', async () => {
    const mounted = { Mounts: [{ Type: 'bind', Source: '/srv/own.sh', Destination: '/bin/start' }] };
    const { web, shop, filesOf } = aHost({ '/opt/app/start.sh': 'exec other' }, [], mounted);
    await filesOf(web).look(START);

    expect((await filesOf(shop).look(START))?.text).toBe('exec other');
  });

  test('is read from each where a name on the way is not ASCII, and something is mounted there', async () => {
    const path = '/opt/\u00e9/run.sh';
    const tree = { '/usr/bin/start': `-> ${path}`, '/opt/\u00e9': '', [path]: 'exec one' };
    const mounted = { Mounts: [{ Type: 'bind', Source: '/srv/own.sh', Destination: path }] };
    const { web, shop, filesOf } = aHost({ [path]: 'exec other' }, [], mounted, tree);
    await filesOf(web).look(START);

    expect((await filesOf(shop).look(START))?.text).toBe('exec other');
  });

  test('that one of them has changed is not taken from there', async () => {
    const changed = [{ path: '/opt/app/start.sh', kind: 'modified' }] as const;
    const { web, shop, filesOf } = aHost({ '/opt/app/start.sh': 'exec other' }, changed);

    expect((await filesOf(shop).look(START))?.text).toBe('exec other');
    expect((await filesOf(web).look(START))?.text).toBe('exec app');
  });

  test('is still read once where other files were changed', async () => {
    const { web, shop, asked, filesOf } = aHost({}, [
      { path: '/var', kind: 'modified' },
      { path: '/var/log', kind: 'added' },
    ]);
    await filesOf(web).look(START);

    await filesOf(shop).look(START);

    expect(asked.filter((call) => call.startsWith('shop'))).toEqual([]);
  });
});

describe('a path where an image has nothing', () => {
  test('is looked at once, and again where one of its containers has made something there', async () => {
    const { web, shop, asked, filesOf } = aHost();
    const made = aHost({ '/usr/local': '', '/usr/local/start': 'exec made' }, [{ path: '/usr/local', kind: 'added' }]);
    const path = '/usr/local/start';

    expect([await filesOf(web).look(path), await filesOf(shop).look(path)]).toEqual([undefined, undefined]);
    expect(asked.filter((call) => call.startsWith('shop'))).toEqual([]);
    expect(await made.filesOf(made.web).look(path)).toBeUndefined();
    expect((await made.filesOf(made.shop).look(path))?.text).toBe('exec made');
  });
});

describe('a folder of scripts', () => {
  const textsIn = async (
    { filesOf }: ReturnType<typeof aHost>,
    inspect: ContainerInspect,
  ): Promise<readonly unknown[]> => (await filesOf(inspect).scriptsIn('/opt/app/hooks')).map(({ text }) => text);

  test('is read once, and again from a container that has changed something in it', async () => {
    const same = aHost();
    const other = aHost({ '/opt/app/hooks/second.sh': 'two' }, [{ path: '/opt/app/hooks/second.sh', kind: 'added' }]);
    for (const host of [same, other]) await textsIn(host, host.web);

    expect([await textsIn(same, same.shop), await textsIn(other, other.shop)]).toEqual([['one'], ['one', 'two']]);
    expect(same.asked.filter((call) => call.startsWith('shop'))).toEqual([]);
  });
});

describe('a container', () => {
  test('whose changes cannot be told is read by itself', async () => {
    const { web, shop, asked, engine } = aHost();
    const filesOf = imageFiles(engine, [web, shop], (id) =>
      id === shop.Id ? Promise.reject(new Error('busy')) : Promise.resolve([]),
    );
    await filesOf(web).look(START);
    await filesOf(shop).look(START);

    expect(asked.filter((call) => call.startsWith('shop'))).not.toEqual([]);
  });

  test('of another image is read by itself', async () => {
    const { web, shop, asked, filesOf } = aHost({}, [], { Image: `sha256:${'0b'.repeat(32)}` });
    await filesOf(web).look(START);
    await filesOf(shop).look(START);

    expect(asked.filter((call) => call.startsWith('shop'))).not.toEqual([]);
  });

  test('is not told what failed in another', async () => {
    const { web, shop, engine } = aHost();
    const breaking = {
      ...engine,
      archive: (id: string, path: string) =>
        id === web.Id ? Promise.reject(new Error('web is gone')) : engine.archive(id, path),
    };
    const filesOf = imageFiles(breaking, [web, shop], () => Promise.resolve([]));

    await expect(filesOf(web).look(START)).rejects.toThrow('web is gone');
    expect((await filesOf(shop).look(START))?.text).toBe('exec app');
  });
});
