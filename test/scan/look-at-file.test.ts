import { describe, expect, test } from '@jest/globals';
import type { EngineReader } from '../../src/engine/engine.ts';
import { lookAtFile, scriptsIn } from '../../src/scan/look-at-file.ts';
import { engineOf } from '../support/engine-of.ts';
import { block, file, records } from '../support/tar-blocks.ts';

const NET_RAW = Buffer.from(`0100000200200000${'0'.repeat(24)}`, 'hex').toString('latin1');

describe('a file', () => {
  test('is what its head says, and what a script says', async () => {
    const engine = engineWith({
      '/bin/su': [file('su', '\u007fELF\0\0', { mode: 0o4755 })],
      '/bin/su2': [file('su2', '\u007fELF\0\0', { mode: 0o4755, uid: 33 })],
      '/bin/ping': [records({ 'SCHILY.xattr.security.capability': NET_RAW }), file('ping', '\u007fELF\0')],
      '/start.sh': [file('start.sh', '#!/bin/sh\nexec x\n')],
    });

    const seen = await Promise.all(['/bin/su', '/bin/su2', '/bin/ping', '/start.sh'].map((path) => look(engine, path)));

    const program = { isSetuidRoot: false, capabilities: null, text: null };
    expect(seen).toEqual([
      { ...program, path: '/bin/su', isSetuidRoot: true },
      { ...program, path: '/bin/su2' },
      { ...program, path: '/bin/ping', capabilities: { permitted: ['NET_RAW'], inheritable: [], isEffective: true } },
      { ...program, path: '/start.sh', text: '#!/bin/sh\nexec x\n' },
    ]);
  });

  test('is where its link leads in the end', async () => {
    const engine = engineWith(
      { '/bin/sh': [link('sh')], '/bin/dash': [file('dash', 'x\0')] },
      { '/bin/sh': '/bin/dash' },
    );

    expect(await look(engine, '/bin/sh')).toMatchObject({ path: '/bin/dash' });
  });

  test.each<[string, Archives, Readonly<Record<string, string>>]>([
    ['nothing', {}, {}],
    ['a folder', { '/a': [block({ name: 'a', type: '5' })] }, {}],
    ['a device', { '/a': [block({ name: 'a', type: '3' })] }, {}],
    ['a link to nowhere', { '/a': [link('a')] }, {}],
    ['a link to a link, whatever the engine says', { '/a': [link('a')] }, { '/a': '/a' }],
    ['an archive of nothing', { '/a': [Buffer.alloc(1024)] }, {}],
  ])('is none where there is %s', async (_what, archives, links) => {
    expect(await look(engineWith(archives, links), '/a')).toBeUndefined();
  });

  test('of a program is read no further than it takes to know that it is one', async () => {
    let pieces = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield block({ name: 'a', size: 1024 * 1024 * 1024 });
      for (;;) {
        pieces++;
        yield await Promise.resolve(Buffer.alloc(1024));
      }
    }

    expect(await look({ ...engineOf([]), archive: () => Promise.resolve(endless()) }, '/a')).toMatchObject({
      text: null,
    });
    expect(pieces).toBe(1);
  });

  test('of a script is read up to 64 KiB', async () => {
    const long = engineWith({ '/a': [file('a', '#'.repeat(1024 * 1024))] });

    expect((await look(long, '/a'))?.text).toHaveLength(64 * 1024);
  });
});

describe('the scripts in a folder', () => {
  test('are those below it, by their paths, without programs', async () => {
    const engine = engineWith({
      '/etc/start.d': [
        block({ name: 'start.d/', type: '5' }),
        file('start.d/10-ünïcode'.replace('ü', 'Ã¼').replace('ï', 'Ã¯'), 'one'),
        file('start.d/app/run', 'two'),
        file('start.d/tool', '\u007fELF\0'),
        link('start.d/link'),
      ],
    });

    const scripts = await scriptsIn(engine, 'id', '/etc/start.d');

    expect(scripts.map(({ path, text }) => `${path} ${text ?? ''}`)).toEqual([
      '/etc/start.d/10-ünïcode one',
      '/etc/start.d/app/run two',
    ]);
  });

  test('are none where there is no folder', async () => {
    expect(await scriptsIn(engineWith({}), 'id', '/etc/start.d')).toEqual([]);
  });

  test('that never end are an error', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield await Promise.resolve(block({ name: 'a', type: '5' }));
    }
    const engine = { ...engineOf([]), archive: () => Promise.resolve(endless()) };

    await expect(scriptsIn(engine, 'id', '/etc/start.d')).rejects.toThrow('more than a start goes through');
  });
});

type Archives = Readonly<Record<string, readonly Buffer[]>>;

function look(engine: EngineReader, path: string) {
  return lookAtFile(engine, 'id', path);
}

function engineWith(archives: Archives, links: Readonly<Record<string, string>> = {}): EngineReader {
  async function* pieces(buffers: readonly Buffer[]): AsyncGenerator<Uint8Array> {
    for (const buffer of buffers) yield await Promise.resolve(buffer);
  }
  return {
    ...engineOf([]),
    archive: (_id, path) => Promise.resolve(archives[path] && pieces([...archives[path], Buffer.alloc(1024)])),
    linkTarget: (_id, path) => Promise.resolve(links[path]),
  };
}

function link(name: string): Buffer {
  return block({ name, type: '2', link: '/somewhere' });
}
