import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { describeCreating } from './contract-create.ts';
import { describeFiles } from './contract-files.ts';
import { describeLiving } from './contract-live.ts';
import { describeNetworks } from './contract-network.ts';
import { describeReading } from './contract-read.ts';
import { describeRunning } from './contract-run.ts';
import type { EngineUnderContract, Workbench } from './workbench.ts';
import { workbench } from './workbench.ts';

/**
 * What enforce relies on an engine for, in sentences. The same suite runs against the engine in memory and against a
 * real one, so that what is proven on the first is true of the second.
 */
export function describeEngineContract(name: string, setUp: () => Promise<EngineUnderContract>): void {
  describe(name, () => {
    let bench: Workbench | undefined;
    const at = (): Workbench => {
      if (!bench) throw new Error('the engine was not set up');
      return bench;
    };
    beforeAll(async () => {
      bench = await workbench(await setUp());
      await bench.tidy();
    }, 60_000);
    afterEach(() => bench?.tidy(), 60_000);
    afterAll(() => bench?.close());

    describeReading(at);
    describeCreating(at);
    describeRunning(at);
    describeLiving(at);
    describeNetworks(at);
    describeFiles(at);
  });
}
