import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { Outcome } from '../../src/model/journal.ts';
import { realEngine } from '../support/real-engine.ts';
import { changeOf, workAt } from '../support/real-host.ts';
import type { DebianService } from './debian-services.ts';
import { DEBIAN_SERVICES } from './debian-services.ts';

/**
 * Real services, each held to the gate without one capability and then with it. `layers` is a folder with a root of
 * Debian's, and with what packages add to that, each as a tar; inside a `describe`.
 */
export function debianServices(layers: string): void {
  const engine = realEngine('gate-debian');
  const { docker, prefix } = engine;
  const name = `${prefix}service`;
  const [root, image] = [`${prefix}root`, `${prefix}image`];
  let work: Awaited<ReturnType<typeof workAt>>;

  beforeAll(async () => {
    const archive = join(tmpdir(), 'enforce-debian-root.tar');
    await execute('tar', ['-C', join(layers, 'root'), '--exclude=./dev/*', '-cf', archive, '.']);
    await docker('import', archive, root);
    await rm(archive);
  });
  afterAll(() => docker('image', 'rm', '-f', root));
  beforeEach(async () => {
    work = await workAt(engine.socketPath, '7f3a', 'inside');
  });
  afterEach(async () => {
    await work.close();
    await engine.cleanUp();
    await docker('image', 'rm', '-f', image);
  });

  test.each(SERVICES)('stops %s, and lets it pass with it', async (_name, service) => {
    const [lacks, ...others] = service.needs;
    await run(service);

    const without = await apply(others);
    const stands = (await engine.inspect(name)).State.Running;
    const whole = await apply([lacks, ...others]);

    expect(without).toMatchObject({ result: 'rolled-back', because: expect.stringMatching(service.because) });
    expect(stands).toBe(true);
    expect(whole).toMatchObject({ result: 'applied' });
  });

  async function run(service: DebianService): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'enforce-debian-'));
    await copyFile(join(layers, `${service.layer}.tar`), join(folder, 'layer.tar'));
    for (const [path, text] of Object.entries(service.files)) {
      await mkdir(dirname(join(folder, 'files', path)), { recursive: true });
      await writeFile(join(folder, 'files', path), text);
      await chmod(join(folder, 'files', path), text.startsWith('#!') ? 0o755 : 0o644);
    }
    const lines = [
      `FROM ${root}`,
      'ADD layer.tar /',
      'COPY files/ /',
      `ENTRYPOINT ${JSON.stringify(service.entrypoint)}`,
    ];
    const signal = service.stopSignal === undefined ? [] : [`STOPSIGNAL ${service.stopSignal}`];
    await writeFile(join(folder, 'Dockerfile'), [...lines, ...signal, ''].join('\n'));
    await docker('build', '-q', '-t', image, folder);
    await rm(folder, { recursive: true });
    await docker('run', '-d', '--name', name, '-p', `127.0.0.1:0:${service.port}`, image);
  }

  async function apply(keep: readonly string[]): Promise<Outcome> {
    const { clock } = work.tools;
    // Old and new are let come up before they are looked at.
    await clock.delay(6000);
    const settings = {
      gate: GATE,
      planDigest: 'sha256:p1an',
      keepSeconds: 60,
      remembers: 'settings' as const,
      preflight: () => Promise.resolve({ ready: true } as const),
    };
    return await applyChange(changeOf(await engine.inspect(name), keep), settings, work.tools);
  }
}

const GATE = { healthyForSeconds: 2, deadlineSeconds: 15, onFailure: 'rollback', restartTrial: 'auto' } as const;
const SERVICES = DEBIAN_SERVICES.map((service) => [service.name, service] as const);
const execute = promisify(execFile);
