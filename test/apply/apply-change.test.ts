import { afterEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { Outcome } from '../../src/model/journal.ts';
import { LOCK_NAME } from '../../src/model/names.ts';
import { start } from '../support/memory-engine/lifecycle.ts';
import type { Conduct } from '../support/memory-engine/program.ts';
import type { MemoryHost, Process, ServiceOptions } from '../support/memory-host.ts';
import { memoryHost, serving } from '../support/memory-host.ts';

const AS_BEFORE = ['web: old, running, always:0'];

let host: MemoryHost;
let volumes: readonly string[];
let enforce: Process;
const arrange = async (options: ServiceOptions = {}): Promise<void> => {
  host = await memoryHost(options);
  enforce = await host.enter();
  volumes = [...host.engine.store.volumes.keys()];
};
const apply = (): Promise<Outcome> => applyChange(host.change, host.settings, enforce);
afterEach(async () => {
  const calls = host.calls();
  const left = [...host.engine.store.volumes.keys()];
  await host.close();
  expect(calls.filter((call) => call.includes('volumes'))).toEqual([]);
  expect(left).toEqual(volumes);
});

describe('a change that goes well', () => {
  test('is made in this order and no other', async () => {
    await arrange({ healthcheck: true });

    const outcome = await apply();

    expect(outcome).toMatchObject({ result: 'applied', kept: 'web.enforce-bak-7f3a', answers: [8080] });
    expect(host.calls()).toEqual([
      'create web.enforce-new-7f3a',
      'connect new back',
      'connect new audit',
      'stop old',
      'restart-policy old no',
      'rename old web.enforce-old-7f3a',
      'rename new web',
      'start new',
      'rename old web.enforce-bak-7f3a',
    ]);
    expect(host.standing()).toEqual(['web.enforce-bak-7f3a: old, exited, no:0', 'web: new, running, always:0']);
  });

  test('connects every network at create where the engine can, and leaves a restart policy alone that is none', async () => {
    await arrange({ restart: { Name: 'no' }, apiVersion: '1.45' });

    await apply();

    expect(host.calls()).toEqual([
      'create web.enforce-new-7f3a',
      'stop old',
      'rename old web.enforce-old-7f3a',
      'rename new web',
      'start new',
      'rename old web.enforce-bak-7f3a',
    ]);
    expect(host.standing()).toEqual(['web.enforce-bak-7f3a: old, exited, no:0', 'web: new, running, no:0']);
  });

  test('is away from the stop of the old one until the new one answers', async () => {
    await arrange();

    const outcome = await apply();

    const downtime = outcome.result === 'applied' ? outcome.downtimeMilliseconds : 0;
    expect(downtime).toBeGreaterThan(0);
    expect(downtime).toBeLessThan(1000);
  });

  test('has each call in the journal before it is made, and its answer after', async () => {
    await arrange({ networks: ['front'] });
    host.engine.afterEach = ({ mutating }) => {
      if (mutating) seen.push(enforce.journal.entries.at(-1)?.event ?? '');
    };
    const seen: string[] = [];

    await apply();

    expect(seen).toEqual(seen.map(() => 'operation'));
    expect(enforce.journal.entries.map(({ event }) => event)).toEqual([
      'change-started',
      ...seen.slice(0, -2).flatMap(() => ['operation', 'answered']),
      'decided',
      ...['operation', 'answered', 'operation', 'answered', 'change-ended'],
    ]);
  });

  test('ends well although somebody starts the old one again meanwhile', async () => {
    await arrange();
    meanwhile('start new', () => start(host.engine.store, host.old, 1.41));

    const outcome = await apply();

    expect(outcome.result).toBe('applied');
    expect(host.calls().slice(-3)).toEqual(['start new', 'stop old', 'rename old web.enforce-bak-7f3a']);
  });
});

describe('a change whose new container does not do', () => {
  const complaint = [{ stream: 'stderr', text: 'web: chown /cache: Operation not permitted' } as const];
  const exits = (afterLooks: number): Conduct => ({ does: 'exit', exitCode: 1, afterLooks, log: complaint });

  test.each<[string, ServiceOptions, RegExp]>([
    ['exits at once', { afterwards: exits(0) }, /does not stay up .*: web: chown/],
    ['exits after a while, again and again', { afterwards: exits(3) }, /does not stay up/],
    ['is unhealthy', { healthcheck: true, afterwards: serving({ health: 'unhealthy' }) }, /^the new container is unh/],
    ['is healthy and silent', { healthcheck: true, afterwards: serving({ listens: [] }) }, /nothing answers.* 8080$/],
    ['complains as the old one never did', { afterwards: serving({ log: complaint }) }, /not there before: web: chown/],
    [
      'is never known to be healthy',
      { healthcheck: true, afterwards: serving({ healthKnownAtLook: 999 }) },
      /after 5 s/,
    ],
  ])('because it %s is taken back', async (_how, options, because) => {
    await arrange(options);

    const outcome = await apply();

    expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringMatching(because) });
    expect(outcome).not.toMatchObject({ downtimeMilliseconds: 0 });
    expect(host.standing()).toEqual(AS_BEFORE);
    expect(decisions()).toEqual(['roll-back']);
  });

  test('because it exits at once and no policy brings it back is taken back', async () => {
    await arrange({ restart: { Name: 'no' }, afterwards: exits(0) });

    const outcome = await apply();

    expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringContaining('exited with code 1') });
    expect(host.standing()).toEqual(['web: old, running, no:0']);
    expect(host.calls().filter((call) => call === 'start new')).toHaveLength(1);
  });

  test('is undone in this order: decided for good first, the new one removed last', async () => {
    await arrange({ networks: ['front'], afterwards: serving({ listens: [] }) });

    await apply();

    expect(host.calls().slice(host.calls().indexOf('start new') + 1)).toEqual([
      'rename new web.enforce-fail-7f3a',
      'restart-policy new no',
      'stop new',
      'restart-policy old always',
      'rename old web',
      'start old',
      'remove new',
    ]);
  });

  test('keeps on-failure and its count', async () => {
    await arrange({ restart: { Name: 'on-failure', MaximumRetryCount: 5 }, afterwards: serving({ listens: [] }) });

    await apply();

    expect(host.standing()).toEqual(['web: old, running, on-failure:5']);
  });
});

