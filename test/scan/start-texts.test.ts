import { describe, expect, test } from '@jest/globals';
import type { ContainerFiles } from '../../src/scan/start-texts.ts';
import { followStart } from '../../src/scan/start-texts.ts';

/** Paths → what a script says; null for a program. */
type Files = Readonly<Record<string, string | null>>;

const BASE: Files = { '/bin/sh': null, '/bin/bash': null, '/usr/bin/env': null, '/usr/sbin/gosu': null };

describe('a start is followed', () => {
  test.each<[string, Files, readonly string[], readonly string[]]>([
    ['to the one program it is', { '/app': null }, ['/app'], ['/app']],
    ['by name, in the order of the path', { '/usr/bin/x': null, '/bin/x': null }, ['x'], ['/usr/bin/x']],
    ['from the folder it works in', { '/srv/run.sh': 'true' }, ['./run.sh'], ['/srv/./run.sh']],
    ['to the interpreter of a script', { '/a': '#!/bin/sh -e\n' }, ['/a'], ['/a', '/bin/sh']],
    ['to the one that env finds', { '/a': '#!/usr/bin/env bash\n' }, ['/a'], ['/a', '/usr/bin/env', '/bin/bash']],
    [
      'through what only runs another',
      { '/sbin/tini': null, '/app': null },
      ['/sbin/tini', '-g', '--', '/app', 'x'],
      ['/sbin/tini', '/app'],
    ],
    ['past the user that it becomes', { '/app': null }, ['gosu', 'app', '/app'], ['/usr/sbin/gosu', '/app']],
    ['to what a shell is given', {}, ['/bin/sh', '-c', 'exec gosu x y'], ['/bin/sh', '/bin/sh -c', '/usr/sbin/gosu']],
    ['to what a script becomes', { '/a': 'if true; then exec gosu app "$0"; fi' }, ['/a'], ['/a', '/usr/sbin/gosu']],
    ['to what a script is given', { '/a': 'exec "$@"', '/app': null }, ['/a', '/app', '-x'], ['/a', '/app']],
    ['to what a script reads in', { '/a': '. /b\nsource /c', '/b': 'x', '/c': 'y' }, ['/a'], ['/a', '/b', '/c']],
    ['through the same only once', { '/a': '. /b', '/b': '. /a' }, ['/a'], ['/a', '/b']],
    [
      'to the folders a script goes through',
      { '/a': 'for each in /start.d/*; do "$each"; done', '/start.d/1': 'chown', '/start.d/x/2': 'exec gosu a' },
      ['/a'],
      ['/a', '/start.d/1', '/start.d/x/2', '/usr/sbin/gosu'],
    ],
    [
      'to no folder that a script only speaks of',
      { '/a': '# for each of /etc/init.d\necho "see /etc/init.d/x"', '/etc/init.d/x': 'chown' },
      ['/a'],
      ['/a'],
    ],
    [
      'to the scripts of s6',
      { '/init': '#!/bin/sh', '/etc/cont-init.d/10-x': 'chown', '/etc/s6-overlay/s6-rc.d/app/run': 'exec gosu a' },
      ['/init'],
      ['/init', '/bin/sh', '/etc/cont-init.d/10-x', '/etc/s6-overlay/s6-rc.d/app/run', '/usr/sbin/gosu'],
    ],
  ])('%s', async (_where, files, words, texts) => {
    const start = await follow(words, { ...BASE, ...files });

    expect(start?.texts.map(({ path }) => path)).toEqual(texts);
  });

  test('no further than its entrypoint, what that becomes, and what that becomes', async () => {
    const start = await follow(['/a'], { '/a': 'exec /b', '/b': 'exec /c', '/c': 'exec /d', '/d': 'x' });

    expect(start?.texts.map(({ path }) => path)).toEqual(['/a', '/b', '/c']);
  });
});

test('a start whose first program is not there has none', async () => {
  expect(await follow(['/gone'], BASE)).toBeUndefined();
  expect(await follow([], BASE)).toBeUndefined();
  expect(await follow(['../x$(y)', 'z'], BASE)).toBeUndefined();
});

test('a start through more files than anybody has is not followed', async () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`/start.d/${at}`, 'x']));

  await expect(follow(['/a'], { '/a': 'run-parts /start.d/', ...many })).rejects.toThrow('more than 96 files');
});

test('a start of more text than anybody writes is not followed', async () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`/start.d/${at}`, 'x'.repeat(65_536)]));

  await expect(follow(['/a'], { '/a': 'run-parts /start.d/', ...many })).rejects.toThrow('characters of text');
});

test('a start that has others looked for without end is not followed', async () => {
  const names = Array.from({ length: 400 }, (_, at) => `. /x/${at}`).join('\n');

  await expect(follow(['/a'], { '/a': names })).rejects.toThrow('could not be followed in 200 looks');
});

test('a hostile script is followed in no more time than an ordinary one', async () => {
  const pieces = ['exec ', '. ', '/a.d', '/', '\\\n', '"', '$@ ', ';', 'then exec -a x ', '#!/bin/sh'];

  for (const piece of pieces) {
    const start = await follow(['/a'], { '/a': piece.repeat(65_536 / piece.length) });
    expect(start?.texts[0]?.path).toBe('/a');
  }
});

function follow(words: readonly string[], files: Files) {
  const command = { words, searchPath: ['/usr/sbin', '/usr/bin', '/bin'], workingFolder: '/srv' };
  return followStart(command, within(files));
}

function within(files: Files): ContainerFiles {
  const seen = (path: string, text: string | null) => ({ path, text, isSetuidRoot: false, capabilities: null });
  return {
    look: (path) => {
      const text = files[path] ?? files[path.replace('/./', '/')];
      return Promise.resolve(text === undefined ? undefined : seen(path, text));
    },
    scriptsIn: (folder) =>
      Promise.resolve(
        Object.entries(files).flatMap(([path, text]) => (path.startsWith(`${folder}/`) ? [seen(path, text)] : [])),
      ),
  };
}
