import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import { resumeHost, rollBackTarget, rollBackTargets } from '../../src/apply/apply-host.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { Change } from '../../src/model/plan.ts';
import { callEngine } from '../support/call-engine.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';
import { changeOf, workAt } from '../support/real-host.ts';
import { capableArchive, LOOK, secretArchive, WRITE } from './carry-cases.ts';

const RUN = '7f3a';
const GATE = { healthyForSeconds: 1, deadlineSeconds: 20, onFailure: 'rollback' } as const;
const BOTH = ['copy', 'commit'] as const;

describeReal('the writable layer of a container that is recreated', () => {
  const engine = realEngine('carry');
  const { docker, prefix, socketPath } = engine;
  let image = '';
  let enforce: HostTools;
  let leave: () => Promise<void>;

  beforeAll(async () => {
    image = await engine.busyboxImage();
  }, 120_000);
  afterAll(() => engine.cleanUp(), 120_000);
  beforeEach(async () => {
    ({ tools: enforce, close: leave } = await workAt(socketPath, RUN));
  });
  afterEach(() => leave());

  test.each(BOTH)(
    'W1, W3: comes along by %s as it was, and is there again when the change is taken back',
    async (carry) => {
      const name = await launch(`whole-${carry}`, '-v', `${prefix}above:/srv/above/volume`);
      await within(name, WRITE);
      const before = await within(name, LOOK);

      const outcome = await apply(name, carry);
      const after = await within(name, LOOK);
      const images = await carriedImages();
      const [target] = await rollBackTargets(RUN, enforce);
      const back = target && (await rollBackTarget(target, GATE, enforce));

      expect(before).toContain('4755 0:0 /srv/app/setuid');
      expect(outcome).toMatchObject({ result: 'applied' });
      expect(after).toBe(before);
      expect(images).toHaveLength(carry === 'commit' ? 1 : 0);
      expect(back?.outcome).toMatchObject({ result: 'rolled-back' });
      expect(await within(name, LOOK)).toBe(before);
      expect(await carriedImages()).toEqual([]);
    },
    120_000,
  );

  test.each(BOTH)(
    'W3: keeps the capabilities of a file by %s, every byte of them',
    async (carry) => {
      const name = await launch(`capable-${carry}`);
      await callEngine(socketPath, 'PUT', `/containers/${name}/archive?path=/`, await capableArchive());
      const before = await attributesOf(name);

      const outcome = await apply(name, carry);

      expect(before).toMatch(/SCHILY\.xattr\.security\.capability=.*\u0080/s);
      expect(outcome).toMatchObject({ result: 'applied' });
      expect(await attributesOf(name)).toBe(before);
    },
    60_000,
  );

  test.each(BOTH)(
    'W2: comes along by %s where it was put in from outside, as compose does with secrets',
    async (carry) => {
      const name = `${prefix}secret-${carry}`;
      await docker('create', '--init', '--name', name, image, 'sleep', '9999');
      await callEngine(socketPath, 'PUT', `/containers/${name}/archive?path=/`, await secretArchive('hunter2'));
      await docker('start', name);

      const outcome = await apply(name, carry);

      expect(outcome).toMatchObject({ result: 'applied' });
      expect(await within(name, 'stat -c "%a %u:%g" /run/secrets/token; cat /run/secrets/token')).toBe(
        '400 33:33\nhunter2',
      );
    },
    60_000,
  );

  test('W3: what was deleted stays deleted by commit', async () => {
    const name = await launch('deleted-commit');
    await within(name, 'rm /data/seed; rm -r /www');

    const outcome = await apply(name, 'commit');

    expect(outcome).toMatchObject({ result: 'applied' });
    expect(await within(name, 'ls /data; ls -d /www || true')).toBe('');
  }, 60_000);

  test('W3: a copy is not made where something was deleted: the old one is put back', async () => {
    const name = await launch('deleted-copy');
    await within(name, 'rm /data/seed');

    const outcome = await apply(name, 'copy');

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringContaining('/data/seed was deleted'),
    });
    expect((await engine.inspect(name)).State.Running).toBe(true);
  }, 60_000);

  test('never replaces a folder by a file: what is mounted below would be emptied', async () => {
    const name = await launch('replaced', '-v', `${prefix}kept:/www/kept/volume`);
    await within(name, 'echo precious > /www/kept/volume/file; rmdir /tmp; echo file > /tmp');

    const outcome = await apply(name, 'copy');

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringContaining('cannot overwrite directory'),
    });
    expect(await within(name, 'cat /www/kept/volume/file /tmp')).toBe('precious\nfile');
  }, 60_000);

  test('never writes into a mount whose place has two names', async () => {
    const name = await launch('linked', '-v', `${prefix}behind:/bound/volume`);
    const linked = await imageWith(name, 'mkdir /real; ln -s /real /link');
    const second = `${prefix}two-names`;
    await docker(
      'run',
      '-d',
      '--init',
      '--name',
      second,
      '-v',
      `${prefix}behind:/link/volume`,
      linked,
      'sleep',
      '9999',
    );
    await within(second, 'touch -d "2020-02-02 02:02:02" /link/volume; echo own > /real/own');

    const outcome = await apply(second, 'copy');

    expect(outcome).toMatchObject({ result: 'applied' });
    expect(await within(second, 'cat /real/own; stat -c %y /link/volume | cut -c1-4')).toBe('own\n2020');
    await docker('image', 'rm', '-f', linked);
  }, 60_000);

  test.each(BOTH)(
    'is carried again by %s when its process died in the middle, and nothing is left over',
    async (carry) => {
      const name = await launch(`crash-${carry}`, '--restart', 'always');
      await within(name, WRITE);
      const before = await within(name, LOOK);
      const died = await workAt(socketPath, RUN);
      const dead = new Promise<void>((resolve) => {
        void apply(name, carry, dyingAt(died.tools, 'set-restart-policy', resolve));
      });
      await dead;
      await died.close();

      const [ended] = await resumeHost({ gate: GATE }, enforce);

      expect(ended?.outcome).toMatchObject({ result: 'applied' });
      expect(await within(name, LOOK)).toBe(before);
      expect(await docker('ps', '-aq', '--filter', `name=${name}.enforce-new`)).toBe('');
    },
    120_000,
  );

  test('an image that was made for a change which never began is removed by whoever comes next', async () => {
    const name = await launch('begun');
    const died = await workAt(socketPath, RUN);
    const dead = new Promise<void>((resolve) => {
      void apply(name, 'commit', dyingAt(died.tools, 'create', resolve));
    });
    await dead;
    await died.close();
    const left = await carriedImages();

    await resumeHost({ gate: GATE }, enforce);

    expect(left.filter((each) => each.includes('-begun-'))).toHaveLength(1);
    expect((await carriedImages()).filter((each) => each.includes('-begun-'))).toEqual([]);
  }, 60_000);

  async function launch(own: string, ...options: readonly string[]): Promise<string> {
    const name = `${prefix}${own}`;
    await docker('run', '-d', '--init', '--name', name, ...options, image, 'sleep', '9999');
    return name;
  }
  function within(name: string, script: string): Promise<string> {
    return docker('exec', name, 'sh', '-c', script);
  }
  async function imageWith(name: string, script: string): Promise<string> {
    await within(name, script);
    await docker('commit', name, 'enforce-test/linked:1');
    return 'enforce-test/linked:1';
  }
  async function carriedImages(): Promise<readonly string[]> {
    const names = await docker('image', 'ls', '--format', '{{.Repository}}', 'enforce-carried/*');
    return names.split('\n').filter((line) => line !== '');
  }
  async function attributesOf(name: string): Promise<string> {
    const { Id } = await engine.inspect(name);
    const pieces = await (await enforce.engine()).archive(Id, '/srv/tool');
    const chunks: Uint8Array[] = [];
    for await (const piece of pieces ?? []) chunks.push(piece);
    return /SCHILY[^]*?\n/.exec(Buffer.concat(chunks).toString('latin1'))?.[0] ?? '';
  }
  async function apply(name: string, carry: Change['carry'], tools: HostTools = enforce): Promise<Outcome> {
    const preflight = () => Promise.resolve({ ready: true } as const);
    return applyChange(
      { ...changeOf(await engine.inspect(name), ['DAC_OVERRIDE']), carry },
      { gate: GATE, planDigest: 'sha256:p1an', keepSeconds: 60, remembers: 'settings', preflight },
      tools,
    );
  }
});

/** A process that dies when it would make its first call of a kind for the container itself. */
function dyingAt(tools: HostTools, kind: string, die: () => void): HostTools {
  return {
    ...tools,
    async engine() {
      const engine = await tools.engine();
      return {
        ...engine,
        async run(operation) {
          const isLock = operation.kind === 'create' && operation.name === 'enforce.lock';
          if (operation.kind === kind && !isLock) {
            die();
            await new Promise<never>(() => undefined);
          }
          await engine.run(operation);
        },
      };
    },
  };
}
