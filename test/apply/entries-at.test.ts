import { describe, expect, test } from '@jest/globals';
import type { Prints } from '../../src/apply/entries-at.ts';
import { printsAt, repacked } from '../../src/apply/entries-at.ts';
import { readArchive } from '../../src/model/read-archive.ts';
import { ARCHIVE_END } from '../../src/apply/write-archive.ts';
import { idOf } from '../support/containers.ts';
import { engineOf } from '../support/engine-of.ts';
import { failureOf } from '../support/failure-of.ts';
import { block, file } from '../support/tar-blocks.ts';

describe('what a container has at a place', () => {
  test('is packed under its whole path, and its prints are noted meanwhile', async () => {
    const prints: Prints = new Map();
    const source = sending(block({ name: 'app/', type: '5' }), file('app/a', 'one'), ARCHIVE_END);

    const packed = await namesOf(repacked(source, [{ path: '/srv/app', whole: true, entries: 2 }], prints));

    expect(packed).toEqual(['srv/app', 'srv/app/a']);
    expect([...prints.keys()]).toEqual(['srv/app', 'srv/app/a']);
    expect(prints.get('srv/app/a')).toMatchObject({
      type: 'file',
      size: 3,
      content: expect.stringMatching(/^7692c3ad/),
    });
  });

  test('is no more than the folder itself where what is below it is not the layer', async () => {
    const source = sending(block({ name: 'srv/', type: '5' }), file('srv/volume', 'precious'), ARCHIVE_END);

    const prints = await printsAt(source, [{ path: '/srv', whole: false, entries: 1 }]);

    expect([...prints.keys()]).toEqual(['srv']);
  });

  test('is nothing where there is a socket, which no archive holds', async () => {
    expect(await printsAt(sending(ARCHIVE_END), [{ path: '/run/app.sock', whole: true, entries: 1 }])).toEqual(
      new Map(),
    );
  });

  test('is an error where the old one lists it and does not have it', async () => {
    const source = { engine: engineOf([]), id: idOf('shop'), whose: 'old' } as const;

    const failure = await failureOf(() => printsAt(source, [{ path: '/a\uFFFD', whole: true, entries: 1 }]));

    expect(failure.message).toContain('lists /a\uFFFD as changed and cannot read it');
  });

  test.each(['other', 'app/../../etc/passwd', '../app', 'app/..', '/app', 'application/a', ''])(
    'is refused where the engine calls it %j',
    async (name) => {
      const failure = await failureOf(() =>
        namesOf(repacked(sending(file(name, 'x')), [{ path: '/srv/app', whole: true, entries: 9 }], new Map())),
      );

      expect(failure).toMatchObject({ code: 'engine', message: expect.stringContaining('in the archive of srv/app') });
    },
  );

  test('is refused where a hard link leads out of it', async () => {
    const source = sending(block({ name: 'app', type: '1', link: '../../etc/shadow' }));

    const failure = await failureOf(() => printsAt(source, [{ path: '/srv/app', whole: true, entries: 9 }]));

    expect(failure.message).toContain('"../../etc/shadow"');
  });

  test('is refused where there is more of it than is listed', async () => {
    const source = sending(block({ name: 'app/', type: '5' }), file('app/a', ''), file('app/b', ''));

    const failure = await failureOf(() => printsAt(source, [{ path: '/srv/app', whole: true, entries: 2 }]));

    expect(failure.message).toBe('the engine sent more of /srv/app than it lists as changed');
  });
});

function sending(...blocks: readonly Buffer[]) {
  async function* archive(): AsyncGenerator<Uint8Array> {
    for (const bytes of blocks) yield await Promise.resolve(bytes);
  }
  return {
    engine: { ...engineOf([]), archive: () => Promise.resolve(archive()) },
    id: idOf('shop'),
    whose: 'old',
  } as const;
}

async function namesOf(archive: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of readArchive(archive)) names.push(name);
  return names;
}
