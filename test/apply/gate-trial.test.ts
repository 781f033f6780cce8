import { afterEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { GateTrial } from '../../src/apply/gate-trial.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import type { Change } from '../../src/model/plan.ts';
import { EXITS, losingNetRaw, WORDLESS } from '../support/losing-net-raw.ts';
import type { Conduct } from '../support/memory-engine/program.ts';
import type { MemoryHost, Process } from '../support/memory-host.ts';
import { serving } from '../support/memory-host.ts';

let host: MemoryHost;
let enforce: Process;
const arrange = async (afterwards: Conduct): Promise<void> => {
  ({ host, enforce } = await losingNetRaw(afterwards));
};
afterEach(() => host.close());

/** A kernel that refuses NET_RAW to whatever container has none. */
const refusingNetRaw: Pick<HostTools, 'watchRefusals'> = {
  watchRefusals({ HostConfig }) {
    const NET_RAW = { capability: 'NET_RAW', phase: 'start', program: 'web', call: 'socket', times: 1 } as const;
    const refusals = HostConfig.CapAdd?.includes('NET_RAW') ? [] : [NET_RAW];
    return Promise.resolve({
      starts: () => Promise.resolve(),
      started: () => undefined,
      seen: () => Promise.resolve({ refusals, refusedPrograms: [], refusedChroots: [], lostEvents: 0 }),
      stop: () => Promise.resolve(),
    });
  },
};

describe('what a change tells of sets of capabilities', () => {
  const told = async (different: Partial<Change> = {}): Promise<readonly string[]> => {
    const trials: GateTrial[] = [];
    const learn = (some: readonly GateTrial[]): Promise<void> => {
      trials.push(...some);
      return Promise.resolve();
    };
    await applyChange({ ...host.change, ...different }, { ...host.settings, learn }, enforce);
    return trials.map(({ container, result, set, looks }) => [container, result, ...set, ...looks].join(' '));
  };
  const power = (): Partial<Change> => ({ edits: host.change.edits.filter(({ path }) => path.includes('Cap')) });

  test('is which failed and which passed, with the looks that were made', async () => {
    await arrange(EXITS);

    expect(await told()).toEqual(['web failed', 'web passed NET_RAW G1 G2 G4 G6']);
  });

  test('has what the kernel refused to the set that failed', async () => {
    await arrange(serving());
    const trials: GateTrial[] = [];
    const learn = (some: readonly GateTrial[]) => Promise.resolve(void trials.push(...some));

    await applyChange(host.change, { ...host.settings, learn }, { ...enforce, ...refusingNetRaw });

    expect(trials.map(({ result, refused }) => [result, ...refused])).toEqual([['failed', 'NET_RAW'], ['passed']]);
  });

  test('has the restart that it was tried by, and how it ended', async () => {
    await arrange(serving());
    host = { ...host, settings: { ...host.settings, gate: { ...host.settings.gate, restartTrial: 'always' } } };

    expect(await told()).toEqual(['web passed G1 G2 G4 G6 G8']);
  });

  test('is that all of them failed, where nothing but capabilities was changed', async () => {
    await arrange(WORDLESS);

    expect(await told(power())).toEqual(['web failed', 'web failed CHOWN KILL']);
  });

  test('is nothing where something else was changed too, and nothing tells of a capability', async () => {
    await arrange(WORDLESS);

    expect(await told()).toEqual([]);
  });

  test('is nothing of a set that needs another setting beside it', async () => {
    await arrange(serving());
    const sysctl = { path: 'HostConfig.Sysctls', before: null, after: { 'net.ipv4.ip_unprivileged_port_start': '0' } };

    expect(await told({ edits: [...host.change.edits, sysctl] })).toEqual([]);
  });

  test('is nothing where it was never begun', async () => {
    await arrange(serving());
    const stale = { ready: false, because: 'stale' } as const;
    host = { ...host, settings: { ...host.settings, preflight: () => Promise.resolve(stale) } };

    expect(await told()).toEqual([]);
  });
});
