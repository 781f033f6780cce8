import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import { DEFAULT_CAPABILITIES } from '../../src/model/capabilities.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { Widening } from '../../src/model/plan.ts';
import { realEngine } from '../support/real-engine.ts';
import { changeOf, workAt } from '../support/real-host.ts';
import { buffersOf, describeTraced } from '../support/traced.ts';

jest.setTimeout(480_000);

const GATE = { healthyForSeconds: 1, deadlineSeconds: 8, onFailure: 'rollback', restartTrial: 'auto' } as const;
const SAFE = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID', 'SYS_CHROOT'];
const ALL: Widening = { refused: DEFAULT_CAPABILITIES, safe: SAFE, decisive: DEFAULT_CAPABILITIES };
const ONLY_TOLD: Widening = { refused: DEFAULT_CAPABILITIES, safe: SAFE };
const USERS =
  'mkdir -p /etc /www; echo www:x:33:33::/:/bin/sh >/etc/passwd; echo root:x:0:0::/:/bin/sh >>/etc/passwd; echo www:x:33: >>/etc/group';
const SERVE = `trap 'exit 0' TERM; httpd -f -p 80 -h /www & wait`;
/** It ends for what it may not, and says not a word of it. */
const SILENT = (command: string): string => `${command} >/dev/null 2>&1 || exit 1; ${SERVE}`;

describeTraced('the gate, with an eye on the kernel', () => {
  const engine = realEngine('gate-kernel');
  const name = `${engine.prefix}web`;
  let work: Awaited<ReturnType<typeof workAt>>;

  beforeEach(async () => {
    work = await workAt(engine.socketPath, '7f3b', 'with the kernel');
  });
  afterEach(async () => {
    await work.close();
    await engine.cleanUp();
  });

  test.each<[string, string, readonly string[]]>([
    ['ends at once without a word', SILENT('mkdir -p /own; chown 33 /own'), ['CHOWN']],
    [
      'ends for want of two',
      SILENT('{ mkdir -p /own; chown 33 /own; a=$?; [ -e /n ] || mknod /n c 1 3; [ $a = 0 ] && [ -e /n ]; }'),
      ['CHOWN', 'MKNOD'],
    ],
    ['ends for a chroot that seccomp refuses before anybody is asked', SILENT('chroot / true'), ['SYS_CHROOT']],
    ['seems well, and goes on without what it did until now', `mknod /etc/null c 1 3 2>/dev/null; ${SERVE}`, ['MKNOD']],
  ])('gives a service back exactly what it lacks that %s', async (_which, command, keeps) => {
    await run(command);

    const outcome = await apply([], ALL);

    expect(outcome).toMatchObject({
      result: 'applied',
      notes: [expect.stringContaining(`the kernel refused it ${keeps[0] ?? ''}`)],
    });
    expect((await engine.inspect(name)).HostConfig.CapAdd).toEqual(keeps);
  });

  test('gives back KILL where it is refused it in its stop, which alone asks for it', async () => {
    await run(
      `su -s /bin/sh www -c 'exec sleep 9999' & child=$!; trap 'kill $child 2>/dev/null; wait $child; exit 0' TERM; httpd -f -p 80 -h /www & wait`,
      '--stop-timeout',
      '4',
    );

    const outcome = await apply(['SETGID', 'SETUID'], ALL);

    expect(outcome).toMatchObject({
      result: 'applied',
      notes: [expect.stringContaining('the kernel refused it KILL')],
    });
    expect((await engine.inspect(name)).HostConfig.CapAdd).toEqual(['KILL', 'SETGID', 'SETUID']);
  });

  test('lets a service pass that does without, where its plan has a reason to think so, and tells what it is refused', async () => {
    await run(`mknod /etc/null c 1 3 2>/dev/null; ${SERVE}`);

    const outcome = await apply([], ONLY_TOLD);

    expect(outcome).toMatchObject({
      result: 'applied',
      notes: [expect.stringMatching(/^it does without: the kernel refused MKNOD to mknod \(mknod/)],
    });
    expect((await engine.inspect(name)).HostConfig.CapAdd ?? []).toEqual([]);
  });

  test('takes no notice of what the old one was refused as well', async () => {
    await run(`su -s /bin/sh www -c 'chown 0 /etc; cat /proc/1/environ'; ${SERVE}`);

    const outcome = await apply(['SETGID', 'SETUID'], ALL);

    expect(outcome).toMatchObject({ result: 'applied' });
    expect(outcome).not.toHaveProperty('notes');
  });

  test('lets a service pass that needs nothing, and leaves nothing behind', async () => {
    await run(SERVE);

    const outcome = await apply([], ALL);

    expect(outcome).toMatchObject({ result: 'applied', answers: [expect.any(Number)] });
    expect(outcome).not.toHaveProperty('notes');
    expect(buffersOf(process.pid)).toEqual([]);
  });

  async function run(command: string, ...options: readonly string[]): Promise<void> {
    const image = await engine.busyboxImage();
    const words = ['-d', '--name', name, '-p', '127.0.0.1:0:80', ...options, image];
    await engine.docker('run', ...words, 'sh', '-c', `${USERS}; ${command}`);
  }

  async function apply(keep: readonly string[], widening: Widening): Promise<Outcome> {
    const change = { ...changeOf(await engine.inspect(name), keep), widening };
    const settings = {
      gate: GATE,
      planDigest: 'sha256:p1an',
      keepSeconds: 60,
      remembers: 'settings' as const,
      preflight: () => Promise.resolve({ ready: true } as const),
    };
    return await applyChange(change, settings, work.tools);
  }
});
