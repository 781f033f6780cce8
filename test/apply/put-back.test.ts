import { afterEach, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import { resumeHost } from '../../src/apply/apply-host.ts';
import { NOTHING } from '../support/memory-engine/images.ts';
import { exits } from '../support/memory-engine/program.ts';
import type { MemoryHost } from '../support/memory-host.ts';
import { memoryHost } from '../support/memory-host.ts';

let host: MemoryHost;
afterEach(() => host.close());

test('an old container that exits when it is put back is started once and is a case for a person', async () => {
  host = await memoryHost({ afterwards: exits(1)(NOTHING) });
  host.engine.afterEach = ({ path }) => {
    if (path.endsWith(`${host.old.id}/start`)) host.old.phase = 'exited';
  };

  const outcome = await applyChange(host.change, host.settings, await host.enter());

  expect(outcome).toMatchObject({
    result: 'stuck',
    because: expect.stringMatching(/^the old container was put back and started, and exited with code /),
    recover: 'docker logs web tells why it does not stay up',
  });
  expect(host.calls().filter((call) => call === 'start old')).toHaveLength(1);
  expect(host.standing()).toEqual(['web: old, exited, always:0']);
});

test('what a run left that another overtook is taken away, and nothing of the other is touched', async () => {
  host = await memoryHost();
  let creates = 0;
  host.engine.fault = ({ path, mutating }) => {
    if (path === '/containers/create') creates++;
    else if (mutating && creates > 0) return 'cut-before';
    return undefined;
  };
  const overtaken = await applyChange(host.change, host.settings, await host.enter('8c1d'));
  host.engine.fault = () => undefined;
  const winner = await applyChange(host.change, host.settings, await host.enter());

  const [resumed] = await resumeHost(host.settings, await host.enter());

  expect([overtaken.result, winner.result]).toEqual(['stuck', 'applied']);
  expect(resumed?.outcome).toMatchObject({
    because: expect.stringContaining('run 7f3a changed this container at the same time, and was first'),
  });
  expect(host.standing()).toEqual(['web.enforce-bak-7f3a: old, exited, no:0', 'web: new, running, always:0']);
});
