import { describe, expect, test } from '@jest/globals';
import type { EngineReader } from '../../src/engine/engine.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import type { SeenPaths } from '../../src/scan/look-at-paths.ts';
import { readRuntime } from '../../src/scan/read-runtime.ts';
import { containerOf } from '../../src/scan/take-snapshot.ts';
import { container, inspectOf, snapshot, STOPPED } from '../support/containers.ts';
import { engineOf } from '../support/engine-of.ts';
import { block, file, records } from '../support/tar-blocks.ts';

const { engine: FACTS } = snapshot([]);
const HOST = `sys/kernel/osrelease:${FACTS.kernelVersion}\nsys/kernel/hostname:${FACTS.name}\n`;
const web = inspectOf('web', {
  State: { Pid: 12 },
  Config: { Env: ['PATH=/usr/sbin:/bin'] },
  Mounts: [
    { Type: 'volume', Name: 'data', Destination: '/data' },
    { Type: 'bind', Source: '/srv', Destination: '/srv' },
    { Type: 'tmpfs', Destination: '/run' },
  ],
});
const STATUS = [
  'Name:\tnginx',
  'PPid:\t1',
  'Uid:\t0\t0\t0\t0',
  'Gid:\t0\t0\t0\t0',
  'CapPrm:\t1',
  'CapEff:\t1',
  'CapBnd:\t1',
]
  .map((line) => `12/status:${line}\n`)
  .join('');
const PROCESSES = `member 12 ${web.Id}\n${STATUS}exe 12 /usr/sbin/nginx\nsockets 12\n`;
const SEEN: SeenPaths = new Map([['/srv', { known: true, value: true }]]);

describe('what a host could not tell is not known, and says why', () => {
  test.each<[string, Shell | undefined, string]>([
    ['without a shell', undefined, 'no shell on the host'],
    [
      'where the shell is another machine’s',
      shell('sys/kernel/osrelease:1\nsys/kernel/hostname:laptop\nend\n'),
      'laptop',
    ],
    ['where it breaks off', shell(`${HOST}${PROCESSES}`), 'could not tell'],
    ['where it fails', () => Promise.reject(new Error('not done within 20000 ms')), 'not done within'],
    ['where it ends with an error', () => Promise.resolve({ exitCode: 3, stdout: '', stderr: '' }), 'exit 3'],
    ['where the process is another’s', shell(`${HOST}member 13 ${web.Id}\nend\n`), 'first process could not be found'],
  ])('%s', async (_where, runScript, because) => {
    const facts = await read(web, { runScript });

    const unknown = { known: false, because: expect.stringContaining(because) };
    expect(facts).toMatchObject({
      processes: unknown,
      listeners: unknown,
      firstFreePort: unknown,
      mountedFolders: unknown,
      searchedFolders: unknown,
      startTexts: { known: true },
      poweredFiles: { known: true, value: [] },
    });
  });

  test('where the engine cannot read its files', async () => {
    const archive = () => Promise.reject(new Error('the engine said no'));

    const facts = await read(web, { archive });

    const unknown = { known: false, because: 'the engine said no' };
    expect(facts).toMatchObject({ startTexts: unknown, poweredFiles: unknown, processes: { known: true } });
  });

  test('where its files take too long to read', async () => {
    let time = 0;

    const facts = await read(web, { now: () => (time += 40_000) });

    expect(facts?.startTexts).toMatchObject({ known: false, because: expect.stringContaining('not read within') });
  });

  test('where the engine would make the folder of a bind to look into it', async () => {
    const asked: string[] = [];
    const archive = (_id: string, path: string) => {
      asked.push(path);
      return Promise.resolve(undefined);
    };

    const facts = await read(web, { archive, seen: new Map() });

    expect(asked).toEqual([]);
    expect(facts?.startTexts).toMatchObject({
      known: false,
      because: expect.stringContaining('would make the folder'),
    });
  });

  test.each([
    ['of a folder on another machine', 'mount 12 nfs4 /data', "data '/data'", 'mountedFolders', '/data: nfs4'],
    [
      'of a folder above one there',
      'mount 12 ext4 /data\nmount 12 cifs /data/x',
      "data '/data'",
      'mountedFolders',
      '/data: cifs',
    ],
    [
      'of programs there',
      'mount 12 overlay /\nmount 12 fuse.sshfs /usr',
      "'/usr/sbin'",
      'searchedFolders',
      '/usr/sbin: fuse.sshfs',
    ],
  ] as const)('%s, which is not looked at', async (_what, mounts, look, fact, because) => {
    const scripts: string[] = [];

    const facts = await read(web, { runScript: shell(`${HOST}${PROCESSES}${mounts}\ntool getcap\nend\n`, scripts) });

    expect(facts?.[fact]).toEqual({ known: false, because: `${because} may keep one waiting, and is not looked at` });
    expect(scripts[1]).toContain("data '/srv'");
    expect(scripts[1]).not.toContain(look);
  });

  test('of its capabilities in files, where the host has no tool for them', async () => {
    const facts = await read(web, { runScript: shell(`${HOST}${PROCESSES}tool \nsearched 2\nsearched 3\nend\n`) });

    expect(facts?.searchedFolders).toEqual({ known: false, because: 'the host has neither getcap nor getfattr' });
  });
});

