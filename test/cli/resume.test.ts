import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LOCK_NAME } from '../../src/model/names.ts';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import type { MemoryEngine } from '../support/memory-engine/memory-engine.ts';
import { operatorOf, QUICK_PLAYBOOK, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

/** The changing calls of one update, counted: create, stop, update, rename, rename, start, rename. */
const CALLS = [1, 2, 3, 4, 5, 6, 7];

describe('a run that was cut off', () => {
  let fleet: EmbeddedFleet;
  let engine: MemoryEngine;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    engine = fleet.engine('web-1');
    operator = operatorOf(fleet, QUICK_PLAYBOOK);
    serve(engine, 'mail', 25);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test.each(CALLS)('before its call number %i is finished by the next apply of anybody', async (call) => {
    await cutOff(call);
    const colleague = operatorOf(fleet);

    const { exitCode } = await colleague.enforce('apply', '--yes');
    colleague.leave();

    expect(exitCode).toBe(0);
    expect(standing(engine)).toEqual(['mail running 8025', expect.stringMatching(/^mail\.enforce-bak-\w+ exited$/)]);
  });

  test('is finished although nothing else is to be done, and told of on standard error', async () => {
    await cutOff(6);

    const { exitCode, stdout, stderr } = await operator.enforce('apply', '--yes');

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/✓ web-1\/mail {2}applied +begun by run \w+/);
    expect(stdout).toContain('nothing to do');
  });

  test('is undone when what it began does not do', async () => {
    serve(engine, 'recorder', 554);
    await cutOff(6, '--container', 'recorder');

    const { exitCode, stderr } = await operator.enforce('apply', '--yes', '--container', 'mail');

    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/✗ web-1\/recorder {2}rolled back: .*begun by run/);
    expect(standing(engine)).toContain('recorder running 554');
    expect(standing(engine)).toContain('mail running 8025');
  });

  test('ends with 6 and the command that recovers', async () => {
    const { exitCode, stdout } = await cutOff(3);

    expect(exitCode).toBe(6);
    expect(stdout).toContain("recover with: enforce apply --container 'mail'");
  });

  test('and cannot be brought to an end, ends with 6 and keeps everything else on its host as it is', async () => {
    await cutOff(4);
    serve(engine, 'web', 80);
    engine.fault = ({ mutating, subject }) =>
      mutating && subject.startsWith('mail') ? { status: 500, message: 'no space left on device' } : undefined;

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '--container', 'web');

    expect(exitCode).toBe(6);
    expect(stdout).toMatch(/web-1\/web {2}deferred: the change of mail that run \w+ began is unfinished/);
    expect(standing(engine)).toContain('web running 80');
  });

  test('is told of by plan, which was made around it', async () => {
    await cutOff(4);

    const { stderr } = await operator.enforce('plan');

    expect(stderr).toMatch(/web-1: run \w+ left its change of mail unfinished; enforce apply ends it first/);
  });

  test('is told of by status, which ends with 2 and touches nothing', async () => {
    await cutOff(4);
    const writes = writesTo(engine).length;

    const { exitCode, stdout } = await operator.enforce('status');
    const json = await operator.enforce('status', '--json');

    expect([exitCode, json.exitCode]).toEqual([2, 2]);
    expect(stdout).toMatch(/^unfinished +web-1\/mail +run \w+/m);
    expect(stdout).toMatch(/^next: enforce apply finishes it, enforce rollback \w{4,} undoes it$/m);
    expect(JSON.parse(json.stdout)).toMatchObject({ unfinished: [{ host: 'web-1', container: 'mail' }] });
    expect(writesTo(engine)).toHaveLength(writes);
  });

  test.each(CALLS)('before its call number %i is undone by rollback of that run, as status says', async (call) => {
    await cutOff(call);
    const unfinished = call > 1;

    const { exitCode } = await operator.enforce('rollback', '--yes', ...(unfinished ? [runNow()] : []));

    expect(exitCode).toBe(0);
    // Where nothing was begun there is nothing to undo, and a dead run's lock waits for the next apply, or for its end.
    const locked = unfinished ? [] : [`${LOCK_NAME} created`];
    expect(standing(engine)).toEqual([...locked, 'mail running 25']);
  });

  test('is not finished while somebody only looks', async () => {
    await cutOff(4);
    const before = standing(engine);

    await operator.enforce('scan');
    await operator.enforce('plan');

    expect(standing(engine)).toEqual(before);
  });

  /** The connection breaks before the given call and does not come back while this command runs. */
  async function cutOff(call: number, ...words: readonly string[]): ReturnType<Operator['enforce']> {
    let calls = 0;
    engine.fault = ({ mutating, subject }) => {
      if (mutating && subject !== LOCK_NAME) calls++;
      return calls >= call ? 'cut-before' : undefined;
    };
    const ended = await operator.enforce('apply', '--yes', ...words);
    engine.fault = () => undefined;
    return ended;
  }

  function runNow(): string {
    const [started] = operator.journals()[0] ?? [];
    return started?.event === 'run-started' ? started.run : '';
  }
});
