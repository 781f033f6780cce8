import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { realEngine } from '../support/real-engine.ts';
import { describeTraced, observedWhile, usedIn } from '../support/traced.ts';

const engine = realEngine('observe-names');
const [hostile, quiet] = [`${engine.prefix}hostile`, `${engine.prefix}quiet`];

/** Fifteen bytes at most, as the kernel keeps them. */
const NAMES = [
  'a\\nb',
  '#1#c 0 0 a b',
  '-1 [000] d 1: ',
  'cap 21, ret 0',
  'window 4',
  '\\033[2Jx',
  'newcomm=q pid=1',
  '\\n => __x_sys_a',
  '=> __x_sys_abcd',
];

jest.setTimeout(120_000);

describeTraced('a process with a hostile name', () => {
  beforeAll(async () => {
    const image = await engine.busyboxImage();
    for (const name of [hostile, quiet])
      await engine.docker('run', '-d', '--init', '--name', name, image, 'sleep', '1000');
  });
  afterAll(() => engine.cleanUp());

  test.each(NAMES)('%j can neither hide what it uses nor say anything of another', async (name) => {
    const script = `printf '${name}' >/proc/self/task/$$/comm 2>/dev/null || printf '${name}' >/proc/$$/comm; chown 1000 /bin; umask; exec 3>/proc/$$/comm`;
    const [of, another] = await observedWhile(engine, [hostile, quiet], async () => {
      await engine.docker('exec', hostile, 'sh', '-c', script);
      await engine.docker('exec', quiet, 'true');
    });

    expect(usedIn(of)).toEqual(['CHOWN']);
    expect(another).toMatchObject({ uses: [], refusals: [], lostEvents: 0 });
    expect(of?.uses.map(({ program }) => program).join('')).toMatch(/^[ -~]*$/);
  });
});

describeTraced('more than a buffer can hold', () => {
  beforeAll(async () => {
    await engine.docker('run', '-d', '--init', '--name', quiet, await engine.busyboxImage(), 'sleep', '1000');
  });
  afterAll(() => engine.cleanUp());

  test('is told as lost, and the observation as incomplete', async () => {
    const [seen] = await observedWhile(
      engine,
      [quiet],
      () => engine.docker('exec', quiet, 'sh', '-c', 'i=0; while [ $i -lt 300 ]; do chown 1000 /bin; i=$((i+1)); done'),
      { bufferKibibytes: 8 },
    );

    expect(seen?.lostEvents).toBeGreaterThan(0);
    expect(seen?.blindSpots[0]).toContain('the kernel could not keep every event');
  });

  test('is counted on the host, so that a busy container costs little', async () => {
    const [seen] = await observedWhile(engine, [quiet], () =>
      engine.docker(
        'exec',
        quiet,
        'sh',
        '-c',
        'i=0; while [ $i -lt 9000 ]; do kill -0 1; : </etc/hostname; i=$((i+1)); done; chown 1000 /bin',
      ),
    );

    expect(seen).toMatchObject({ lostEvents: 0 });
    expect(usedIn(seen)).toEqual(['CHOWN']);
  });
});
