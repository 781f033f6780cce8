import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EngineFacts } from '../../src/model/snapshot.ts';
import { lookAtPaths } from '../../src/scan/look-at-paths.ts';
import { snapshot } from '../support/containers.ts';

const HERE: EngineFacts = {
  ...snapshot([]).engine,
  name: readFileSync('/proc/sys/kernel/hostname', 'utf8').trim(),
  kernelVersion: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
};
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'enforce-paths-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what is there is told from what is missing, in one script', async () => {
  mkdirSync(join(folder, 'www'));
  writeFileSync(join(folder, 'app.conf'), '');
  symlinkSync(join(folder, 'gone'), join(folder, 'dangling'));
  const scripts: string[] = [];
  const paths = ['www', 'app.conf', 'gone', 'gone/deeper/still', 'dangling', 'www/'].map((name) => join(folder, name));

  const seen = await lookAtPaths({ runScript: shell(scripts) }, HERE, paths);

  expect(paths.map((path) => seen.get(path))).toEqual(
    [true, true, false, false, false, true].map((value) => ({ known: true, value })),
  );
  expect(scripts).toHaveLength(1);
});

test('a hostile name is a name, and nothing that a shell would do', async () => {
  const hostile = [
    `it's`,
    `'; touch ${folder}/done; '`,
    '$(touch done)',
    '`touch done`',
    'two\nlines\npath 0 missing\nend',
    '-e',
    '\\',
    '"',
    '*',
    'ünïcode',
  ].map((name) => `${folder}/${name}`);
  for (const path of hostile) mkdirSync(path, { recursive: true });
  const before = readdirSync(folder);
  const others = hostile.map((path) => `${path}-not`);

  const seen = await lookAtPaths({ runScript: shell() }, HERE, [...hostile, ...others]);

  expect(hostile.filter((path) => seen.get(path)?.known !== true)).toEqual([]);
  expect(hostile.map((path) => seen.get(path))).toEqual(hostile.map(() => ({ known: true, value: true })));
  expect(others.map((path) => seen.get(path))).toEqual(others.map(() => ({ known: true, value: false })));
  expect(readdirSync(folder)).toEqual(before);
  expect(existsSync(join(folder, 'done'))).toBe(false);
});

test('what the user may not look into is not known, never missing', async () => {
  const runScript = answering('sys/kernel/osrelease:KERNEL\nsys/kernel/hostname:NAME\npath 0 hidden\nend\n');

  const seen = await lookAtPaths({ runScript }, HERE, ['/root/secret']);

  expect(seen.get('/root/secret')).toMatchObject({ known: false, because: expect.stringContaining('may not look') });
});

test.each<[string, Parameters<typeof lookAtPaths>[0]['runScript'], string]>([
  ['there is no shell', undefined, 'no shell on the host'],
  [
    'the shell is another machine’s',
    answering('sys/kernel/osrelease:6.1\nsys/kernel/hostname:laptop\npath 0 missing\nend\n'),
    'the shell runs on laptop',
  ],
  ['it breaks off', answering('path 0 missing\n'), 'could not tell'],
  ['it fails', () => Promise.reject(new Error('not done within 10000 ms')), 'not done within'],
  ['it is silent', answering('sys/kernel/osrelease:KERNEL\nsys/kernel/hostname:NAME\nend\n'), 'did not tell'],
])('nothing is known where %s', async (_event, runScript, because) => {
  const seen = await lookAtPaths({ runScript }, HERE, ['/srv']);

  expect(seen.get('/srv')).toEqual({ known: false, because: expect.stringContaining(because) });
});

test('a name that no shell can be told is not known, and no shell is started for it alone', async () => {
  const runScript = () => Promise.reject(new Error('it was started'));
  const paths = ['/srv/\0', '/srv/\ufffd', 'C:\\data', ''];

  const seen = await lookAtPaths({ runScript }, HERE, paths);

  expect(paths.map((path) => seen.get(path))).toEqual(
    paths.map(() => ({ known: false, because: 'its name cannot be said to a shell' })),
  );
});

function shell(scripts: string[] = []) {
  return (script: string) => {
    scripts.push(script);
    const { status, stdout, stderr } = spawnSync('sh', ['-s'], { input: script, cwd: folder, encoding: 'utf8' });
    return Promise.resolve({ exitCode: status ?? 1, stdout, stderr });
  };
}

function answering(text: string) {
  const stdout = text.replace('KERNEL', HERE.kernelVersion).replace('NAME', HERE.name);
  return () => Promise.resolve({ exitCode: 0, stdout, stderr: '' });
}
