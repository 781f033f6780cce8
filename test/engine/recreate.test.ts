import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import { chosenAliases } from '../../src/apply/endpoints.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { callEngine } from '../support/call-engine.ts';
import { busyboxImage } from '../support/docker.ts';
import { page } from '../support/page.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';
import { changeOf, workAt } from '../support/real-host.ts';
import { differsAfterChange, differsAfterStart } from './inspect-rows.ts';
import type { RecreateCase } from './recreate-cases.ts';
import { RECREATE_CASES } from './recreate-cases.ts';

const RUN = '7f3a';
const GATE = { healthyForSeconds: 1, deadlineSeconds: 20, onFailure: 'rollback', restartTrial: 'never' } as const;
const FULL_IMAGE = 'enforce-test/full:1';
const CASES = RECREATE_CASES.map((each) => [each.name, each] as const);

describeReal('a container that is recreated on a real engine', () => {
  const engine = realEngine('apply');
  const { docker, prefix, socketPath } = engine;
  const volumes = new Set<string>();
  let folder = '';
  let image = '';
  let enforce: HostTools;
  let leave: () => Promise<void>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'enforce-bound-'));
    image = await engine.busyboxImage();
    await busyboxImage(docker, FULL_IMAGE, [
      'ENTRYPOINT ["/bin/sh","-c"]',
      'CMD ["sleep 9999"]',
      'ENV A=1 B=2',
      'VOLUME /data',
      'LABEL com.example.image=full',
      'HEALTHCHECK --interval=1s --retries=2 CMD ["/bin/true"]',
    ]);
    await docker('network', 'create', '--subnet', '172.29.78.0/24', `${prefix}front`);
    for (const name of ['back', 'audit']) await docker('network', 'create', `${prefix}${name}`);
    await docker('run', '-d', '--init', '--name', `${prefix}anchor`, image);
  }, 120_000);
  afterAll(async () => {
    await engine.cleanUp();
    // A volume that is bound by name is not anonymous any more, so `rm -v` leaves it (recreate.md V5).
    for (const name of volumes) await docker('volume', 'rm', '-f', name);
    await docker('image', 'rm', FULL_IMAGE);
    await rm(folder, { recursive: true, force: true });
  }, 120_000);
  beforeEach(async () => {
    ({ tools: enforce, close: leave } = await workAt(socketPath, RUN));
  });
  afterEach(() => leave());

  test.each(CASES)(
    '%s: is the same again but for what was planned, and afterwards as it was',
    async (_name, each) => {
      const name = `${prefix}${each.name}`;
      await launch(name, each);
      const before = await engine.inspect(name);
      for (const { Name } of before.Mounts ?? []) if (Name !== undefined) volumes.add(Name);

      const outcome = await apply(before, each.keep);
      const after = await engine.inspect(name);
      const served = await serving(each, 1);
      const kept = await notes(name, each);
      const held = await docker('exec', name, 'grep', 'CapBnd', '/proc/1/status');

      expect(outcome).toMatchObject({ result: 'applied', kept: `${name}.enforce-bak-${RUN}` });
      expect(differsAfterChange(before, after)).toEqual([]);
      expect(after.Id).not.toBe(before.Id);
      expect(aliasesOf(after)).toEqual(aliasesOf(before));
      expect(held).toMatch(each.keep === undefined ? /\t0{16}$/ : /\t0{12}1000$/);
      expect(served).toEqual((each.ports ?? []).map(() => each.name));
      expect(kept).toEqual((each.data ?? []).map(() => NOTE));

      const [target] = await rollBackTargets(RUN, enforce);
      const back = target && (await rollBackTarget(target, GATE, enforce));

      expect(back?.outcome).toMatchObject({ result: 'rolled-back', because: 'asked for' });
      expect(differsAfterStart(before, await engine.inspect(name))).toEqual([]);
      expect(await serving(each, 0)).toEqual(served);
      expect(await notes(name, each)).toEqual(kept);
      expect(await docker('ps', '-aq', '--filter', `name=${name}.`)).toBe('');
    },
    60_000,
  );

  test('is put back by itself when its process cannot do without what was dropped', async () => {
    const name = `${prefix}owner`;
    const command =
      'touch /tmp/x; chown 33 /tmp/x || exit 1; cd /tmp; echo owner > index.html; exec httpd -f -p 80 -h /tmp';
    await launch(name, { name: 'owner', options: ['-p', '921:80', '--restart', 'always'], command });
    const before = await engine.inspect(name);

    const outcome = await apply(before);

    const because = expect.stringMatching(/does not stay up.*chown.*Operation not permitted/);
    expect(outcome).toMatchObject({ result: 'rolled-back', because });
    expect(differsAfterStart(before, await engine.inspect(name))).toEqual([]);
    expect(await page('http://127.0.0.1:921/')).toBe('owner');
    expect(await docker('ps', '-aq', '--filter', `name=${name}.`)).toBe('');
  }, 60_000);

  test('is put back by itself when its new port was taken since the plan was made', async () => {
    const name = `${prefix}late`;
    await launch(name, {
      name: 'late',
      options: ['-p', '922:80'],
      command: 'echo late > /www/index.html; exec httpd -f -p 80 -h /www',
    });
    const before = await engine.inspect(name);
    await docker('run', '-d', '--init', '--name', `${prefix}thief`, '-p', '8922:80', image);

    const outcome = await apply(before);

    expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringContaining('already allocated') });
    expect(differsAfterStart(before, await engine.inspect(name))).toEqual([]);
    expect(await page('http://127.0.0.1:922/')).toBe('late');
  }, 60_000);

  test('is not stopped when the engine will not have the new one', async () => {
    const name = `${prefix}steady`;
    await launch(name, { name: 'steady', options: [], command: 'exec sleep 9999' });
    const before = await engine.inspect(name);

    const outcome = await apply(before, ['NO_SUCH_CAPABILITY']);

    const because = expect.stringMatching(/NO_SUCH_CAPABILITY.*; the old container was not touched$/);
    expect(outcome).toMatchObject({ result: 'rolled-back', because });
    expect((await engine.inspect(name)).State).toEqual(before.State);
  }, 60_000);

  function apply(inspect: ContainerInspect, keep: readonly string[] = []): Promise<Outcome> {
    const preflight = () => Promise.resolve({ ready: true } as const);
    return applyChange(
      changeOf(inspect, keep),
      { gate: GATE, planDigest: 'sha256:p1an', keepSeconds: 60, remembers: 'settings', preflight },
      enforce,
    );
  }

  function serving({ ports = [] }: RecreateCase, moved: 0 | 1): Promise<readonly string[]> {
    return Promise.all(ports.map((pair) => page(`http://127.0.0.1:${pair[moved]}/`)));
  }

  function notes(name: string, { data = [] }: RecreateCase): Promise<readonly string[]> {
    return Promise.all(data.map((file) => docker('exec', name, 'cat', file)));
  }

  function aliasesOf(inspect: ContainerInspect): unknown {
    const networks = Object.entries(inspect.NetworkSettings.Networks ?? {});
    return networks.map(([network, endpoint]) => [network, chosenAliases(inspect, enforce.facts, endpoint)]);
  }

  async function launch(name: string, each: RecreateCase): Promise<void> {
    const { options, command, fullImage = false, body, connect = [], data = [] } = each;
    const from = fullImage ? FULL_IMAGE : image;
    if (body) {
      await callEngine(socketPath, 'POST', `/containers/create?name=${name}`, { Image: from, ...body });
      await docker('start', name);
    } else {
      const id = await docker('network', 'inspect', '-f', '{{.Id}}', `${prefix}back`);
      const said = { PREFIX: prefix, FOLDER: folder, 'NETWORK-ID': id };
      const words = options.map((word) =>
        word.replace(/PREFIX|FOLDER|NETWORK-ID/, (key) => said[key as keyof typeof said]),
      );
      const script = command?.replace('NAME', each.name);
      const tail = script === undefined ? [] : fullImage ? [script] : ['sh', '-c', script];
      await docker('run', '-d', '--init', '--name', name, ...words, from, ...tail);
    }
    for (const [network, alias] of connect)
      await docker('network', 'connect', '--alias', alias, `${prefix}${network}`, name);
    for (const file of data) await docker('exec', name, 'sh', '-c', `echo '${NOTE}' > ${file}`);
  }
});

const NOTE = 'written before the change';
