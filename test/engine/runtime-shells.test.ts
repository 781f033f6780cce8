import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { valueOf } from '../support/a-runtime.ts';
import type { Reading } from '../support/read-runtime-of.ts';
import { readingAt } from '../support/read-runtime-of.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';

jest.setTimeout(60_000);

const real = realEngine('shells');
const name = `${real.prefix}web`;
let tools = '';
let reading: Reading;

beforeAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  tools = mkdtempSync(join(tmpdir(), 'enforce-busybox-'));
  execFileSync('busybox', ['--install', '-s', tools]);
  reading = await readingAt(real.socketPath);
  const flags = ['-v', '/data', '--user', '33', '--sysctl', 'net.ipv4.ip_unprivileged_port_start=81'];
  const serve = 'mkdir /data/sub && exec httpd -f -p 8080 -h /www';
  await real.docker('run', '-d', '--name', name, ...flags, await real.busyboxImage(), 'sh', '-c', serve);
  const wait = 'n=0; until netstat -ltn | grep -q ":8080 "; do n=$((n+1)); [ $n -lt 400 ] || exit 1; sleep 0.05; done';
  await real.docker('exec', name, 'sh', '-c', wait);
});

afterAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  rmSync(tools, { recursive: true });
  await real.cleanUp();
  await reading.connection.close();
});

describeReal('a container is read the same', () => {
  test.each<[string, readonly string[], 'own' | 'busybox']>([
    ['in sh', ['sh', '-s'], 'own'],
    ['in bash', ['bash', '--posix', '-s'], 'own'],
    ['in busybox, with the tools of others', ['busybox', 'sh', '-s'], 'own'],
    ['in busybox, with nothing but its own', ['/bin/busybox', 'sh', '-s'], 'busybox'],
  ])('%s', async (_how, [program = '', ...flags], whose) => {
    const PATH = whose === 'own' ? (process.env['PATH'] ?? '') : tools;
    const runScript = (input: string) => {
      const { status, stdout, stderr } = spawnSync(program, flags, { input, encoding: 'utf8', env: { PATH } });
      return Promise.resolve({ exitCode: status ?? 1, stdout, stderr });
    };

    const [usual] = await reading.read([name]);
    const [facts] = await reading.read([name], { runScript });

    expect(valueOf(facts?.processes)).toHaveLength(1);
    expect(valueOf(facts?.listeners)).toMatchObject([{ port: 8080 }]);
    expect(valueOf(facts?.firstFreePort)).toBe(81);
    expect(valueOf(facts?.mountedFolders)).toMatchObject([{ path: '/data' }, { path: '/data/sub', ownerId: 33 }]);
    // Of tools that tell of file capabilities busybox has none; the path of the host's own comes after it.
    expect({ ...facts, searchedFolders: undefined }).toEqual({ ...usual, searchedFolders: undefined });
  });
});
