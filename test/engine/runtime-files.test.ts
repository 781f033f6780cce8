import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { valueOf } from '../support/a-runtime.ts';
import type { Reading } from '../support/read-runtime-of.ts';
import { readingAt } from '../support/read-runtime-of.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';

jest.setTimeout(60_000);

const real = realEngine('files');
let image: string;
let reading: Reading;

beforeAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  image = await real.busyboxImage();
  reading = await readingAt(real.socketPath);
});

afterAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  await real.cleanUp();
  await reading.connection.close();
});

/** `cap_net_raw=ep`, second revision. */
const NET_RAW = { 'SCHILY.xattr.security.capability': attribute('0100000200200000000000000000000000000000') };
/** `cap_net_bind_service,cap_bpf=eip`, third revision, for the root of the first user namespace. */
const THIRD = { 'SCHILY.xattr.security.capability': attribute('010000030004000000040000800000000000000000000000') };

describeReal('programs with power of their own', () => {
  test('are those that run or are started through, and those that are found by name', async () => {
    const busybox = readFileSync('/bin/busybox');
    await create('powered', [], ['/srv/sleep', '1000']);
    await reading.write(named('powered'), '/srv/sleep', busybox, { attributes: NET_RAW });
    await reading.write(named('powered'), '/bin/ping2', busybox, { attributes: THIRD });
    await reading.write(named('powered'), '/bin/su2', busybox, { mode: 0o4755 });
    await reading.write(named('powered'), '/srv/other', busybox, { mode: 0o4755 });
    await real.docker('start', named('powered'));

    const [withShell] = await reading.read([named('powered')]);
    const [without] = await reading.read([named('powered')], { runScript: undefined });

    const used = {
      path: '/srv/sleep',
      isUsed: true,
      isSetuidRoot: false,
      capabilities: { permitted: ['NET_RAW'], inheritable: [], isEffective: true },
    };
    expect(valueOf(withShell?.searchedFolders)).toEqual(['/bin']);
    expect(valueOf(withShell?.poweredFiles)).toEqual([
      used,
      expect.objectContaining({ path: '/bin/su2', isUsed: false, isSetuidRoot: true, capabilities: null }),
      {
        path: '/bin/ping2',
        isUsed: false,
        isSetuidRoot: false,
        capabilities: {
          permitted: ['NET_BIND_SERVICE', 'BPF'],
          inheritable: ['NET_BIND_SERVICE'],
          isEffective: true,
        },
      },
    ]);
    expect(without).toMatchObject({
      processes: { known: false, because: expect.stringContaining('no shell') },
      searchedFolders: { known: false },
      poweredFiles: { known: true, value: [used] },
    });
  });

  test('are not looked for where a link of the container leads into the host', async () => {
    await run('linked', ['-e', 'PATH=/bin:/link'], 'ln -s / /link; exec sleep 1000');
    await until('linked', '[ -h /link ]');

    const [facts] = await reading.read([named('linked')]);

    expect(facts?.searchedFolders).toEqual({ known: false, because: '/link: a link in the container leads out of it' });
  });

  test('are looked for where a link leads elsewhere in the container', async () => {
    await run('merged', ['-e', 'PATH=/usr/bin:/bin'], 'mkdir /usr; ln -s ../bin /usr/bin; exec sleep 1000');
    await reading.write(named('merged'), '/bin/ping2', readFileSync('/bin/busybox'), { attributes: NET_RAW });
    await until('merged', '[ -h /usr/bin ]');

    const [facts] = await reading.read([named('merged')]);

    expect(valueOf(facts?.searchedFolders)).toEqual(['/usr/bin', '/bin']);
    expect(valueOf(facts?.poweredFiles)).toMatchObject([{ path: '/usr/bin/ping2' }]);
  });

  test('are not all known where a name in their folder could pose as another', async () => {
    await run('posing', [], `touch "/bin/x$(printf '\\nsh cap_sys_admin=ep')"; exec sleep 1000`);
    await until('posing', 'ls /bin/x*');

    const [facts] = await reading.read([named('posing')]);

    expect(facts?.searchedFolders).toMatchObject({ known: false, because: expect.stringContaining('two lines') });
    expect(valueOf(facts?.poweredFiles)).toEqual([]);
  });
});

describeReal('the folders of its volumes and binds', () => {
  test('are told with the folders in them, owners and modes, and whether they hold anything', async () => {
    const script = [
      'mkdir -p /db/base /db/empty; touch /db/base/1; chown -R 33:44 /db; chmod 700 /db/base; chmod 1777 /db/empty',
      `mkdir "/db/a$(printf '\\nbelow 0 3 drwxrwxrwx 2 0 0 0 Jan 1 00:00 .')"`,
      'ln -s / /db/link; exec sleep 1000',
    ].join('; ');
    await run('mounted', ['-v', '/none', '-v', '/db', '-v', '/etc/hostname:/etc/name:ro'], script);
    await until('mounted', '[ -h /db/link ]');

    const [facts] = await reading.read([named('mounted')]);

    const rows = valueOf(facts?.mountedFolders).map(
      ({ path, kind, ownerId, groupId, mode, isEmpty }) =>
        `${path} ${kind} ${ownerId}:${groupId} ${mode.toString(8)}${isEmpty ? ' empty' : ''}`,
    );
    expect(rows.toSorted()).toEqual([
      '/db volume 33:44 755',
      '/db/a?below 0 3 drwxrwxrwx 2 0 0 0 Jan 1 00:00 . volume 0:0 755 empty',
      '/db/base volume 33:44 700',
      '/db/empty volume 33:44 1777 empty',
      '/none volume 0:0 755 empty',
    ]);
  });
});

