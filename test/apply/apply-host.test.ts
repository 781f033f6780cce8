import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HostJob } from '../../src/apply/apply-host.ts';
import { applyHost, resumeHost } from '../../src/apply/apply-host.ts';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import type { Change } from '../../src/model/plan.ts';
import type { MemoryHost } from '../support/memory-host.ts';
import { memoryHost, RUN } from '../support/memory-host.ts';

let host: MemoryHost;
beforeEach(async () => {
  host = await memoryHost({ networks: ['front'] });
});
afterEach(() => host.close());

function jobOf(changes: readonly Change[], different: Partial<HostJob> = {}): HostJob {
  return { changes, settings: host.settings, permit: () => Promise.resolve({ go: true }), ...different };
}

async function applyAs(run: string): Promise<void> {
  const web = host.engine.find('web');
  await applyHost(jobOf([{ ...host.change, id: web?.id ?? '' }]), await host.enter(run), () => undefined);
}

describe('the changes of a host', () => {
  const cron = (): Change => {
    const { id } = host.engine.run('cron', { Image: 'shop/web:3', HostConfig: { CapDrop: ['NET_BIND_SERVICE'] } });
    return {
      ...host.change,
      container: 'cron',
      id,
      edits: [{ path: 'HostConfig.CapDrop', before: null, after: ['ALL'] }],
    };
  };

  test('are made one after the other, each told of as it ends', async () => {
    const told: string[] = [];

    const results = await applyHost(jobOf([host.change, cron()]), await host.enter(), ({ change, outcome }) =>
      told.push(`${change.container} ${outcome.result} with ${host.engine.store.containers.size}`),
    );

    expect(told).toEqual(['web applied with 3', 'cron applied with 4']);
    expect(results.map(({ outcome }) => outcome.result)).toEqual(['applied', 'applied']);
  });

  test('are each asked for before anything of them is done', async () => {
    const no = { result: 'deferred', because: 'you said no' } as const;
    const permit: HostJob['permit'] = ({ container }) =>
      Promise.resolve(container === 'web' ? { go: false, outcome: no } : { go: true });

    const results = await applyHost(jobOf([host.change, cron()], { permit }), await host.enter(), () => undefined);

    expect(results.map(({ outcome }) => outcome)).toMatchObject([no, { result: 'applied' }]);
    expect(host.calls()[0]).toBe('create cron.enforce-new-7f3a');
  });

  test('end with the first that is stuck: nothing more is risked on that host', async () => {
    host.engine.fault = ({ path }) =>
      path.endsWith('/start') ? { status: 500, message: 'no such device' } : undefined;
    const asked: string[] = [];
    const permit: HostJob['permit'] = ({ container }) => {
      asked.push(container);
      return Promise.resolve({ go: true });
    };

    const results = await applyHost(jobOf([host.change, cron()], { permit }), await host.enter(), () => undefined);

    expect(results.map(({ outcome }) => outcome)).toMatchObject([
      { result: 'stuck' },
      { result: 'deferred', because: 'another container of this host is stuck' },
    ]);
    expect(asked).toEqual(['web']);
  });
});

describe('resuming', () => {
  test('does nothing on a host where nothing was left, or all is committed', async () => {
    await applyAs(RUN);
    const made = host.calls().length;

    expect(await resumeHost(host.settings, await host.enter('0ther'))).toEqual([]);
    expect(host.calls()).toHaveLength(made);
  });

  test('ends a change under its own run, and has the outcome in its journal', async () => {
    await applyAs(RUN);
    host.old.name = `web.enforce-old-${RUN}`;
    const enforce = await host.enter('0ther');

    const results = await resumeHost(host.settings, enforce);

    expect(results).toMatchObject([{ target: { container: 'web', run: RUN }, outcome: { result: 'applied' } }]);
    expect(host.old.name).toBe(`web.enforce-bak-${RUN}`);
    expect(enforce.journal.entries.at(-1)).toMatchObject({ event: 'change-ended', outcome: { result: 'applied' } });
  });
});

describe('a rollback that is asked for', () => {
  test('takes the way back in this order', async () => {
    await applyAs(RUN);
    const made = host.calls().length;
    const enforce = await host.enter('0ther');

    const [target] = await rollBackTargets(undefined, enforce);
    const result = target && (await rollBackTarget(target, host.settings.gate, enforce));

    expect(result?.outcome).toMatchObject({ result: 'rolled-back', because: 'asked for' });
    expect(host.calls().slice(made)).toEqual([
      `rename old web.enforce-old-${RUN}`,
      `rename new web.enforce-fail-${RUN}`,
      'restart-policy new no',
      'stop new',
      'restart-policy old always',
      'rename old web',
      'start old',
      'remove new',
    ]);
    expect(host.standing()).toEqual(['web: old, running, always:0']);
    expect(enforce.journal.entries.at(-1)).toMatchObject({ event: 'change-ended' });
  });

  test('offers the newest change of a container only: an older one comes after it', async () => {
    await applyAs('0001');
    await applyAs('0002');
    const enforce = await host.enter('0003');

    const newest = await rollBackTargets(undefined, enforce);
    const older = await rollBackTargets('0001', enforce);
    for (const target of newest) await rollBackTarget(target, host.settings.gate, enforce);
    const after = await rollBackTargets(undefined, enforce);
    for (const target of after) await rollBackTarget(target, host.settings.gate, enforce);

    expect(newest.map(({ run }) => run)).toEqual(['0002']);
    expect(older).toEqual([]);
    expect(after.map(({ run }) => run)).toEqual(['0001']);
    expect(host.standing()).toEqual(['web: old, running, always:0']);
  });

  test('keeps to the run that was named', async () => {
    await applyAs(RUN);
    const enforce = await host.enter('0ther');

    expect(await rollBackTargets(RUN, enforce)).toMatchObject([{ container: 'web', run: RUN, oldId: host.old.id }]);
    expect(await rollBackTargets('0001', enforce)).toEqual([]);
  });
});
