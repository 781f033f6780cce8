import { describe, expect, test } from '@jest/globals';
import { readArchive } from '../../src/model/read-archive.ts';
import { block, file, records } from '../support/tar-blocks.ts';
import type { Workbench } from './workbench.ts';

/** Files that are read from containers and written into them, and images that are made of containers. */
export function describeFiles(at: () => Workbench): void {
  describe('files', () => {
    const NOTE = [folder('srv'), named('srv/note', 'hello', { mode: 0o4750, uid: 33, gid: 44 })];
    const LINK = Buffer.concat([records({ path: 'srv/link' }), block({ name: 'x', type: '2', link: '/data/seed' })]);

    test('are what was written, and listed with the folders they are in', async () => {
      const { create, spec, engine } = at();
      const id = await create('shop', spec());

      await unpack(id, ...NOTE, named('etc/passwd', 'changed'));

      expect(await changesIn(id)).toEqual(['added /srv', 'added /srv/note', 'modified /etc', 'modified /etc/passwd']);
      expect(await read(id, '/srv')).toEqual(['srv folder 755 0:0 ', 'srv/note file 4750 33:44 hello']);
      expect(await engine.isFolder(id, '/srv')).toBe(true);
      expect(await engine.isFolder(id, '/srv/note')).toBe(false);
    });

    test('are not followed where they are links, though they tell where they lead', async () => {
      const { create, spec, engine } = at();
      const id = await create('shop', spec());

      await unpack(id, folder('srv'), LINK);

      expect(await read(id, '/srv/link')).toEqual(['link link 777 0:0 ']);
      expect(await engine.linkTarget(id, '/srv/link')).toBe('/data/seed');
      expect(await engine.linkTarget(id, '/data/seed')).toBeUndefined();
    });

    test('that are not there are nothing', async () => {
      const { create, spec, engine } = at();
      const id = await create('shop', spec());

      expect(await engine.archive(id, '/srv/nothing')).toBeUndefined();
      expect(await engine.linkTarget(id, '/srv/nothing')).toBeUndefined();
    });

    test('keep attributes that are no text', async () => {
      const { create, spec } = at();
      const id = await create('shop', spec());
      const value = '\u0001\0\0\u0002\u0080\u0004\0\0\0\0\0\0\0\0\0\0\0\0\0\0';

      await unpack(id, folder('srv'), named('srv/tool', 'x', {}, { 'SCHILY.xattr.security.capability': value }));

      expect(await attributesIn(id, '/srv/tool')).toEqual([value]);
    });

    test('take no place of a folder, and a folder takes none of theirs', async () => {
      const { create, spec } = at();
      const id = await create('shop', spec());

      await expect(unpack(id, named('data', 'x'))).rejects.toThrow('cannot overwrite directory');
      await expect(unpack(id, folder('etc/passwd'))).rejects.toThrow('cannot overwrite non-directory');
      expect(await read(id, '/data/seed')).toEqual(['seed file 644 0:0 from the image\n']);
    });

    test('are not written where the root is read-only', async () => {
      const { create, spec } = at();
      const id = await create('shop', spec({}, { ReadonlyRootfs: true }));

      await expect(unpack(id, ...NOTE)).rejects.toThrow('read-only');
    });

    test('are in an image that is made of their container, and no change of one that is made of that', async () => {
      const { create, spec, engine } = at();
      const id = await create('shop', spec({ Env: ['MODE=production'], Labels: { team: 'sales' } }));
      await unpack(id, ...NOTE);

      await engine.run({
        kind: 'commit',
        id,
        reference: 'enforce-test-carried/shop:7f3a',
        comment: 'shop & co; files eJw_-',
      });
      const image = await engine.image('enforce-test-carried/shop:7f3a');
      const next = await create('web', spec({ Image: 'enforce-test-carried/shop:7f3a' }));

      expect(image?.comment).toBe('shop & co; files eJw_-');
      expect(image?.config).toMatchObject({
        Env: expect.arrayContaining(['MODE=production']),
        Labels: { team: 'sales' },
        ExposedPorts: { '80/tcp': {} },
      });
      expect(await read(next, '/srv/note')).toEqual(['note file 4750 33:44 hello']);
      expect(await changesIn(next)).toEqual([]);
      await engine.run({ kind: 'remove', id: next });
      await engine.run({ kind: 'remove-image', reference: 'enforce-test-carried/shop:7f3a' });
    });

    test('stay in an image as long as a container is made of it', async () => {
      const { create, spec, engine } = at();
      const reference = 'enforce-test-carried/shop:7f3a';
      const id = await create('shop', spec());
      await engine.run({ kind: 'commit', id, reference, comment: 'shop' });
      const next = await create('web', spec({ Image: reference }));

      await engine.run({ kind: 'remove-image', reference });
      const whileUsed = await engine.imageNames('enforce-test-carried/*');
      await engine.run({ kind: 'remove', id: next });
      await engine.run({ kind: 'remove-image', reference });
      await engine.run({ kind: 'remove-image', reference });

      expect(whileUsed).toEqual([reference]);
      expect(await engine.imageNames('enforce-test-carried/*')).toEqual([]);
    });

    function unpack(id: string, ...parts: readonly Buffer[]): Promise<void> {
      return at().engine.run({ kind: 'unpack', id, archive: () => pieces(...parts, Buffer.alloc(1024)) });
    }

    async function changesIn(id: string): Promise<readonly string[]> {
      const changes = (await at().engine.changes(id)) ?? [];
      return changes.map(({ kind, path }) => `${kind} ${path}`).toSorted();
    }

    async function read(id: string, path: string): Promise<readonly string[]> {
      const entries: string[] = [];
      for await (const { name, type, mode, uid, gid, content } of readArchive(await archiveAt(id, path))) {
        const bytes: Buffer[] = [];
        for await (const piece of content) bytes.push(piece);
        entries.push(`${name} ${type} ${mode.toString(8)} ${uid}:${gid} ${Buffer.concat(bytes).toString()}`);
      }
      return entries;
    }

    async function attributesIn(id: string, path: string): Promise<readonly (string | undefined)[]> {
      const values: (string | undefined)[] = [];
      for await (const { records: known } of readArchive(await archiveAt(id, path)))
        values.push(known.get('SCHILY.xattr.security.capability'));
      return values;
    }

    async function archiveAt(id: string, path: string): Promise<AsyncIterable<Uint8Array>> {
      const archive = await at().engine.archive(id, path);
      if (!archive) throw new Error(`there is nothing at ${path}`);
      return archive;
    }
  });
}

function folder(path: string): Buffer {
  return Buffer.concat([records({ path: `${path}/` }), block({ name: 'x', type: '5', mode: 0o755 })]);
}

function named(
  path: string,
  content: string,
  owner: Parameters<typeof file>[2] = {},
  attributes: Readonly<Record<string, string>> = {},
): Buffer {
  return Buffer.concat([records({ path, ...attributes }), file('x', content, owner)]);
}

async function* pieces(...buffers: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  for (const buffer of buffers) yield await Promise.resolve(buffer);
}
