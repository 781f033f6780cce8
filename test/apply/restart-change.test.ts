import { afterEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { Operation } from '../../src/model/plan.ts';
import type { MemoryHost, Process, ServiceOptions } from '../support/memory-host.ts';
import { memoryHost, serving } from '../support/memory-host.ts';

const AS_BEFORE = ['web: old, running, always:0'];
const CHANGED = ['web.enforce-bak-7f3a: old, exited, no:0', 'web: new, running, always:0'];

let host: MemoryHost;
let enforce: Process;
const arrange = async (options: ServiceOptions = {}): Promise<void> => {
  host = await memoryHost({ networks: ['front'], restartTrial: 'always', ...options });
  enforce = await host.enter();
};
const apply = (different: Partial<HostTools> = {}): Promise<Outcome> =>
  applyChange(host.change, host.settings, { ...enforce, ...different });
afterEach(() => host.close());

describe('a new container that is tried by a restart', () => {
  test('is stopped and started once, after it was found well and before the old one is put aside', async () => {
    await arrange();

    const outcome = await apply();

    expect(outcome.result).toBe('applied');
    expect(host.calls().slice(-5)).toEqual([
      'rename new web',
      'start new',
      'stop new',
      'start new',
      'rename old web.enforce-bak-7f3a',
    ]);
    expect(host.standing()).toEqual(CHANGED);
    expect(decisions()).toEqual(['verified', 'verified']);
  });

  test('is tried before its dependant is started, which is tried by itself', async () => {
    await arrange({ sidecar: serving({ listens: [] }) });

    await apply();

    const made = enforce.journal.entries.flatMap((entry) =>
      entry.event === 'operation' && ['start', 'stop'].includes(entry.operation)
        ? [`${entry.container} ${entry.operation}`]
        : [],
    );
    expect(made).toEqual([
      ...['sidecar stop', 'web stop', 'web start', 'web stop', 'web start'],
      ...['sidecar start', 'sidecar stop', 'sidecar start'],
    ]);
  });

  test('is away while it is tried, and that counts', async () => {
    await arrange();
    const untried = await memoryHost({ networks: ['front'] });

    const [outcome, short] = [
      await apply(slow({ 'start new': 1000 })),
      await applyChange(untried.change, untried.settings, await untried.enter()),
    ];

    await untried.close();
    expect(downtimeOf(outcome)).toBeGreaterThanOrEqual(downtimeOf(short) + 1000);
  });

  test('and takes longer to stop than the old one is taken back', async () => {
    await arrange();

    const outcome = await apply(slow({ 'stop new': 10_000 }));

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: 'it takes 10.0 s to stop, and the old one took 0.0 s',
    });
    expect(host.standing()).toEqual(AS_BEFORE);
  });

  test('and stops as slowly as the old one did is kept', async () => {
    await arrange();

    const outcome = await apply(slow({ 'stop new': 10_000, 'stop old': 9_000 }));

    expect(outcome.result).toBe('applied');
  });

  test('and ends with another code than the old one is taken back', async () => {
    await arrange({ afterwards: serving({ exitCodeWhenStopped: 137 }) });

    const outcome = await apply();

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: 'when stopped it ends with code 137, and the old one with 0',
    });
    expect(host.standing()).toEqual(AS_BEFORE);
  });

  test('and does not come up again is taken back', async () => {
    await arrange({ restart: { Name: 'no' } });
    let starts = 0;
    host.engine.fault = (call) => {
      const isStart = call.path.endsWith('/start') && !call.path.includes(host.old.id);
      return isStart && ++starts === 2 ? { status: 500, message: 'no space left on device' } : undefined;
    };

    const outcome = await apply();

    expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringContaining('no space left') });
    expect(host.standing()).toEqual(['web: old, running, no:0']);
  });

  test('is tried again when nobody can tell whether it was stopped', async () => {
    await arrange();
    let isLost = false;
    host.engine.fault = (call) => {
      if (isLost || !call.path.endsWith('/stop') || call.path.includes(host.old.id)) return undefined;
      isLost = true;
      return 'cut-after';
    };

    const outcome = await apply();

    expect(outcome.result).toBe('applied');
    expect(host.calls().filter((call) => call === 'stop new')).toHaveLength(2);
  });
});

/** Calls that take so long, in milliseconds of the clock. */
function slow(delays: Readonly<Record<string, number>>): Pick<HostTools, 'engine'> {
  const wait = async (operation: Operation): Promise<void> => {
    if (operation.kind !== 'stop' && operation.kind !== 'start') return;
    const which = operation.id === host.old.id ? 'old' : 'new';
    await enforce.clock.delay(delays[`${operation.kind} ${which}`] ?? 0);
  };
  return {
    async engine(): Promise<Engine> {
      const engine = await enforce.engine();
      return {
        ...engine,
        async run(operation) {
          await engine.run(operation);
          await wait(operation);
        },
      };
    },
  };
}

function downtimeOf(outcome: Outcome): number {
  return outcome.result === 'applied' ? (outcome.downtimeMilliseconds ?? 0) : -1;
}

function decisions(): readonly string[] {
  return enforce.journal.entries.flatMap((entry) => (entry.event === 'decided' ? [entry.decision] : []));
}
