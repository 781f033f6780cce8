import { afterEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { HostTools, Refusals, RefusalWatch } from '../../src/apply/tools.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { Change } from '../../src/model/plan.ts';
import type { Conduct } from '../support/memory-engine/program.ts';
import type { MemoryHost, Process } from '../support/memory-host.ts';
import { serving } from '../support/memory-host.ts';
import { EXITS, losingNetRaw, WIDENING, WORDLESS } from '../support/losing-net-raw.ts';

const AS_BEFORE = ['web: old, running, always:0'];
const UNSEEN = 'not looked at: who its processes are (nobody could look)';

let host: MemoryHost;
let enforce: Process;
const arrange = async (afterwards: Conduct, different: Partial<Change> = {}): Promise<void> => {
  ({ host, enforce } = await losingNetRaw(afterwards, different));
};
const apply = (different: Partial<HostTools> = {}): Promise<Outcome> =>
  applyChange(host.change, host.settings, { ...enforce, ...different });
afterEach(() => host.close());

describe('a change whose new container lacks a capability', () => {
  test('is made once more with what its log tells of, and says so', async () => {
    await arrange(EXITS);

    const outcome = await apply();

    expect(outcome).toMatchObject({
      result: 'applied',
      notes: [
        UNSEEN,
        expect.stringMatching(/^keeps NET_RAW: its log reads as if it lacks NET_RAW \(first try: .*not permitted\)$/),
      ],
    });
    expect(kept()).toEqual(['NET_RAW']);
    expect(decisions()).toEqual(['roll-back', 'widen', 'verified']);
    expect(host.calls().filter((call) => call.startsWith('create'))).toHaveLength(2);
  });

  test('is made once more with the safe set when nothing tells, and then taken back', async () => {
    await arrange(WORDLESS);

    const outcome = await apply();

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringMatching(
        /^the new container does not stay up.*; with CHOWN, KILL: the new container does not/,
      ),
    });
    expect(decisions()).toEqual(['roll-back', 'widen', 'roll-back']);
    expect(host.standing()).toEqual(AS_BEFORE);
  });

  test('is held to what the old one did before the first try, not to what it does a moment after it was put back', async () => {
    await arrange(serving({ listens: [] }), { widening: { refused: ['NET_RAW'], safe: ['KILL'] } });
    let looks = 0;
    const probe: HostTools['probe'] = (ip, port) =>
      ++looks === 1 ? Promise.resolve('answers') : enforce.probe(ip, port);

    const outcome = await apply({ probe });

    expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringContaining('nothing answers') });
  });

  test.each<[string, Partial<Change>]>([
    ['a person pinned', { widening: { refused: [], safe: [] } }],
    ['is all that its plan names', { widening: { refused: ['CHOWN'], safe: [] } }],
  ])('is not made with more than %s', async (_which, different) => {
    await arrange(EXITS, different);

    const outcome = await apply();

    expect(outcome.result).toBe('rolled-back');
    expect(host.calls().filter((call) => call.startsWith('create'))).toHaveLength(1);
    expect(host.standing()).toEqual(AS_BEFORE);
  });

  test('is not made once more when the run is to end', async () => {
    await arrange(EXITS);
    const settings = { ...host.settings, isInterrupted: () => true };

    const outcome = await applyChange(host.change, settings, enforce);

    expect(outcome.result).toBe('rolled-back');
    expect(host.standing()).toEqual(AS_BEFORE);
  });

  test('is not made once more for a port that was taken meanwhile', async () => {
    await arrange(EXITS);
    host.engine.store.foreignListeners.add('tcp/0.0.0.0:8080');

    const outcome = await apply();

    expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringContaining('already in use') });
    expect(decisions()).toEqual(['roll-back']);
  });
});

