import { test } from '@jest/globals';
import fc from 'fast-check';
import { ALL_CAPABILITIES, effectiveCapabilities } from '../../src/model/capabilities.ts';
import { STRENGTH } from '../../src/model/evidence-strength.ts';
import type { CapabilityUse, Observation } from '../../src/model/observation.ts';
import type { CapabilitySettings, ContainerCapabilities } from '../../src/model/playbook.ts';
import type { ProcessFacts } from '../../src/model/runtime.ts';
import { weighEvidence } from '../../src/plan/weigh-evidence.ts';
import { aProcessOf, aRuntime, sameIds } from '../support/a-runtime.ts';
import { aWatch, anUnknown, choiceOf, keptIn } from '../support/watched.ts';

const capability = fc.constantFrom(...ALL_CAPABILITIES);
const list = fc.option(fc.uniqueArray(fc.constantFrom('ALL', ...ALL_CAPABILITIES), { maxLength: 5 }), { nil: null });

const use: fc.Arbitrary<CapabilityUse> = fc.record({
  capability,
  phase: fc.constantFrom('start', 'run'),
  program: fc.string({ maxLength: 15 }),
  call: fc.option(fc.constantFrom('setuid', 'capset', 'mmap', 'bind', 'mlock', 'prlimit64')),
  times: fc.nat(),
});

const observation: fc.Arbitrary<Observation> = fc
  .record({
    seconds: fc.nat(),
    sawStart: fc.boolean(),
    sawStop: fc.boolean(),
    lostEvents: fc.nat({ max: 2 }),
    blindSpots: fc.array(fc.string(), { maxLength: 1 }),
    uses: fc.array(use, { maxLength: 6 }),
    refusals: fc.array(use, { maxLength: 3 }),
    declared: fc.array(fc.record({ capability, program: fc.string({ maxLength: 3 }) }), { maxLength: 4 }),
    refusedChroots: fc.array(fc.string(), { maxLength: 1 }),
  })
  .map(aWatch);

const facts: fc.Arbitrary<ProcessFacts> = fc
  .record({
    pid: fc.constantFrom(4711, 20, 21),
    parent: fc.constantFrom(1, 4711, 20),
    name: fc.constantFrom('sshd', 'node', 'cron', 'init'),
    userIds: fc.constantFrom(0, 33).map(sameIds),
    permitted: fc.uniqueArray(capability, { maxLength: 4 }),
    bounding: fc.uniqueArray(capability, { minLength: 3 }),
  })
  .map((different) => aProcessOf(different.name, different));

const settings: fc.Arbitrary<Partial<CapabilitySettings>> = fc.record({
  mode: fc.constantFrom('equivalent', 'minimal', 'cautious'),
  instead: fc.subarray(['sysctl', 'ulimit', 'user'] as const),
  containers: fc.array(
    fc
      .record({
        mode: fc.constantFrom('auto', 'pin'),
        add: fc.uniqueArray(capability, { maxLength: 3 }),
        floor: fc.uniqueArray(capability, { maxLength: 1 }),
        never: fc.uniqueArray(capability, { maxLength: 2 }),
        isUnprivileged: fc.boolean(),
      })
      .map(
        (different): ContainerCapabilities => ({ match: {}, allowAdd: [], reason: 'x', source: 'x:1', ...different }),
      ),
    { maxLength: 1 },
  ),
});

test('whatever was given, seen, read and written, nothing is kept that is not held today', () => {
  fc.assert(
    fc.property(
      fc.record({ CapAdd: list, CapDrop: list, Privileged: fc.boolean() }),
      fc.constantFrom('', '1000'),
      fc.array(observation, { maxLength: 2 }),
      fc.array(facts, { maxLength: 4 }),
      settings,
      (hostConfig, User, observations, processes, playbook) => {
        const given = anUnknown({ HostConfig: hostConfig, Config: { User } }, aRuntime({ processes }));
        const today = effectiveCapabilities(hostConfig).names;

        const choice = choiceOf(given, { observations }, playbook);

        if (!choice.ok) return choice.because !== '' && choice.hint !== '';
        const added = choice.edits.find(({ path }) => path === 'HostConfig.CapAdd')?.after ?? [];
        return [...keptIn(choice), ...(added as readonly string[])].every((name) => today.includes(name));
      },
    ),
    { numRuns: 2000 },
  );
});

test('whatever the evidence, what stands or falls together does, and each capability that is held is told of once', () => {
  const evidence = fc.array(
    fc.record(
      {
        capability,
        class: fc.constantFrom(...STRENGTH),
        because: fc.string(),
        allOrNone: fc.uniqueArray(capability, { minLength: 2, maxLength: 3 }),
      },
      { requiredKeys: ['capability', 'class', 'because'] },
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(fc.uniqueArray(capability), evidence, (held, reasons) => {
      const decisions = weighEvidence(held, reasons, () => 'nothing speaks for it');
      const kept = keptIn({ decisions });
      const torn = reasons.filter(({ allOrNone = [] }) => {
        const own = allOrNone.filter((name) => held.includes(name));
        return own.some((name) => kept.includes(name)) && !own.every((name) => kept.includes(name));
      });
      return torn.length === 0 && String(decisions.map((one) => one.capability)) === String(held);
    }),
    { numRuns: 2000 },
  );
});