describe('a change the engine says no to', () => {
  test.each([
    ['create', '/containers/create'],
    ['connect', '/connect'],
    ['stop', '/stop'],
  ])('at %s leaves the old one as it is', async (_call, path) => {
    await arrange();
    host.engine.fault = (call) =>
      call.path.endsWith(path) && call.subject !== LOCK_NAME
        ? { status: 500, message: 'no space left on device' }
        : undefined;

    const outcome = await apply();

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringMatching(/no space left on device.*; the old container was not touched$/),
      downtimeMilliseconds: 0,
    });
    expect(host.standing()).toEqual(AS_BEFORE);
    expect(decisions()).toEqual(['roll-back']);
  });

  test('because the new port was taken since the plan was made is taken back', async () => {
    await arrange();
    host.engine.store.foreignListeners.add('tcp/0.0.0.0:8080');

    const outcome = await apply();

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringContaining('address already in use'),
    });
    expect(host.standing()).toEqual(AS_BEFORE);
    expect(decisions()).toEqual(['roll-back']);
  });

  test('once, and not again, is not a verdict', async () => {
    await arrange();
    let refusals = 0;
    host.engine.fault = ({ path, mutating }) =>
      mutating && /stop$|rename$|update$/.test(path) && refusals++ % 2 === 0
        ? { status: 500, message: 'device busy' }
        : undefined;

    const outcome = await apply();

    expect(outcome.result).toBe('applied');
  });

  test('because it would differ in more than planned never stops the old one', async () => {
    await arrange();
    meanwhile('create web.enforce-new-7f3a', () => {
      const made = host.engine.find('web.enforce-new-7f3a');
      if (made) made.hostConfig = { ...made.hostConfig, ShmSize: 1, Sysctls: { 'net.core.somaxconn': '1' } };
    });

    const outcome = await apply();

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringContaining('more than planned: HostConfig.ShmSize, HostConfig.Sysctls; the old'),
    });
    expect(host.calls()).not.toContain('stop old');
    expect(host.standing()).toEqual(AS_BEFORE);
  });
});

function decisions(): readonly string[] {
  return enforce.journal.entries.flatMap((entry) => (entry.event === 'decided' ? [entry.decision] : []));
}

/** Does something on the host right after a call, once. */
function meanwhile(call: string, happens: () => void): void {
  host.engine.afterEach = () => {
    if (host.calls().at(-1) !== call) return;
    host.engine.afterEach = () => undefined;
    happens();
  };
}
