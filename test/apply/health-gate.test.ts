import { describe, expect, test } from '@jest/globals';
import type { Baseline } from '../../src/apply/baseline.ts';
import type { GateContext, Verdict } from '../../src/apply/health-gate.ts';
import { passGate } from '../../src/apply/health-gate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { ContainerInspect, ContainerState } from '../../src/model/snapshot.ts';
import { aProcessOf, aRuntime } from '../support/a-runtime.ts';
import { inspectOf } from '../support/containers.ts';
import { engineOf } from '../support/engine-of.ts';
import { fakeClock } from '../support/fake-clock.ts';

const GATE = { healthyForSeconds: 10, deadlineSeconds: 60, onFailure: 'rollback', restartTrial: 'auto' } as const;
const PORTS = {
  '80/tcp': [{ HostIp: '', HostPort: '8080' }],
  '53/udp': [{ HostIp: '', HostPort: '8053' }],
  '90/tcp': null,
};

function web(State: Partial<ContainerState> = {}, RestartCount = 0): ContainerInspect {
  return { ...inspectOf('web', { State, NetworkSettings: { Ports: PORTS } }), RestartCount };
}

function healthy(Status: string): Partial<ContainerState> {
  return { Health: { Status } };
}

function before(different: Partial<Baseline> = {}): Baseline {
  return {
    health: undefined,
    ports: new Map([['80/tcp', 'answers']]),
    fingerprints: new Map(),
    log: '',
    identities: { known: false, because: 'nobody looked' },
    openPorts: [],
    facts: undefined,
    ...different,
  };
}

/** Shows the gate one look after the other, the last one for ever. */
async function gate(
  looks: readonly (ContainerInspect | undefined)[],
  { log = '', ...different }: Partial<GateContext> & { readonly log?: string } = {},
): Promise<{ readonly verdict: Verdict; readonly seconds: number; readonly probed: readonly number[] }> {
  const clock = fakeClock();
  const probed: number[] = [];
  let look = 0;
  const engine: Engine = {
    ...engineOf([]),
    inspect: () => Promise.resolve(looks[Math.min(look++, looks.length - 1)]),
    logs: () => Promise.resolve(log),
    run: () => Promise.reject(new Error('the gate changes nothing')),
  };
  const verdict = await passGate({
    engine,
    id: web().Id,
    baseline: before(),
    publishers: [{ id: web().Id, baseline: 'baseline' in different ? different.baseline : before() }],
    gate: GATE,
    clock,
    probe(_ip, port) {
      probed.push(port);
      return Promise.resolve('answers');
    },
    closer: {
      look: () => Promise.resolve({ worse: undefined, notYet: undefined, absent: [] }),
      unseen: () => [],
      looks: () => ['G3'],
    },
    refusals: () => Promise.resolve(undefined),
    power: { taken: [], powered: [] },
    decisive: [],
    onAnswer: () => undefined,
    ...different,
  });
  return { verdict, seconds: Math.floor(clock.now() / 1000), probed: [...new Set(probed)] };
}

describe('the gate lets a container pass', () => {
  test('as soon as it is healthy and answers', async () => {
    const { verdict, seconds } = await gate([web(healthy('starting')), web(healthy('healthy'))]);

    expect(verdict).toEqual({
      passed: true,
      because: 'healthy',
      answers: [8080],
      unseen: [],
      bears: [],
      looks: expect.arrayContaining(['G1', 'G3']),
    });
    expect(seconds).toBe(0);
  });

  test('without a health check when it has been up for a while; only published tcp ports are asked', async () => {
    const { verdict, seconds, probed } = await gate([web()]);

    expect(verdict).toMatchObject({ passed: true, because: 'up and answering' });
    expect(seconds).toBe(10);
    expect(probed).toEqual([8080]);
  });

  test.each<[string, Partial<GateContext>, ContainerInspect]>([
    [
      'a port was silent before',
      { baseline: before({ ports: new Map([['80/tcp', 'silent']]) }), probe: silent },
      web(),
    ],
    ['nobody can tell whether a port answers', { probe: () => Promise.resolve('unknown') }, web()],
    ['it was unhealthy before', { baseline: before({ health: 'unhealthy' }) }, web(healthy('unhealthy'))],
    ['nobody remembers how it did before', { baseline: undefined }, web()],
  ])('that is no worse: %s', async (_why, different, look) => {
    const { verdict, seconds } = await gate([look], different);

    expect(verdict.passed).toBe(true);
    expect(seconds).toBe(10);
  });

  test('with complaints that nobody can compare with earlier ones', async () => {
    const { verdict } = await gate([web()], { baseline: undefined, log: 'chown: Operation not permitted' });

    expect(verdict.passed).toBe(true);
  });
});

