import { expect, test } from '@jest/globals';
import { resumeHost } from '../../src/apply/apply-host.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import { describeReal } from '../support/real-engine.ts';
import { CARRY_RUN, carryBench, GATE } from './carry-bench.ts';
import { LOOK, WRITE } from './carry-cases.ts';
import { workAt } from '../support/real-host.ts';

const BOTH = ['copy', 'commit'] as const;

describeReal('files that are carried over while something happens', () => {
  const { engine, tools, launch, within, apply, carriedImages } = carryBench('late');
  const { docker, socketPath } = engine;

  test.each([
    ['in a folder of the image', '/www/page', 'echo a > /www/page'],
    ['in a folder that was added', '/srv/page', 'mkdir -p /srv; echo a > /srv/page; echo b > /srv/other'],
  ])(
    'by commit notices a file %s that was deleted after the image was made',
    async (where, path, script) => {
      const name = await launch(`ghost-${where.length}`);
      await within(name, script);
      const late = withAfter(tools(), 'commit', () => within(name, `sleep 1; rm ${path}`));

      const outcome = await apply(name, 'commit', late);

      expect(outcome).toMatchObject({
        result: 'rolled-back',
        because: expect.stringContaining(`${path} was deleted between the making of the image and the stop`),
      });
    },
    60_000,
  );

  test('by commit brings along what was written after the image was made', async () => {
    const name = await launch('late');
    await within(name, 'mkdir /srv; echo a > /srv/a; echo b > /srv/b');
    let images = 0;
    const late = withAfter(tools(), 'commit', () =>
      within(name, `echo ${++images} >> /srv/a; echo c > /www/c; chmod 711 /srv`),
    );

    const outcome = await apply(name, 'commit', late);

    expect(outcome).toMatchObject({ result: 'applied' });
    expect(await within(name, 'cat /srv/a /srv/b /www/c; stat -c %a /srv')).toBe('a\n1\n2\nb\nc\n711');
    expect(images).toBe(2);
  }, 60_000);

  test.each(BOTH)(
    'is carried again by %s when its process died in the middle, and nothing is left over',
    async (carry) => {
      const name = await launch(`crash-${carry}`, '--restart', 'always');
      await within(name, WRITE);
      const before = await within(name, LOOK);
      const died = await workAt(socketPath, CARRY_RUN);
      const dead = new Promise<void>((resolve) => {
        void apply(name, carry, dyingAt(died.tools, 'set-restart-policy', resolve));
      });
      await dead;
      await died.close();

      const [ended] = await resumeHost({ gate: GATE }, tools());

      expect(ended?.outcome).toMatchObject({ result: 'applied' });
      expect(await within(name, LOOK)).toBe(before);
      expect(await docker('ps', '-aq', '--filter', `name=${name}.enforce-new`)).toBe('');
    },
    120_000,
  );

  test('an image that was made for a change which never began is removed by whoever comes next', async () => {
    const name = await launch('begun');
    const died = await workAt(socketPath, CARRY_RUN);
    const dead = new Promise<void>((resolve) => {
      void apply(name, 'commit', dyingAt(died.tools, 'create', resolve));
    });
    await dead;
    await died.close();
    const left = await carriedImages(name);

    await resumeHost({ gate: GATE }, tools());

    expect(left).toHaveLength(1);
    expect(await carriedImages(name)).toEqual([]);
  }, 60_000);
});

/** A process to which something happens right after its call of a kind. */
function withAfter(tools: HostTools, kind: string, happen: () => Promise<unknown>): HostTools {
  return {
    ...tools,
    async engine() {
      const engine = await tools.engine();
      return {
        ...engine,
        async run(operation) {
          await engine.run(operation);
          if (operation.kind === kind) await happen();
        },
      };
    },
  };
}

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
