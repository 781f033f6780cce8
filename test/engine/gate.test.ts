import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import { DEFAULT_CAPABILITIES } from '../../src/model/capabilities.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { Change } from '../../src/model/plan.ts';
import type { Reading } from '../support/read-runtime-of.ts';
import { readingAt } from '../support/read-runtime-of.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';
import { changeOf, workAt } from '../support/real-host.ts';
import { debianServices } from './gate-debian.ts';
import type { GateService } from './gate-services.ts';
import { GATE_SERVICES } from './gate-services.ts';

jest.setTimeout(240_000);

const GATE = { healthyForSeconds: 1, deadlineSeconds: 8, onFailure: 'rollback', restartTrial: 'auto' } as const;
const SAFE = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID', 'SYS_CHROOT'];
const SERVICES = GATE_SERVICES.map((service) => [service.name, service] as const);

describeReal('the gate, on a real engine', () => {
  const engine = realEngine('gate');
  const { docker, prefix, socketPath } = engine;
  const name = `${prefix}service`;
  const image = `${prefix}image`;
  let reading: Reading;
  let work: Awaited<ReturnType<typeof workAt>>;

  beforeAll(async () => {
    reading = await readingAt(socketPath);
  });
  beforeEach(async () => {
    work = await workAt(socketPath, '7f3a', 'inside');
  });
  afterEach(async () => {
    await work.close();
    await engine.cleanUp();
    await docker('image', 'rm', '-f', image);
  });
  afterAll(() => reading.connection.close());

  test.each(SERVICES)('stops %s, and the old one serves again', async (_name, service) => {
    const id = await run(service);

    const outcome = await apply(keepingAllBut(service));

    expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringMatching(service.because) });
    expect((await engine.inspect(name)).Id).toBe(id);
    expect((await engine.inspect(name)).State.Running).toBe(true);
  });

  test.each(SERVICES)('lets it pass with what it needs: %s', async (_name, service) => {
    const id = await run(service);

    const outcome = await apply([...service.needs, service.lacks]);

    expect(outcome).toMatchObject({ result: 'applied', answers: [expect.any(Number)] });
    expect(outcome).not.toHaveProperty('notes');
    expect((await engine.inspect(name)).Id).not.toBe(id);
  });

  test.each<[string, string, string, readonly string[]]>([
    ['what it was refused, where its log and its files tell', 'caddy', 'its log reads', ['NET_BIND_SERVICE']],
    ['the safe set, where nothing tells', 's6', 'the safe set', SAFE],
  ])('ends with %s', async (_with, which, because, keeps) => {
    const service = GATE_SERVICES.find((one) => one.name.includes(which));
    if (service) await run(service);

    const outcome = await apply([], { widening: { refused: DEFAULT_CAPABILITIES, safe: SAFE } });

    expect(outcome).toMatchObject({ result: 'applied', notes: [expect.stringContaining(because)] });
    expect((await engine.inspect(name)).HostConfig.CapAdd).toEqual(keeps);
  });

  /** Runs the service with all that the engine gives unasked; its id. */
  async function run({ scripts, programs = {}, options = [] }: GateService): Promise<string> {
    const base = await engine.busyboxImage();
    await docker('create', '--name', `${prefix}base`, base);
    for (const [path, text] of Object.entries(scripts))
      await reading.write(`${prefix}base`, path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    for (const [path, attributes] of Object.entries(programs))
      await reading.write(`${prefix}base`, path, readFileSync('/bin/busybox'), { mode: 0o755, attributes });
    await docker('commit', '-c', 'ENTRYPOINT ["/srv/start"]', '-c', 'CMD []', `${prefix}base`, image);
    await docker('rm', `${prefix}base`);
    await docker('run', '-d', '--name', name, '-p', '127.0.0.1:0:80', ...options, image);
    return (await engine.inspect(name)).Id;
  }

  async function apply(keep: readonly string[], different: Partial<Change> = {}): Promise<Outcome> {
    const change = { ...changeOf(await engine.inspect(name), keep), ...different };
    const settings = {
      gate: GATE,
      planDigest: 'sha256:p1an',
      keepSeconds: 60,
      remembers: 'settings' as const,
      preflight: () => Promise.resolve({ ready: true } as const),
    };
    return await applyChange(change, settings, work.tools);
  }
});

const LAYERS = process.env['ENFORCE_DEBIAN_LAYERS'];
if (LAYERS !== undefined) describeReal('the gate, on real services', () => debianServices(LAYERS));

function keepingAllBut({ lacks }: GateService): readonly string[] {
  return DEFAULT_CAPABILITIES.filter((capability) => capability !== lacks);
}
