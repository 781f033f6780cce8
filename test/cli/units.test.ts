import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import type { MemoryEngine } from '../support/memory-engine/memory-engine.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing } from '../support/shop-fleet.ts';

describe('a container that lives in the network of another', () => {
  let fleet: EmbeddedFleet;
  let engine: MemoryEngine;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    engine = fleet.engine('web-1');
    operator = operatorOf(fleet);
    const web = serve(engine, 'web', 80);
    serve(engine, 'side', 0, { NetworkMode: `container:${web.id}`, PortBindings: null });
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('is made again, and left as it is, when only the other is chosen', async () => {
    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '--container', 'web');

    expect(stdout).toMatch(/✓ web-1\/web {2}applied/);
    expect(exitCode).toBe(0);
    expect(engine.find('side')?.hostConfig['NetworkMode']).toBe(`container:${engine.find('web')?.id ?? ''}`);
    expect(engine.find('side')?.hostConfig['CapDrop']).toBeNull();
  });

  test('is mended along with the other when both are chosen', async () => {
    const { exitCode, stdout } = await operator.enforce('apply', '--yes');

    expect(stdout).toMatch(/✓ web-1\/side {2}applied/);
    expect(exitCode).toBe(0);
    expect(engine.find('side')?.hostConfig['CapDrop']).toEqual(['ALL']);
  });

  test('goes back with the other only, which rollback says, with 2', async () => {
    await operator.enforce('apply', '--yes');

    const { exitCode, stderr } = await operator.enforce('rollback', '--yes', '--container', 'side');
    const both = await operator.enforce('rollback', '--yes', '--container', 'web');

    expect([exitCode, both.exitCode]).toEqual([2, 0]);
    expect(stderr).toBe('web-1/side was changed with web and goes back with it: --container web\n');
    expect(standing(engine)).toEqual(['side running', 'web running 80']);
  });

  test('and was changed by itself, keeps the other from being changed until its kept container is gone', async () => {
    await operator.enforce('apply', '--yes', '--container', 'side');

    const { stdout } = await operator.enforce('plan');
    await operator.enforce('prune', '--all', '--yes', '--container', 'side');
    const pruned = await operator.enforce('apply', '--yes');

    expect(stdout).toMatch(
      /web +blocked: side\.enforce-bak-\w+ holds on to it \(network_mode\), which is kept of side by run/,
    );
    expect(stdout).toContain('→ enforce prune --all --container side removes it');
    expect(pruned.exitCode).toBe(0);
  });
});
