import { afterEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { GateTrial } from '../../src/apply/gate-trial.ts';
import type { HostTools, Refusals, RefusalWatch } from '../../src/apply/tools.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { MemoryHost, Process, ServiceOptions } from '../support/memory-host.ts';
import { memoryHost, serving } from '../support/memory-host.ts';

const SOAK_SECONDS = 600;

let host: MemoryHost;
let enforce: Process;
const arrange = async (options: ServiceOptions = {}): Promise<void> => {
  host = await memoryHost({ networks: ['front'], ...options });
  const gate = { ...host.settings.gate, soakSeconds: SOAK_SECONDS };
  host = { ...host, settings: { ...host.settings, gate } };
  enforce = await host.enter();
};
const apply = (different: Partial<HostTools> = {}, settings: Partial<MemoryHost['settings']> = {}): Promise<Outcome> =>
  applyChange(host.change, { ...host.settings, ...settings }, { ...enforce, ...different });
afterEach(() => host.close());

describe('a new container that is to be watched for a while', () => {
  test('is looked at once more after that time, and counts then', async () => {
    await arrange();
    const begun = enforce.clock.now();
    const trials: GateTrial[] = [];
    const learn = (some: readonly GateTrial[]): Promise<void> => {
      trials.push(...some);
      return Promise.resolve();
    };
    const edits = [...host.change.edits, { path: 'HostConfig.CapAdd', before: null, after: [] }];
    host = { ...host, change: { ...host.change, edits } };

    const outcome = await apply({}, { learn });

    expect(outcome.result).toBe('applied');
    expect(enforce.clock.now() - begun).toBeGreaterThan(SOAK_SECONDS * 1000);
    expect(trials[0]?.looks).toContain('G9');
  });

  test('is taken back when it ends meanwhile, without waiting for the rest of the time', async () => {
    await arrange({ restart: { Name: 'no' } });
    const begun = enforce.clock.now();
    const emit: HostTools['emit'] = ({ text }) => {
      const web = text.startsWith('watching it') ? host.engine.find('web') : undefined;
      if (web) web.phase = 'exited';
    };

    const outcome = await apply({ emit });

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringMatching(/^looked at once more: the new container exited/),
    });
    expect(enforce.clock.now() - begun).toBeLessThan(SOAK_SECONDS * 1000);
    expect(host.standing()).toEqual(['web: old, running, no:0']);
  });

  test('is taken back for what the kernel refused it meanwhile', async () => {
    await arrange();
    const edits = [...host.change.edits, { path: 'HostConfig.CapAdd', before: null, after: [] }];
    const widening = { refused: ['NET_RAW'], safe: ['NET_RAW'], decisive: ['NET_RAW'] };
    host = { ...host, change: { ...host.change, edits, widening } };
    const begun = enforce.clock.now();
    const late = (): boolean => enforce.clock.now() - begun > (SOAK_SECONDS * 1000) / 2;

    const outcome = await apply(refusing(late));

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringMatching(/^looked at once more: the kernel refused NET_RAW to web \(socket\)/),
    });
  });

  test('waits together with what holds on to it, and once', async () => {
    await arrange({ sidecar: serving({ listens: [] }) });
    const begun = enforce.clock.now();

    const outcome = await apply();

    expect(outcome.result).toBe('applied');
    expect(enforce.clock.now() - begun).toBeLessThan(2 * SOAK_SECONDS * 1000);
    expect(steps()).toEqual(['web stop', 'sidecar start']);
  });

  test('waits after its restart, not before', async () => {
    await arrange({ restartTrial: 'always' });
    const texts: string[] = [];

    await apply({ emit: ({ text }) => texts.push(text) });

    const waits = texts.flatMap((text, at) => (text.startsWith('watching it for') ? [at] : []));
    expect(waits).toHaveLength(1);
    expect(texts.slice(waits[0]).some((text) => text.startsWith('start'))).toBe(false);
  });

  test('is not waited for once somebody wants the run to end, and that is told', async () => {
    await arrange();

    const outcome = await apply({}, { isInterrupted: () => true });

    expect(outcome).toMatchObject({
      result: 'applied',
      notes: expect.arrayContaining(['not watched for 600 s more: the run was interrupted']),
    });
  });
});

/** A kernel that refuses NET_RAW from a moment on. */
function refusing(isLate: () => boolean): Pick<HostTools, 'watchRefusals'> {
  const none: Refusals = { refusals: [], refusedPrograms: [], refusedChroots: [], lostEvents: 0 };
  const one: Refusals = {
    ...none,
    refusals: [{ capability: 'NET_RAW', phase: 'run', program: 'web', call: 'socket', times: 1 }],
  };
  const watch: RefusalWatch = {
    starts: () => Promise.resolve(),
    started: () => undefined,
    seen: () => Promise.resolve(isLate() ? one : none),
    stop: () => Promise.resolve(),
  };
  return { watchRefusals: () => Promise.resolve(watch) };
}

/** What was stopped last before the wait, and started last. */
function steps(): readonly string[] {
  const made = enforce.journal.entries.flatMap((entry) =>
    entry.event === 'operation' && ['start', 'stop'].includes(entry.operation)
      ? [`${entry.container} ${entry.operation}`]
      : [],
  );
  return [made.findLast((text) => text.endsWith('stop')) ?? '', made.at(-1) ?? ''];
}
