import { describe, expect, test } from '@jest/globals';
import { LOCK_NAME } from '../../src/model/names.ts';
import type { Operation } from '../../src/model/plan.ts';
import { change, everyCall, isNot, resume, rollBack, watch } from '../support/every-call.ts';
import type { MemoryHost, ServiceOptions } from '../support/memory-host.ts';
import { memoryHost, RUN, serving } from '../support/memory-host.ts';
import type { Mishap } from '../support/mishap.ts';
import { MISHAPS, withMishap } from '../support/mishap.ts';

/**
 * The engine in memory, the product's own transport, and for every call that writes every mishap: afterwards a process
 * that knows nothing resumes, and one of the two must run under the right name with the right policy, and nothing else
 * be left. Two running at once is looked for after every single call.
 */
const OLD = ['web: old, running, always:0'];
const NEW = [`web.enforce-bak-${RUN}: old, exited, no:0`, 'web: new, running, always:0'];
const SERVICE: ServiceOptions = { healthcheck: true, networks: ['front', 'back', 'audit'] };
const BROKEN: ServiceOptions = { ...SERVICE, afterwards: serving({ health: 'unhealthy', listens: [] }) };

/** Calls after which a change that would do well ends with the old one: nothing but the lock was there, or the engine said no. */
const GIVES_UP_AT: Partial<Record<Mishap, readonly string[]>> = {
  'killed before the call': ['1 create', '2 create'],
  'killed after it': ['1 create'],
  'all of it gone dark: killed, and the engine started again': ['1 create'],
  'an error answered although it was done': ['2 create', '3 connect', '4 connect', '9 start'],
};

describe.each(MISHAPS)('%s', (mishap) => {
  test('at any call of a change that goes well ends with the new one, or with the old one untouched or put back', async () => {
    const ends = await everyCall(mishap, { options: SERVICE, work: change });

    expect(ends).toHaveLength(11);
    expect(ends.filter(isNot(OLD, NEW))).toEqual([]);
    expect(ends.filter(isNot(NEW)).map(({ atCall }) => atCall)).toEqual(GIVES_UP_AT[mishap] ?? []);
  });

  test('at any call of a change that does not go well ends with the old one', async () => {
    const ends = await everyCall(mishap, { options: BROKEN, work: change });

    expect(ends.length).toBeGreaterThanOrEqual(16);
    expect(ends.filter(isNot(OLD))).toEqual([]);
  });

  test('at any call of a rollback that was asked for ends with the old one, or with the new one as before', async () => {
    const ends = await everyCall(mishap, { options: SERVICE, before: change, work: rollBack });

    expect(ends.length).toBeGreaterThanOrEqual(10);
    expect(ends.filter(isNot(OLD, NEW))).toEqual([]);
    expect(ends.at(-1)?.standing).toEqual(OLD);
  });
});

describe.each([
  ['on-failure', 3],
  ['unless-stopped', 0],
  ['no', 0],
])('with restart policy %s, killed after any call', (Name, MaximumRetryCount) => {
  test.each<[string, ServiceOptions]>([
    ['does well', SERVICE],
    ['does not', BROKEN],
  ])('a new container that %s leaves one running, with that policy', async (_how, options) => {
    const ends = await everyCall('killed after it', {
      options: { ...options, restart: { Name, MaximumRetryCount } },
      work: change,
    });

    const running = ends.map(({ standing }) => standing.filter((line) => line.includes('running')));
    expect(running).toEqual(
      ends.map(() => [expect.stringMatching(`^web: (new|old), running, ${Name}:${MaximumRetryCount}$`)]),
    );
  });
});

describe('enforce that is killed after each single call it makes about a container', () => {
  test.each<[string, ServiceOptions, readonly string[]]>([
    ['with the new one', SERVICE, NEW],
    ['with the old one, when the new one does not do', BROKEN, OLD],
  ])('ends %s', async (_how, options, end) => {
    const host = await memoryHost(options);
    try {
      const wrong = watch(host);
      for (let life = 1, work = change; life < 40; life++, work = resume) {
        const isOfLock = (operation: Operation): boolean => nameOf(operation, host) === LOCK_NAME;
        const process = await host.enter();
        const { tools, dead, met } = withMishap(process, host.engine, 'killed after it', 1, (call) => !isOfLock(call));
        await Promise.race([work(host, tools), dead]);
        if (!met()) break;
      }

      expect([...host.standing(), ...wrong()]).toEqual(end);
    } finally {
      await host.close();
    }
  });
});

function nameOf(operation: Operation, { engine }: MemoryHost): string | undefined {
  if (operation.kind === 'create') return operation.name;
  return operation.kind === 'remove-image' ? operation.reference : engine.store.containers.get(operation.id)?.name;
}
