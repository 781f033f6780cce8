import { afterEach, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import { NOTHING } from '../support/memory-engine/images.ts';
import { exits } from '../support/memory-engine/program.ts';
import type { MemoryHost } from '../support/memory-host.ts';
import { memoryHost } from '../support/memory-host.ts';

let host: MemoryHost;
afterEach(() => host.close());

test('a removal that the engine takes its time for is waited for, and no case for a person', async () => {
  host = await memoryHost({ afterwards: exits(1)(NOTHING) });
  let refusals = 8;
  host.engine.fault = ({ method, path }) =>
    method === 'DELETE' && refusals-- > 0
      ? { status: 409, message: `removal of container ${path.split('/')[2] ?? ''} is already in progress` }
      : undefined;

  const outcome = await applyChange(host.change, host.settings, await host.enter());

  expect(outcome.result).toBe('rolled-back');
  expect(host.standing()).toEqual(['web: old, running, always:0']);
});
