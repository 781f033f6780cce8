import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parseCode } from '../../src/scan/ask-code.ts';
import { codeScript } from '../../src/scan/code-script.ts';
import { valueOf } from '../support/a-runtime.ts';
import type { Reading } from '../support/read-runtime-of.ts';
import { readingAt } from '../support/read-runtime-of.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';

jest.setTimeout(60_000);

const real = realEngine('code');
let reading: Reading;

beforeAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] === '1') reading = await readingAt(real.socketPath);
});

afterAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  await real.cleanUp();
  await reading.connection.close();
});

describeReal('whether the code that a container runs names chroot', () => {
  const sleep = readFileSync('/bin/sleep', 'latin1');

  test.each<readonly [string, string, boolean | undefined]>([
    ['is told of a program that does not, whatever the C library has', sleep, false],
    ['is told of a program that does', `${sleep}\0chroot\0`, true],
    ['is told of one whose linker kept the name as the end of another', `${sleep}\0pr_fsio_chroot\0`, true],
    ['is not told of a text about it', `${sleep}\0see chroot(2)\0cannot chroot now\0`, false],
    ['is not told of one that is linked to nothing, as it may have lost its names', busybox(), undefined],
  ])('%s', async (_sentence, program, expected) => {
    const name = await started(program);

    const [facts] = await reading.read([name]);

    expect(valueOf(facts?.processes).map(({ namesChroot }) => namesChroot)).toEqual([expected]);
    await real.docker('rm', '-f', name);
  });
});

describeReal('code that is mapped to hold up who looks at it', () => {
  test('is not read where it is a device that never ends, and what else runs is told all the same', async () => {
    const mmap = process.arch === 'arm64' ? 222 : 9;
    const mapping = `open F, "</dev/zero"; syscall(${mmap}, 0, 4096, 5, 2, fileno(F), 0); $| = 1; print "mapped"; sleep 100`;
    const mapper = spawn('perl', ['-e', mapping], { stdio: ['ignore', 'pipe', 'ignore'] });
    const sleeper = spawn('/bin/sleep', ['100']);
    try {
      await once(mapper.stdout, 'data');
      const pids = [mapper.pid ?? 0, sleeper.pid ?? 0];

      const { names } = parseCode(execFileSync('sh', ['-s'], { input: codeScript(pids), encoding: 'utf8' }));

      expect(pids.map((pid) => names.get(pid))).toEqual([true, false]);
    } finally {
      mapper.kill();
      sleeper.kill();
    }
  });
});

test('nothing is told of the code of a host that runs too much of it', () => {
  const output = 'linked 7\nmapped 7\nmany\nend\n';

  expect([...parseCode(output).names]).toEqual([]);
  expect([...parseCode(output.replace('many\n', '')).names]).toEqual([[7, false]]);
});

async function started(program: string): Promise<string> {
  const name = `${real.prefix}program`;
  await real.docker('create', '--name', name, await real.busyboxImage(), '/srv/sleep', '1000');
  await reading.write(name, '/srv/sleep', program);
  for (const path of LINKED) await reading.write(name, path, readFileSync(path));
  await real.docker('start', name);
  return name;
}

/** What Debian's programs are linked to at the least. */
const LINKED =
  process.arch === 'arm64'
    ? ['/lib/ld-linux-aarch64.so.1', '/lib/aarch64-linux-gnu/libc.so.6']
    : ['/lib64/ld-linux-x86-64.so.2', '/lib/x86_64-linux-gnu/libc.so.6'];

function busybox(): string {
  return readFileSync('/bin/busybox', 'latin1');
}
