import { afterEach, expect, jest, test } from '@jest/globals';
import { realEngine } from '../support/real-engine.ts';
import { describeTraced, observedWhile } from '../support/traced.ts';

const engine = realEngine('observe-start');
const name = `${engine.prefix}web`;

jest.setTimeout(120_000);

const restart = {
  stop: async () => {
    await engine.docker('stop', '-t', '0', name);
  },
  start: async () => {
    await engine.docker('start', name);
    return (await engine.inspect(name)).State.Pid ?? 0;
  },
};

async function create(...command: readonly string[]): Promise<void> {
  await engine.docker('run', '-d', '--name', name, await engine.busyboxImage(), 'sh', '-c', command.join('; '));
}

describeTraced('the start of a container', () => {
  afterEach(() => engine.cleanUp());

  test('is seen from its first instruction on, and nothing of what its engine does before', async () => {
    await create('chown 1000 /bin', 'chroot / true', 'sleep 1000');

    const [seen] = await observedWhile(engine, [name], () => Promise.resolve(), { restart });

    expect(seen).toMatchObject({ sawStart: true, lostEvents: 0, blindSpots: [] });
    expect(seen?.uses.map(({ capability, phase }) => `${capability} ${phase}`)).toEqual([
      'CHOWN start',
      'SYS_CHROOT start',
    ]);
  });

  test('of one that ends at once is seen too, and that it ended is told', async () => {
    await create('chown 1000 /bin');

    const [seen] = await observedWhile(engine, [name], () => Promise.resolve(), {
      restart: { stop: restart.stop, start: async () => (await restart.start(), 0) },
    });

    expect(seen).toMatchObject({ sawStart: true, blindSpots: [expect.stringContaining('it ended at once')] });
    expect(seen?.uses.map(({ capability }) => capability)).toContain('CHOWN');
  });

  test('is told from commands that are run meanwhile, and these from what the engine needs to run them', async () => {
    await create('chown 1000 /bin', 'sleep 1000');
    const commands: Promise<string>[] = [];
    const meanwhile = {
      stop: restart.stop,
      start: async () => {
        const pid = await restart.start();
        for (let count = 0; count < 12; count += 1) commands.push(engine.docker('exec', name, 'true'));
        return pid;
      },
    };

    const [seen] = await observedWhile(engine, [name], () => Promise.all(commands), { restart: meanwhile });

    expect(seen?.uses.map(({ capability, program }) => `${capability} ${program}`)).toEqual(['CHOWN chown']);
  });
});
