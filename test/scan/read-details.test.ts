import { describe, expect, test } from '@jest/globals';
import type { EngineReader } from '../../src/engine/engine.ts';
import { EnforceError } from '../../src/model/errors.ts';
import type { FileChange, ImageFacts } from '../../src/model/snapshot.ts';
import { digestOf } from '../../src/scan/digest-of.ts';
import type { SeenPaths } from '../../src/scan/look-at-paths.ts';
import { readDetails } from '../../src/scan/read-details.ts';
import { container, inspectOf } from '../support/containers.ts';
import { engineOf } from '../support/engine-of.ts';

const web = container('web', {
  Image: 'sha256:old',
  Config: { Image: 'nginx:1.25' },
  Mounts: [
    { Type: 'volume', Name: 'data', Destination: '/data' },
    { Type: 'volume', Name: 'data', Destination: '/backup' },
    { Type: 'volume', Name: 'gone', Destination: '/gone' },
    { Type: 'bind', Source: '/etc/web', Destination: '/etc/web' },
    { Type: 'image', Name: 'assets', Destination: '/assets' },
    { Type: 'tmpfs', Destination: '/run' },
  ],
});

const SEEN: SeenPaths = new Map([['/etc/web', { known: true, value: true }]]);

test('tells the image, what its name stands for now, the changed files and the volumes that are missing', async () => {
  const images: Readonly<Record<string, ImageFacts>> = {
    'sha256:old': { id: 'sha256:old', tags: [], config: { Env: ['TOKEN=hunter2'] } },
    'nginx:1.25': { id: 'sha256:new', tags: ['nginx:1.25'], config: {} },
  };
  const asked: string[] = [];
  const engine: EngineReader = {
    ...engineOf([web.inspect]),
    image: (reference) => Promise.resolve(images[reference]),
    changes: () => Promise.resolve([{ path: '/var/spool/mail', kind: 'added' as const }]),
    network: (name) => Promise.resolve({ Name: name, Id: 'b1', Driver: 'bridge', Scope: 'local' }),
    hasVolume(name) {
      asked.push(name);
      return Promise.resolve(name === 'data');
    },
  };

  const details = await readDetails(engine, web, SEEN);

  expect(details).toEqual({
    image: { id: 'sha256:old', tags: [], config: { Env: [`TOKEN=${digestOf('hunter2')}`] } },
    namedImageId: 'sha256:new',
    changes: [{ path: '/var/spool/mail', kind: 'added' }],
    missingVolumes: ['gone'],
    networks: [{ name: 'bridge', id: 'b1', driver: 'bridge', scope: 'local' }],
    hostPaths: [{ path: '/etc/web', exists: { known: true, value: true } }],
  });
  expect(asked).toEqual(['data', 'gone']);
});

test('tells that the image is gone, by id and by name', async () => {
  const details = await readDetails(engineOf([web.inspect]), web, SEEN);

  expect(details).toMatchObject({ image: null, namedImageId: null });
});

test('tells nothing of a container that is gone', async () => {
  expect(await readDetails(engineOf([]), web, SEEN)).toBeUndefined();
});

test('tells that a network is gone, or that its name stands for several', async () => {
  const ambiguous: EngineReader = {
    ...engineOf([web.inspect]),
    network: () => Promise.reject(new EnforceError('engine-refused', '2 matches found based on name')),
  };
  const gone = { name: 'bridge', id: null, driver: '', scope: '' };

  expect(await readDetails(engineOf([web.inspect]), web, SEEN)).toMatchObject({ networks: [gone] });
  expect(await readDetails(ambiguous, web, SEEN)).toMatchObject({ networks: [gone] });
});

test.each<[string, SeenPaths]>([
  ['is missing', new Map([['/etc/web', { known: true, value: false }]])],
  ['was not looked for', new Map()],
])('looks into no container whose bind %s, as the engine would make the folder', async (_how, seen) => {
  const looks: string[] = [];
  const reader: EngineReader = {
    ...engineOf([web.inspect]),
    changes: () => Promise.resolve([{ path: '/srv/spool', kind: 'added' as const }]),
    isFolder(_id, path) {
      looks.push(path);
      return Promise.resolve(true);
    },
  };

  const details = await readDetails(reader, web, seen);

  expect(looks).toEqual([]);
  expect(details?.changes).toEqual([{ path: '/srv/spool', kind: 'added' }]);
  expect(details?.hostPaths).toMatchObject([{ path: '/etc/web' }]);
});

describe('the changed files', () => {
  const nginx: readonly FileChange[] = [
    { path: '/var', kind: 'modified' },
    { path: '/var/lib', kind: 'modified' },
    { path: '/var/lib/nginx', kind: 'modified' },
    { path: '/var/lib/nginx/body', kind: 'added' },
    { path: '/var/lib/nginx/proxy', kind: 'added' },
  ];
  const folders = ['/var/lib/nginx/body', '/var/lib/nginx/proxy'];

  test.each<[string, readonly FileChange[], readonly string[]]>([
    ['are none where a program made nothing but empty folders', nginx, []],
    [
      'are those beside empty folders, with the folders above them',
      [...nginx, { path: '/var/lib/upload.bin', kind: 'added' }],
      ['/var', '/var/lib', '/var/lib/upload.bin'],
    ],
    [
      'are told of a folder from which something was deleted',
      [...nginx, { path: '/var/lib/nginx/old', kind: 'deleted' }],
      ['/var', '/var/lib', '/var/lib/nginx', '/var/lib/nginx/old'],
    ],
  ])('%s', async (_sentence, changes, left) => {
    const reader: EngineReader = {
      ...engineOf([inspectOf('web')]),
      changes: () => Promise.resolve(changes),
      isFolder: (_id, path) => Promise.resolve(folders.includes(path)),
    };

    const details = await readDetails(reader, container('web'), SEEN);

    expect(details?.changes.map(({ path }) => path)).toEqual(left);
  });
});