test('nothing is read, and no shell started, where nothing runs', async () => {
  const stopped = inspectOf('web', { State: STOPPED });
  const runScript = () => Promise.reject(new Error('it was started'));

  expect(await read(stopped, { runScript })).toBeUndefined();
  expect(await readAll([], { runScript })).toEqual(new Map());
});

test('a program of the health check counts as used', async () => {
  const checked = {
    ...web,
    Config: { ...web.Config, Healthcheck: { Test: ['CMD-SHELL', 'exec /bin/ping -c 1 db'] } },
  };
  const ping = {
    'SCHILY.xattr.security.capability': Buffer.from(`0100000200200000${'0'.repeat(24)}`, 'hex').toString('latin1'),
  };

  const facts = await read(checked, {
    archive: (_id, path) => Promise.resolve(archiveOf(path, path === '/bin/ping' ? ping : {})),
  });

  expect(facts?.poweredFiles).toMatchObject({ value: [{ path: '/bin/ping', isUsed: true }] });
});

test('data for a shell is numbers and hexadecimal, or quoted', async () => {
  const scripts: string[] = [];
  const hostile = {
    ...web,
    Config: { ...web.Config, Env: ["PATH=/a'; touch /x; ':/b$(id):/\0"] },
    Mounts: [{ Type: 'volume', Name: 'v', Destination: "/it's `x`" }],
  };

  await read(hostile, { runScript: shell(`${HOST}${PROCESSES}end\n`, scripts) });

  expect(scripts[1]).toContain(String.raw`look 0 data '/it'\''s ${'`'}x${'`'}'`);
  expect(scripts[1]).toContain(String.raw`look 1 programs '/a'\''; touch /x; '\'''`);
  expect(scripts[1]).toContain("look 2 programs '/b$(id)'");
  expect(scripts[1]).not.toContain('\0');
});

type Shell = NonNullable<Parameters<typeof readRuntime>[0]['runScript']>;

interface Different {
  readonly runScript?: Shell | undefined;
  readonly archive?: EngineReader['archive'];
  readonly now?: () => number;
  readonly seen?: SeenPaths;
}

async function read(inspect: ContainerInspect, different: Different) {
  return (await readAll([inspect], different)).get(inspect.Id);
}

function readAll(inspects: readonly ContainerInspect[], different: Different) {
  const { archive = (_id, path) => Promise.resolve(archiveOf(path)), now = () => 0, seen = SEEN } = different;
  const runScript = 'runScript' in different ? different.runScript : shell(`${HOST}${PROCESSES}end\n`);
  const engine = { ...engineOf(inspects), archive };
  const containers = inspects.length === 0 ? [container('gone')] : inspects.map(containerOf);
  return readRuntime({ channels: 8, runScript, engine, facts: FACTS, seen, now }, containers);
}

function shell(stdout: string, scripts: string[] = []): Shell {
  return (script) => {
    scripts.push(script);
    return Promise.resolve({ exitCode: 0, stdout, stderr: '' });
  };
}

/** A program at every path that has a name. */
async function* archiveOf(path: string, attributes: Readonly<Record<string, string>> = {}): AsyncGenerator<Uint8Array> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === '') yield block({ name: 'x', type: '5' });
  yield await Promise.resolve(Buffer.concat([records({ path: name, ...attributes }), file('x', '\u007fELF\0')]));
}
