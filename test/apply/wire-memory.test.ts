import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HeldDeadlines } from '../support/held-deadlines.ts';
import { holdDeadlines } from '../support/held-deadlines.ts';
import type { ServiceOptions } from '../support/memory-host.ts';
import { serving } from '../support/memory-host.ts';
import type { WireFault } from '../support/wire.ts';
import { WIRE_FAULTS } from '../support/wire.ts';
import type { WireScenario } from '../support/wire-host.ts';
import { change, overTheWire, rollBack } from '../support/wire-host.ts';

const SERVICE: ServiceOptions = { healthcheck: true, networks: ['front', 'back'] };
const BROKEN: ServiceOptions = { ...SERVICE, afterwards: serving({ health: 'unhealthy', listens: [] }) };
const SCENARIOS: readonly [string, WireScenario][] = [
  ['a change that goes well', { options: SERVICE, work: change }],
  ['a change that does not', { options: BROKEN, work: change }],
  ['a rollback', { options: SERVICE, before: change, work: rollBack }],
];
/** `ENFORCE_MISHAPS=all` makes it a long run. */
const IS_LONG = process.env['ENFORCE_MISHAPS'] === 'all';
/** A busy machine is no failure. */
const TIMEOUT = 300_000;

let deadlines: HeldDeadlines;
beforeEach(() => {
  deadlines = holdDeadlines();
});
afterEach(() => deadlines.release());

describe.each(WIRE_FAULTS)('a call of which %s', (fault) => {
  test.each(SCENARIOS)(
    'is no harm to %s, whichever call it is',
    async (_what, scenario) => {
      expect(await everyCall(fault, scenario)).toEqual([]);
    },
    TIMEOUT,
  );
});

describe('any faults at a quarter of all calls', () => {
  const anyFault = fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...WIRE_FAULTS) },
  );
  // Some calls pass first: nothing is begun when the first look fails.
  const anyFaults = fc.array(anyFault, { minLength: 90, maxLength: 90 });

  test.each(SCENARIOS)(
    'leave %s where it is told to be, and a clean resume brings it to an end',
    async (_what, scenario) => {
      const property = fc.asyncProperty(fc.nat(12), anyFaults, async (sound, faults) => {
        const { wrong } = await overTheWire(scenario, deadlines, (index) => faults[index - sound]);
        expect(wrong).toEqual([]);
      });

      await fc.assert(property, { numRuns: IS_LONG ? 40 : 15 });
    },
    TIMEOUT,
  );
});

/**
 * Lets the fault meet a third of the calls that write, and an eighth of those that read, on a host of its own. Which ones
 * differs from fault to fault, so that every call is met by some. In a long run it meets each call that writes.
 */
async function everyCall(fault: WireFault, scenario: WireScenario): Promise<readonly string[]> {
  const { calls } = await overTheWire(scenario, deadlines, () => undefined);
  const wrong: string[] = [];
  const turn = WIRE_FAULTS.indexOf(fault);
  for (const [at, call] of calls.entries()) {
    const share = !call.writes ? 8 : IS_LONG ? 1 : 3;
    if (at % share !== turn % share) continue;
    const end = await overTheWire(scenario, deadlines, (index) => (index === at ? fault : undefined));
    // One fault alone is no reason to call for a person.
    const rows = end.told.startsWith('stuck') ? [...end.wrong, `told ${end.told}`] : end.wrong;
    wrong.push(...rows.map((row) => `at call ${at}, ${call.kind}: ${row}`));
  }
  return wrong;
}