describe('a program that has not come again at the deadline', () => {
  const MASTER = aProcessOf('master', { pid: 1, startedAt: 10 });
  const HELPER = aProcessOf('smtpd', { pid: 7, startedAt: 500 });
  const SMTPD = { name: 'smtpd', userId: 101, groupId: 102, groups: [] };
  const nothing = { refusals: [], refusedPrograms: [], refusedChroots: [] };
  const refusals = { ...nothing, lostEvents: 0, whole: { ...nothing, refusedSets: [], programs: [] } };
  const lacking: Partial<GateContext> = {
    closer: {
      look: () => Promise.resolve({ worse: undefined, notYet: 'smtpd does not run', absent: [SMTPD] }),
      unseen: () => [],
      looks: () => ['G3', 'G5'],
    },
    refusals: () => Promise.resolve(refusals),
    baseline: before({ facts: aRuntime({ processes: [MASTER, HELPER] }) }),
  };

  test('is told and done without where the kernel refused nothing; who runs counts as not looked at', async () => {
    const { verdict, seconds } = await gate([web()], lacking);

    expect(verdict).toMatchObject({
      passed: true,
      bears: ['smtpd as 101:102, which nothing has started yet, and nothing was refused'],
      looks: expect.not.arrayContaining(['G5']),
    });
    expect(seconds).toBe(60);
  });

  test.each<[string, string, Partial<GateContext> & { readonly log?: string }]>([
    ['nobody watched', 'after 60 s smtpd does not run', { refusals: () => Promise.resolve(undefined) }],
    ['a port is silent', 'after 60 s nothing answers on its port 8080', { probe: silent }],
    ['its log complains', 'its log has a permission error', { log: 'warning: smtpd: Permission denied' }],
  ])('is missed where %s', async (_why, because, different) => {
    const { verdict } = await gate([web()], { ...lacking, ...different });

    expect(verdict).toMatchObject({ passed: false, because: expect.stringContaining(because) });
  });
});

describe('the gate stops a container', () => {
  test.each<[string, readonly (ContainerInspect | undefined)[]]>([
    ['the new container disappeared', [web(), undefined]],
    [
      'the new container exited with code 3 (oom): last words',
      [web(), web({ Running: false, ExitCode: 3, Error: 'oom' })],
    ],
    [
      'the new container does not stay up (exit code 1, restarted 0 times): last words',
      [web({ Restarting: true, ExitCode: 1 })],
    ],
    ['the new container does not stay up (exit code 0, restarted 2 times): last words', [web(), web({}, 2)]],
    ['the new container is unhealthy: last words', [web(healthy('starting')), web(healthy('unhealthy'))]],
  ])('at once when %s', async (because, looks) => {
    const { verdict, seconds } = await gate(looks, { log: 'first words\nlast words\n\n' });

    expect(verdict).toMatchObject({ passed: false, because });
    expect(seconds).toBe(0);
  });

  test.each<[string, ContainerInspect, Partial<GateContext>]>([
    ['nothing answers on its port 8080', web(), { probe: silent }],
    ['nothing answers on its port 8080', web(healthy('healthy')), { probe: silent, baseline: undefined }],
    ['its health check has not succeeded yet', web(healthy('starting')), {}],
    ['it has not been up for 99 s yet', web(), { gate: { ...GATE, healthyForSeconds: 99 } }],
  ])('at the deadline when %s', async (because, look, different) => {
    const { verdict, seconds } = await gate([look], different);

    expect(verdict).toMatchObject({ passed: false, because: `after 60 s ${because}` });
    expect(seconds).toBe(60);
  });
});

function silent(): Promise<'silent'> {
  return Promise.resolve('silent');
}
