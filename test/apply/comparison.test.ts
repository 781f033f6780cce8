import { afterEach, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { MemoryHost } from '../support/memory-host.ts';
import { memoryHost } from '../support/memory-host.ts';

let host: MemoryHost;
afterEach(() => host.close());

test.each(['stop old', 'restart-policy old no', 'rename new web'])(
  'what somebody changes of the old one right after "%s" is not lost: the old one goes on with it',
  async (call) => {
    host = await memoryHost();
    let isDone = false;
    host.engine.afterEach = () => {
      if (isDone || host.calls().at(-1) !== call) return;
      isDone = true;
      host.old.hostConfig = { ...host.old.hostConfig, Memory: 268_435_456 };
    };

    const outcome = await applyChange(host.change, host.settings, await host.enter());

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: 'the new container would differ in more than planned: HostConfig.Memory',
    });
    expect(host.standing()).toEqual(['web: old, running, always:0']);
    expect(host.old.hostConfig['Memory']).toBe(268_435_456);
  },
);