describeReal('what was put into the layer of a container', () => {
  test('is told with its owner and the folder it is in, and nothing of a volume or of the engine', async () => {
    const script = [
      'mkdir -p /srv/cache/deep; touch /srv/cache/deep/1; chown -R 33:44 /srv/cache; ln -s / /srv/link',
      `touch /db/file "/srv/a$(printf '\\nmade 0 drwxrwxrwx 2 0 0 0 Jan 1 00:00 .')"; touch /ready; exec sleep 1000`,
    ].join('; ');
    await run('layer', ['-v', '/db', '-w', '/work'], script);
    await until('layer', '[ -e /ready ]');

    const [facts] = await reading.read([named('layer')]);

    const rows = valueOf(facts?.madeFiles).map(
      ({ path, ownerId, folder }) =>
        `${path} ${ownerId} in ${folder.ownerId}:${folder.groupId} ${folder.mode.toString(8)}`,
    );
    expect(rows.toSorted()).toEqual([
      '/ready 0 in 0:0 755',
      '/srv 0 in 0:0 755',
      '/srv/cache 33 in 0:0 755',
      '/srv/cache/deep 33 in 33:44 755',
      '/srv/cache/deep/1 33 in 33:44 755',
    ]);
  });
});

describeReal('the texts of a start', () => {
  test('are those it goes through, from the entrypoint on, without secrets', async () => {
    await create('start', ['-e', 'DB_PASSWORD=hunter2hunter2', '--entrypoint', 'tini'], ['--', 'entry.sh', 'serve']);
    await reading.write(named('start'), '/bin/tini', '#!/bin/sh\nshift\nexec "$@"\n');
    const entry = [
      '#!/bin/env sh',
      '. /srv/setup.sh',
      'chown www /data; app --password=s3cretvalue --url http://u:hunter2hunter2@db/',
      'if [ -d /entry.d ]; then for each in /entry.d/*; do . "$each"; done; fi',
      'exec "$@"',
    ];
    await reading.write(named('start'), '/bin/entry.sh', entry.join('\n'));
    await reading.write(named('start'), '/srv/setup.sh', 'usermod -u 5 www\n');
    await reading.write(named('start'), '/entry.d/10-more', 'setcap cap_net_raw=ep /bin/x\n');
    await reading.write(named('start'), '/bin/serve', '#!/bin/sh\nexec sleep 1000\n');
    await real.docker('start', named('start'));
    await until('start', 'ps -o args | grep -q "^sleep 1000"');

    const [facts] = await reading.read([named('start')]);

    const texts = valueOf(facts?.startTexts);
    expect(texts.map(({ path, text }) => `${path}${text === null ? ' (program)' : ''}`)).toEqual([
      '/bin/tini',
      '/bin/entry.sh',
      '/bin/busybox (program)',
      '/srv/setup.sh',
      '/bin/serve',
      '/entry.d/10-more',
    ]);
    expect(texts.find(({ path }) => path === '/bin/entry.sh')?.text).toContain(
      'chown www /data; app --password=sha256:',
    );
    expect(JSON.stringify(texts)).not.toMatch(/hunter2|s3cret/);
  });

  test('are not known where nothing is to be found of it', async () => {
    await run('gone', [], 'exec sleep 1000');
    await real.docker('exec', named('gone'), 'rm', '/bin/busybox');

    const [facts] = await reading.read([named('gone')]);

    expect(facts?.startTexts).toEqual({ known: false, because: 'the program it begins with is not found' });
    expect(facts?.poweredFiles.known).toBe(false);
  });
});

function named(name: string): string {
  return real.prefix + name;
}

async function create(name: string, flags: readonly string[], words: readonly string[]): Promise<void> {
  await real.docker('create', '--name', named(name), ...flags, image, ...words);
}

async function run(name: string, flags: readonly string[], script: string): Promise<void> {
  await real.docker('run', '-d', '--name', named(name), ...flags, image, 'sh', '-c', script);
}

async function until(name: string, holds: string): Promise<void> {
  const wait = `n=0; until { ${holds}; } >/dev/null 2>&1; do n=$((n+1)); [ $n -lt 400 ] || exit 1; sleep 0.05; done`;
  await real.docker('exec', named(name), 'sh', '-c', wait);
}

function attribute(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1');
}