describe('what the kernel refuses', () => {
  const NET_RAW: Refusals = {
    refusals: [{ capability: 'NET_RAW', phase: 'start', program: 'web', call: 'socket', times: 1 }],
    refusedPrograms: [],
    refusedChroots: [],
    lostEvents: 0,
  };
  const NONE: Refusals = { ...NET_RAW, refusals: [] };
  const FOLLOWING = { starts: () => Promise.resolve(), started: () => undefined };

  /** Watches each container; one that has no NET_RAW is refused it. */
  function watching(told: string[]): Pick<HostTools, 'watchRefusals'> {
    return {
      watchRefusals({ HostConfig, State }): Promise<RefusalWatch> {
        told.push(`watch ${State.Status}`);
        const refusals = HostConfig.CapAdd?.includes('NET_RAW') ? NONE : NET_RAW;
        return Promise.resolve({
          ...FOLLOWING,
          seen: () => Promise.resolve(refusals),
          stop() {
            told.push('stop');
            return Promise.resolve();
          },
        });
      },
    };
  }

  test('is watched from before the start on, fails a container that seems well, and is what is kept', async () => {
    await arrange(serving());
    const told: string[] = [];

    const outcome = await apply(watching(told));

    expect(outcome).toMatchObject({
      result: 'applied',
      notes: [
        UNSEEN,
        'keeps NET_RAW: the kernel refused it NET_RAW (first try: the kernel refused NET_RAW to web (socket))',
      ],
    });
    expect(kept()).toEqual(['NET_RAW']);
    expect(told).toEqual(['watch created', 'stop', 'watch created', 'stop']);
  });

  test.each<[string, Partial<Change>]>([
    ['a person pinned the set', { widening: { refused: [], safe: [] } }],
    ['a refusal alone decides nothing', { widening: { ...WIDENING, decisive: [] } }],
  ])('is only told where %s', async (_where, different) => {
    await arrange(serving(), different);

    const outcome = await apply(watching([]));

    expect(outcome).toMatchObject({
      result: 'applied',
      notes: ['it does without: the kernel refused NET_RAW to web (socket)', UNSEEN],
    });
    expect(kept()).toEqual([]);
  });

  test('is told where a container with too small a pin fails for another reason', async () => {
    await arrange(WORDLESS, { widening: { refused: [], safe: [] } });

    const outcome = await apply(watching([]));

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringContaining('; the kernel refused NET_RAW to web (socket)'),
    });
  });

  test('names what is kept where the container fails for another reason', async () => {
    await arrange(WORDLESS, { widening: { ...WIDENING, decisive: [] } });

    const outcome = await apply(watching([]));

    expect(outcome).toMatchObject({
      result: 'applied',
      notes: [UNSEEN, expect.stringContaining('the kernel refused it')],
    });
    expect(kept()).toEqual(['NET_RAW']);
  });

  test('is not watched where the change takes nothing', async () => {
    await arrange(serving(), { edits: host.change.edits.filter(({ path }) => !path.includes('Cap')) });
    const told: string[] = [];

    await apply(watching(told));

    expect(told).toEqual([]);
  });

  const denied = (): Promise<never> => Promise.reject(new Error('tracefs is denied'));

  test.each<[string, NonNullable<HostTools['watchRefusals']>]>([
    ['cannot be watched', denied],
    ['cannot be asked for any more', () => Promise.resolve({ ...FOLLOWING, seen: denied, stop: denied })],
    ['cannot be followed', () => Promise.resolve({ ...FOLLOWING, starts: denied, seen: denied, stop: denied })],
  ])('fails nothing where it %s, and that is told', async (_where, watchRefusals) => {
    await arrange(serving());

    const outcome = await apply({ watchRefusals });

    expect(outcome).toMatchObject({
      result: 'applied',
      notes: ['not looked at: what the kernel refuses (tracefs is denied)', UNSEEN],
    });
  });
});

function kept(): unknown {
  const web = [...host.engine.store.containers.values()].find(({ name }) => name === 'web');
  return web?.hostConfig['CapAdd'];
}

function decisions(): readonly string[] {
  return enforce.journal.entries.flatMap((entry) => (entry.event === 'decided' ? [entry.decision] : []));
}
