import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { HostTools } from '../../src/apply/tools.ts';
import { currentLock, underLock } from '../../src/apply/under-lock.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { busyboxImage } from '../support/docker.ts';
import { failureOf } from '../support/failure-of.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';
import { workAt } from '../support/real-host.ts';

const WITH_VOLUME = 'enforce-test/with-volume:1';

describeReal('the lock of a host on a real engine', () => {
  const engine = realEngine('lock');
  const { docker, prefix, socketPath } = engine;
  let held: ContainerInspect;
  let enforce: HostTools;
  let leave: () => Promise<void>;

  beforeAll(async () => {
    await busyboxImage(docker, WITH_VOLUME, ['VOLUME /data /more', 'CMD ["sleep","9999"]']);
    await docker('run', '-d', '--init', '--name', `${prefix}web`, WITH_VOLUME);
    held = await engine.inspect(`${prefix}web`);
  }, 120_000);
  afterAll(async () => {
    await engine.cleanUp();
    await docker('image', 'rm', WITH_VOLUME);
  }, 120_000);
  beforeEach(async () => {
    ({ tools: enforce, close: leave } = await workAt(socketPath, '7f3a'));
  });
  afterEach(async () => {
    await leave();
    await docker('rm', '-f', 'enforce.lock').catch(() => undefined);
  });

  const terms = (): { readonly containers: readonly ContainerInspect[]; readonly deadlineSeconds: number } => ({
    containers: [held],
    deadlineSeconds: 20,
  });
  const alive = (tools: HostTools): HostTools => ({ ...tools, lock: { ...tools.lock, isGone: () => false } });

  test('is a container that never runs, has no volume of its own, and goes away with the work', async () => {
    const volumes = await docker('volume', 'ls', '-q');

    const met = await underLock(terms(), enforce, async () => ({
      state: (await engine.inspect('enforce.lock')).State.Status,
      volumes: await docker('volume', 'ls', '-q'),
      lock: await currentLock(await enforce.engine()),
    }));

    expect(met).toMatchObject({ state: 'created', volumes, lock: { run: '7f3a', operator: 'a.lopez@control-1' } });
    expect(await currentLock(await enforce.engine())).toBeUndefined();
    expect(await docker('volume', 'ls', '-q')).toBe(volumes);
  }, 60_000);

  test('is had by one of many who ask for it at the same time', async () => {
    const others = await Promise.all(Array.from({ length: 8 }, (_, at) => workAt(socketPath, `run${at}`)));
    let atWork = 0;
    let most = 0;

    const ends = await Promise.allSettled(
      others.map(({ tools }) =>
        underLock(terms(), alive(tools), async () => {
          most = Math.max(most, ++atWork);
          await engine.inspect('enforce.lock');
          atWork -= 1;
        }),
      ),
    );
    await Promise.all(others.map(({ close }) => close()));

    expect(most).toBe(1);
    expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
  }, 60_000);

  test('keeps others out, who are told by whom and for how long', async () => {
    const other = await workAt(socketPath, '8c1d');

    const failure = await underLock(terms(), enforce, () =>
      failureOf(() => underLock(terms(), alive(other.tools), () => Promise.resolve())),
    );
    await other.close();

    expect(failure).toMatchObject({
      code: 'locked',
      message: expect.stringMatching(/^run 7f3a of a.lopez@control-1 is changing this host; its lock ends .* in \d+ s/),
      hint: expect.stringMatching(/--lock-timeout.*enforce unlock [0-9a-f]{12}/),
    });
  }, 60_000);

  test('that somebody broke lets no further call be made', async () => {
    const failure = await failureOf(() =>
      underLock(terms(), enforce, async (tools) => {
        await docker('rm', 'enforce.lock');
        await (await tools.engine()).run({ kind: 'stop', id: held.Id, timeoutSeconds: 1 });
      }),
    );

    expect(failure).toMatchObject({ code: 'locked', message: expect.stringContaining('was taken over') });
    expect((await engine.inspect(`${prefix}web`)).State.Running).toBe(true);
  }, 60_000);

  test('is not taken for one where a stranger’s container has its name', async () => {
    await docker('create', '--name', 'enforce.lock', WITH_VOLUME);

    const failure = await failureOf(() => underLock(terms(), enforce, () => Promise.resolve()));

    expect(failure).toMatchObject({ code: 'refused', message: expect.stringContaining('is no lock of enforce') });
    expect(await docker('ps', '-aq', '--filter', 'name=enforce.lock')).not.toBe('');
  }, 60_000);
});
