import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import type { MemoryEngine } from '../support/memory-engine/memory-engine.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, serveWell, shopFleet, writesTo } from '../support/shop-fleet.ts';

describe('enforce scan --incremental', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  let engine: MemoryEngine;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    operator = operatorOf(fleet);
    engine = fleet.engine('web-1');
    serve(engine, 'web', 80);
    serve(engine, 'mail', 25);
    serveWell(engine, 'cache', 8079);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('looks at nothing again that is listed as it was, finds the same, and says so', async () => {
    const whole = await operator.enforce('scan');
    const first = await operator.enforce('scan', '--incremental');
    const looked = inspected(engine);

    const second = await operator.enforce('scan', '--incremental');

    expect(first).toEqual(whole);
    expect(inspected(engine)).toEqual(looked);
    expect(second.exitCode).toBe(2);
    expect(second.stdout).toBe(whole.stdout.replace(/\.\n$/, ', 3 containers as an earlier scan saw them.\n'));
    expect(writesTo(engine)).toEqual([]);
  });

  test.each<[string, number, (engine: MemoryEngine) => void]>([
    ['stopped', 2, (host) => void Object.assign(host.find('web') ?? {}, { phase: 'exited' })],
    ['renamed', 2, (host) => void Object.assign(host.find('web') ?? {}, { name: 'shop' })],
    [
      'made again',
      2,
      (host) => {
        host.store.containers.delete(host.find('web')?.id ?? '');
        serveWell(host, 'web', 8080);
      },
    ],
    ['removed', 2, (host) => void host.store.containers.delete(host.find('web')?.id ?? '')],
    ['joined by another', 3, (host) => serve(host, 'dns', 53)],
  ])('finds what a whole scan finds after a container was %s', async (_what, same, change) => {
    await operator.enforce('scan', '--incremental');
    change(engine);

    const incremental = await operator.enforce('scan', '--incremental', '--json');
    const whole = await operator.enforce('scan', '--json');

    expect(findingsIn(incremental.stdout)).toEqual(findingsIn(whole.stdout));
    expect(incremental.stdout).toContain(`"remembered": ${same}`);
  });

  test('remembers nothing of one that was called otherwise between the list and the look at it', async () => {
    const web = engine.find('web');
    engine.afterEach = ({ path }) => {
      if (path.includes('/containers/json')) Object.assign(web ?? {}, { name: 'web-old' });
      else if (path.includes(web?.id ?? '')) Object.assign(web ?? {}, { name: 'web' });
    };
    await operator.enforce('scan', '--incremental');
    engine.afterEach = () => undefined;
    Object.assign(web ?? {}, { name: 'web' });

    const { stdout } = await operator.enforce('scan', '--incremental', '--container', 'web');

    expect(stdout).toMatch(/^web-1 +web +privileged-host-port/m);
  });

  test('looks at everything again a day later, and when the clock was set back', async () => {
    const words = operator.words('scan', '--incremental');
    await operator.run(words, { now: new Date('2026-11-20T05:00:00Z') });
    const tomorrow = await operator.run(words, { now: new Date('2026-11-21T05:00:01Z') });
    const yesterday = await operator.run(words, { now: new Date('2026-11-19T05:00:00Z') });

    expect(tomorrow.stdout + yesterday.stdout).not.toContain('as an earlier scan saw');
  });

  test('narrowed to one container keeps what is known of the others', async () => {
    await operator.enforce('scan', '--incremental');
    await operator.enforce('scan', '--incremental', '--container', 'mail');

    const { stdout } = await operator.enforce('scan', '--incremental');

    expect(stdout).toContain(', 3 containers as an earlier scan saw them.');
  });

  test('keeps what it saw for its owner only, and no secret of it', async () => {
    serve(engine, 'till', 8090, {}, { Env: ['API_TOKEN=do-not-show'] });
    await operator.enforce('scan', '--incremental');

    const [file = ''] = readdirSync(scans());
    const path = join(scans(), file);
    const text = gunzipSync(readFileSync(path)).toString('utf8');

    expect([statSync(path).mode & 0o777, statSync(scans()).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(text).toContain('API_TOKEN');
    expect(text).not.toContain('do-not-show');
  });

  test.each([
    ['no archive', Buffer.from('no archive')],
    ['empty', Buffer.alloc(0)],
  ])('takes a memory that is damaged for none: %s', async (_how, bytes) => {
    await operator.enforce('scan', '--incremental');
    for (const file of readdirSync(scans())) writeFileSync(join(scans(), file), bytes);

    const { exitCode, stdout, stderr } = await operator.enforce('scan', '--incremental');

    expect([exitCode, stderr]).toEqual([2, '']);
    expect(stdout).not.toContain('as an earlier scan saw');
  });

  test('takes a link in the place of its memory for none, wherever it leads', async () => {
    await operator.enforce('scan', '--incremental');
    const [file = ''] = readdirSync(scans());
    rmSync(join(scans(), file));
    symlinkSync('/dev/zero', join(scans(), file));

    const { exitCode } = await operator.enforce('scan', '--incremental');
    const { stdout } = await operator.enforce('scan', '--incremental');

    expect([exitCode, stdout]).toEqual([2, expect.stringContaining('3 containers as an earlier scan saw them')]);
  });

  test('that cannot remember tells what it found all the same, and why', async () => {
    mkdirSync(join(operator.folder, 'state'), { recursive: true });
    writeFileSync(scans(), 'a file, where a folder should be');

    const { exitCode, stdout, stderr } = await operator.enforce('scan', '--incremental');

    expect(exitCode).toBe(2);
    expect(stdout).toContain('4 findings');
    expect(stderr).toMatch(/^warning: what was seen of web-1 is not remembered: .*EEXIST|ENOTDIR/);
  });

  test('makes no file that a plan is made from', async () => {
    const { exitCode, stderr } = await operator.enforce('scan', '--incremental', '-o', 'scan.json');

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('--incremental does not go with --output')]);
  });

  function scans(): string {
    return join(operator.folder, 'state', 'scans');
  }
});

function inspected(engine: MemoryEngine): number {
  return engine.requests.filter(({ path }) => /\/containers\/[^/]+\/json/.test(path)).length;
}

function findingsIn(document: string): unknown {
  return (JSON.parse(document) as { readonly findings: unknown }).findings;
}
