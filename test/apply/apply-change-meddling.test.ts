import { afterEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import { resumeHost } from '../../src/apply/apply-host.ts';
import { EnforceError } from '../../src/model/errors.ts';
import { LOCK_NAME } from '../../src/model/names.ts';
import { NOTHING } from '../support/memory-engine/images.ts';
import type { Fault } from '../support/memory-engine/memory-engine.ts';
import { exits } from '../support/memory-engine/program.ts';
import { failureOf } from '../support/failure-of.ts';
import type { MemoryHost } from '../support/memory-host.ts';
import { memoryHost } from '../support/memory-host.ts';

const AS_BEFORE = ['web: old, running, always:0'];
const AS_PLANNED = ['web.enforce-bak-7f3a: old, exited, no:0', 'web: new, running, always:0'];

let host: MemoryHost;
afterEach(() => host.close());

describe('a container that moved on since the plan was made', () => {
  test('is skipped when the last look finds it stale', async () => {
    host = await memoryHost();
    const stale = { ready: false, because: 'stale: its configuration changed since the plan was made' } as const;
    const settings = { ...host.settings, preflight: () => Promise.resolve(stale) };

    const outcome = await applyChange(host.change, settings, await host.enter());

    expect(outcome).toEqual({ result: 'skipped', because: stale.because });
    expect(host.calls()).toEqual([]);
  });

  test('is skipped when it is gone', async () => {
    host = await memoryHost();
    host.engine.store.containers.delete(host.old.id);

    const outcome = await applyChange(host.change, host.settings, await host.enter());

    expect(outcome).toEqual({ result: 'skipped', because: 'it disappeared since the plan was made' });
    expect(host.calls()).toEqual([]);
  });

  test('is skipped when it does not run any more', async () => {
    host = await memoryHost();
    host.old.phase = 'exited';

    const outcome = await applyChange(host.change, host.settings, await host.enter());

    expect(outcome).toEqual({ result: 'skipped', because: 'it does not run any more' });
    expect(host.calls()).toEqual([]);
  });

  test('is skipped when nothing more can be heard of its host, and left as it is', async () => {
    host = await memoryHost();
    const enforce = await host.enter();
    host.engine.fault = () => 'cut-before';

    const outcome = await applyChange(host.change, host.settings, enforce);

    expect(outcome.result).toBe('skipped');
    expect(host.standing()).toEqual(AS_BEFORE);
  });
});

describe('somebody else at work on the host', () => {
  test('who removes the old container makes it a case for a person, and nothing more is done', async () => {
    host = await memoryHost();
    meanwhile('stop old', () => host.engine.store.containers.delete(host.old.id));

    const outcome = await applyChange(host.change, host.settings, await host.enter());

    expect(outcome).toMatchObject({ result: 'stuck', because: expect.stringContaining('the old container is gone') });
    expect(host.calls().at(-1)).toBe('stop old');
    expect(host.standing()).toEqual(['web.enforce-new-7f3a: new, created, always:0']);
  });

  test.each(['connect new back', 'stop old', 'restart-policy old no', 'rename new web', 'start new'])(
    'who removes the new container after “%s” gets the old one as it was, and no third',
    async (call) => {
      host = await memoryHost();
      meanwhile(call, () => {
        for (const { id, name } of host.engine.store.containers.values())
          if (id !== host.old.id && name !== LOCK_NAME) host.engine.store.containers.delete(id);
      });

      const outcome = await applyChange(host.change, host.settings, await host.enter());

      expect(outcome).toMatchObject({
        result: 'rolled-back',
        because: expect.stringContaining('somebody removed the'),
      });
      expect(host.standing()).toEqual(AS_BEFORE);
      expect(host.calls().filter((made) => made.startsWith('create'))).toHaveLength(1);
    },
  );

  test('who renames the old container is told which name to give back, and then it goes on', async () => {
    host = await memoryHost();
    meanwhile('create web.enforce-new-7f3a', () => (host.old.name = 'shop'));
    const outcome = await applyChange(host.change, host.settings, await host.enter());
    const met = host.standing();

    host.old.name = 'web';
    const [resumed] = await resumeHost(host.settings, await host.enter());

    expect(outcome).toEqual({
      result: 'stuck',
      because: expect.stringMatching(/^container \w{12} is called shop now/),
      recover: 'give it the name web back, then run enforce apply again',
    });
    expect(met).toEqual(['shop: old, running, always:0', 'web.enforce-new-7f3a: new, created, always:0']);
    expect(resumed?.outcome.result).toBe('applied');
    expect(host.standing()).toEqual(AS_PLANNED);
  });

  test('who keeps starting the old one again does not keep enforce busy for ever', async () => {
    host = await memoryHost();
    host.engine.afterEach = () => {
      if (host.calls().at(-1) === 'stop old') host.old.phase = 'running';
    };

    const outcome = await applyChange(host.change, host.settings, await host.enter());

    expect(outcome).toMatchObject({ result: 'stuck', because: expect.stringContaining('something else keeps') });
    expect(host.calls().length).toBeLessThan(100);
  });
});

describe('a rollback that cannot start the old container', () => {
  test('is a case for a person, with the command to go on, and goes on when it can', async () => {
    host = await memoryHost({ afterwards: exits(1)(NOTHING) });
    const isStartOfOld = (path: string): boolean => path.endsWith(`${host.old.id}/start`);
    host.engine.fault = ({ path }) => (isStartOfOld(path) ? { status: 500, message: 'no such device' } : undefined);
    const outcome = await applyChange(host.change, host.settings, await host.enter());
    const met = host.standing();

    host.engine.fault = () => undefined;
    const [resumed] = await resumeHost(host.settings, await host.enter());

    expect(outcome).toMatchObject({
      result: 'stuck',
      because: expect.stringMatching(/^start the old container is refused again and again: .*no such device/),
      recover: "enforce apply --container 'web' (first finishes or undoes run 7f3a)",
    });
    expect(met).toEqual(['web.enforce-fail-7f3a: new, exited, no:0', 'web: old, exited, always:0']);
    expect(resumed?.outcome).toMatchObject({ result: 'rolled-back', because: 'an interrupted change was undone' });
    expect(host.standing()).toEqual(AS_BEFORE);
  });
});

describe('a connection that breaks', () => {
  test.each<[Fault]>([['cut-before'], ['cut-after'], ['cut-mid-body']])(
    'with every call %s once is no reason to give up',
    async (fault) => {
      host = await memoryHost();
      const enforce = await host.enter();
      const cut = new Set<string>();
      host.engine.fault = (call) => {
        const key = call.mutating ? (host.calls().at(-1) ?? '') : call.path;
        if (cut.has(key)) return undefined;
        cut.add(key);
        return /logs$|images/.test(call.path) ? undefined : fault;
      };
      // What is read before the first call that writes may end the change: nothing was begun.
      for (const path of ['/containers/json', `/containers/${host.old.id}/json`]) cut.add(path);

      const outcome = await applyChange(host.change, host.settings, enforce);

      expect(outcome.result).toBe('applied');
      expect(host.standing()).toEqual(AS_PLANNED);
    },
  );

  test('and stays broken leaves the host for a person, and resume brings it to its end', async () => {
    host = await memoryHost();
    const enforce = await host.enter();
    host.engine.fault = () => (host.calls().at(-1) === 'stop old' ? 'cut-after' : undefined);
    const outcome = await applyChange(host.change, host.settings, enforce);

    host.engine.fault = () => undefined;
    const [resumed] = await resumeHost(host.settings, await host.enter());

    expect(outcome).toMatchObject({
      result: 'stuck',
      because: expect.stringMatching(/^stop the old container: /),
      recover: expect.stringContaining('enforce apply'),
    });
    expect(enforce.clock.now()).toBeGreaterThan(90_000);
    expect(resumed?.outcome.result).toBe('applied');
    expect(host.standing()).toEqual(AS_PLANNED);
  });

  test('for as long as an engine takes to start again does no harm', async () => {
    host = await memoryHost();
    const enforce = await host.enter();
    let away = 15;
    host.engine.fault = () => (host.calls().at(-1) === 'rename new web' && away-- > 0 ? 'cut-before' : undefined);

    const outcome = await applyChange(host.change, host.settings, enforce);

    expect(outcome.result).toBe('applied');
    expect(host.standing()).toEqual(AS_PLANNED);
  });
});

describe('a journal that cannot be written', () => {
  const failsAt = (isFull: (line: number) => boolean): (() => void) => {
    let lines = 0;
    return () => {
      if (isFull(++lines)) throw new EnforceError('journal', 'the journal cannot be written: no space left on device');
    };
  };

  // Lines 2, 4, 6, … tell of calls, the first of the lock: that one is not made when its line is not written.
  test.each([1, 2, 5, 9])('from line %i on ends the run before any further call', async (line) => {
    host = await memoryHost();
    const enforce = await host.enter();
    const journal = { ...enforce.journal, write: failsAt((written) => written >= line) };

    const failure = await failureOf(() => applyChange(host.change, host.settings, { ...enforce, journal }));

    expect(failure.code).toBe('journal');
    expect(host.calls()).toHaveLength(Math.max(0, Math.floor((line - 1) / 2) - 1));
  });

  test('once is a case for a person, as nothing is done on the strength of a lost line', async () => {
    host = await memoryHost();
    const enforce = await host.enter();
    const journal = { ...enforce.journal, write: failsAt((written) => written === 6) };

    const outcome = await applyChange(host.change, host.settings, { ...enforce, journal });

    expect(outcome).toMatchObject({ result: 'stuck', because: expect.stringContaining('no space left on device') });
    expect(host.calls()).toEqual(['create web.enforce-new-7f3a']);
  });
});

/** Does something on the host right after a call, once. */
function meanwhile(call: string, happens: () => void): void {
  host.engine.afterEach = () => {
    if (host.calls().at(-1) !== call) return;
    host.engine.afterEach = () => undefined;
    happens();
  };
}
