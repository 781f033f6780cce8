import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import { currentLock, underLock } from '../../src/apply/under-lock.ts';
import { LOCK_NAME } from '../../src/model/names.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { failureOf } from '../support/failure-of.ts';
import type { MemoryHost, Process } from '../support/memory-host.ts';
import { memoryHost } from '../support/memory-host.ts';

const HOUR = 3_600_000;

let host: MemoryHost;
let enforce: Process;
beforeEach(async () => {
  host = await memoryHost({ networks: ['front'] });
  enforce = await host.enter();
});
afterEach(() => host.close());

async function terms(): Promise<{
  readonly containers: readonly ContainerInspect[];
  readonly deadlineSeconds: number;
}> {
  const inspect = await (await enforce.engine()).inspect(host.old.id);
  return { containers: inspect ? [inspect] : [], deadlineSeconds: 5 };
}

async function stopOld(tools: HostTools): Promise<void> {
  await (await tools.engine()).run({ kind: 'stop', id: host.old.id, timeoutSeconds: 1 });
}

function lockId(): string | undefined {
  return host.engine.find(LOCK_NAME)?.id;
}

describe('work under a lock', () => {
  test('that takes longer than was thought goes on under a new one', async () => {
    const ids: (string | undefined)[] = [];

    await underLock(await terms(), enforce, async (tools) => {
      ids.push(lockId());
      await enforce.clock.delay(HOUR);
      await stopOld(tools);
      ids.push(lockId());
    });

    expect(new Set(ids).size).toBe(2);
    expect(host.old.phase).toBe('exited');
    expect(lockId()).toBeUndefined();
  });

  test('of a machine that was suspended is looked at again before anything is sent', async () => {
    let slept = 0;
    const timestamp = (): string => new Date(Date.parse(enforce.clock.timestamp()) + slept).toISOString();
    const sleeper = { ...enforce, clock: { ...enforce.clock, timestamp } };

    const failure = await failureOf(async () =>
      underLock(await terms(), sleeper, async (tools) => {
        slept = HOUR;
        host.engine.store.containers.delete(lockId() ?? '');
        await stopOld(tools);
      }),
    );

    expect(failure).toMatchObject({ code: 'locked', message: expect.stringContaining('taken over') });
    expect(host.old.phase).toBe('running');
  });

  test('ends where another has the lock by now, and leaves that one alone', async () => {
    const other = await host.enter('8c1d');

    const failure = await failureOf(async () =>
      underLock(await terms(), enforce, async (tools) => {
        host.engine.store.containers.delete(lockId() ?? '');
        await underLock(await terms(), { ...other, lock: { ...other.lock, isGone: () => false } }, async () => {
          await stopOld(tools);
        });
      }),
    );

    expect(failure.code).toBe('locked');
    expect(host.old.phase).toBe('running');
  });

  test.each(['cut-before', 'cut-after', 'cut-mid-body'] as const)(
    'is done although every first answer about the lock is lost: %s',
    async (fault) => {
      const met = new Set<string>();
      host.engine.fault = ({ method, path, subject }) => {
        const key = `${method} ${subject === LOCK_NAME ? LOCK_NAME : path}`;
        if (subject !== LOCK_NAME || met.has(key)) return undefined;
        met.add(key);
        return fault;
      };
      let isDone = false;

      await underLock(await terms(), enforce, () => {
        isDone = true;
        return Promise.resolve();
      });

      expect(isDone).toBe(true);
      expect(lockId()).toBeUndefined();
    },
  );

  test('stands in the journal, its taking and its giving back', async () => {
    await underLock(await terms(), enforce, () => Promise.resolve());

    const operations = enforce.journal.entries.flatMap((entry) =>
      entry.event === 'operation' ? [entry.operation] : [],
    );
    expect(operations).toEqual(['lock', 'unlock']);
  });
});

describe('the lock of somebody else', () => {
  const alive = (tools: Process, patienceSeconds = 0): HostTools => ({
    ...tools,
    lock: { ...tools.lock, isGone: () => false, patienceSeconds },
  });

  test('defers a change, with who has it', async () => {
    const other = await host.enter('8c1d');

    const outcome = await underLock(await terms(), other, () =>
      applyChange(host.change, host.settings, alive(enforce)),
    );

    expect(outcome).toMatchObject({
      result: 'deferred',
      locked: true,
      because: expect.stringMatching(/^run 8c1d of a\.lopez@control-1 is changing this host/),
    });
    expect(host.calls()).toEqual([]);
  });

  test('that is given back between our call and our look is no reason to do nothing', async () => {
    const other = await host.enter('8c1d');
    void underLock(await terms(), other, () => new Promise<never>(() => undefined));
    while (lockId() === undefined) await currentLockOf(other);
    const theirs = lockId() ?? '';
    host.engine.afterEach = ({ method, subject }) => {
      if (method === 'POST' && subject === LOCK_NAME) host.engine.store.containers.delete(theirs);
    };

    const outcome = await applyChange(host.change, host.settings, alive(enforce));

    expect(outcome.result).toBe('applied');
  });

  test('is waited for, where there is patience', async () => {
    const other = await host.enter('8c1d');
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = underLock(await terms(), other, () => held);
    while (lockId() === undefined) await other.clock.delay(1).then(() => currentLockOf(other));
    host.engine.afterEach = ({ path }) => {
      if (path.startsWith('/info')) release();
    };

    const outcome = await applyChange(host.change, host.settings, alive(enforce, 600));

    await first;
    expect(outcome.result).toBe('applied');
  });

  test('that nobody gives back is taken over when its time, and that of what was sent in it, is over', async () => {
    const dead = await host.enter('8c1d');
    void underLock(await terms(), dead, () => new Promise<never>(() => undefined));
    while (lockId() === undefined) await currentLockOf(dead);

    const outcome = await applyChange(host.change, host.settings, alive(enforce, 100_000));

    expect(outcome.result).toBe('applied');
    expect(lockId()).toBeUndefined();
  });

  async function currentLockOf(tools: HostTools): Promise<void> {
    await currentLock(await tools.engine());
  }
});
