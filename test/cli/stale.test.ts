import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import type { MemoryEngine } from '../support/memory-engine/memory-engine.ts';
import { operatorOf, QUICK_PLAYBOOK, type Operator } from '../support/operator.ts';
import { serve, serveWell, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

describe('a container that moved on between plan and apply', () => {
  let fleet: EmbeddedFleet;
  let engine: MemoryEngine;
  let operator: Operator;
  let file: string;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    engine = fleet.engine('web-1');
    operator = operatorOf(fleet, QUICK_PLAYBOOK);
    serve(engine, 'mail', 25);
    serve(engine, 'web', 80);
    file = join(operator.folder, 'plan.json');
    await operator.enforce('plan', '-o', file);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test.each<[string, () => void, RegExp]>([
    ['was configured anew', () => configureAnew(), /stale: its configuration changed since the plan was made/],
    ['disappeared', () => remove('web'), /stale: it disappeared since the plan was made/],
    ['was renamed', () => rename('web', 'web-old'), /stale: it is called web-old now/],
    ['was made anew under its name', () => remake(), /stale: it disappeared since the plan was made/],
    [
      'stopped',
      () => stop(),
      /blocked since the plan was made: it is stopped, but its restart policy always would start it/,
    ],
    ['wrote a file', () => writeFile(), /blocked since the plan was made: 1 file in the writable layer/],
    ['lost its new port to another', () => void serveWell(engine, 'api', 8080), /8080, which is published by/],
    ['lost its new port to the host', () => void engine.store.foreignListeners.add('tcp/0.0.0.0:8080'), /8080, which/],
    [
      'got a dependant',
      () => attach(),
      /stale: what would be done now differs from the plan|blocked since the plan was made: sidecar holds on to it/,
    ],
  ])('and %s is skipped untouched, while the rest goes on', async (_what, happens, because) => {
    happens();
    const before = standing(engine).filter((line) => !line.startsWith('mail'));

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', file);

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/web-1\/mail {2}applied/);
    expect(stdout).toMatch(/web-1\/web {2}skipped: /);
    expect(stdout).toMatch(because);
    expect(standing(engine).filter((line) => !line.startsWith('mail'))).toEqual(before);
    expect(standing(engine)).toContain('mail running 8025');
  });

  test('that turns out to be the one enforce itself runs in is skipped, and a new plan says why', async () => {
    const [web] = [...engine.store.containers.values()].filter(({ name }) => name === 'web');
    const itself = { containerIds: [web?.id.slice(0, 12) ?? ''] };

    const plan = await operator.run(operator.words('plan'), { itself });
    const apply = await operator.run(operator.words('apply', '--yes', file), { itself });

    expect(plan.stdout).toMatch(/! +web +blocked: enforce itself runs in it/);
    expect(apply.stdout).toMatch(/web-1\/web {2}skipped: blocked since the plan was made: enforce itself runs in it/);
    expect(standing(engine)).toContain('web running 80');
  });

  test('whose host was set up anew is skipped, as another engine answers', async () => {
    (engine.store.engine as { id: string }).id = 'MEMO:another';

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', file);

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/web-1\/web {2}skipped: stale: another engine answers at this address/);
    expect(writesTo(engine)).toEqual([]);
  });

  test('and whose port is taken after the last look is put back by itself', async () => {
    engine.afterEach = ({ path }) => {
      if (path === '/containers/create') engine.store.foreignListeners.add('tcp/0.0.0.0:8080');
    };

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '--container', 'web', file);

    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/web-1\/web {2}rolled back: .*8080.*address already in use/);
    expect(standing(engine)).toEqual(['mail running 25', 'web running 80']);
  });

  function configureAnew(): void {
    const web = found('web');
    web.hostConfig = { ...web.hostConfig, CapAdd: ['SYS_TIME'] };
  }

  function remove(name: string): void {
    engine.store.containers.delete(found(name).id);
  }

  function rename(name: string, to: string): void {
    found(name).name = to;
  }

  function remake(): void {
    remove('web');
    serve(engine, 'web', 80);
  }

  function stop(): void {
    Object.assign(found('web'), { phase: 'exited', published: [] });
  }

  function writeFile(): void {
    found('web').changes = [{ Path: '/srv/orders.db', Kind: 1 }];
  }

  function attach(): void {
    serve(engine, 'sidecar', 0, { NetworkMode: `container:${found('web').id}`, PortBindings: {}, CapDrop: ['ALL'] });
  }

  function found(name: string): NonNullable<ReturnType<MemoryEngine['find']>> {
    const container = engine.find(name);
    if (!container) throw new Error(`there is no ${name}`);
    return container;
  }
});
