import { afterEach, expect, jest, test } from '@jest/globals';
import type { Observation } from '../../src/model/observation.ts';
import { realEngine } from '../support/real-engine.ts';
import { describeTraced, observedWhile } from '../support/traced.ts';

const engine = realEngine('observe-root');
const name = `${engine.prefix}web`;
const USERS =
  'mkdir -p /etc; echo www:x:33:33::/:/bin/sh >/etc/passwd; echo root:x:0:0::/:/bin/sh >>/etc/passwd; echo www:x:33: >>/etc/group';

jest.setTimeout(120_000);

async function run(command: string, ...options: readonly string[]): Promise<void> {
  const image = await engine.busyboxImage();
  await engine.docker('run', '-d', '--name', name, ...options, image, 'sh', '-c', `${USERS}; ${command}; sleep 9999`);
}

function refusedToRoot({ refusedToRoot: told }: Observation): readonly string[] {
  return [...(told?.refusals ?? []).map(({ capability }) => capability), ...(told?.refusedChroots ?? [])];
}

const restart = {
  stop: async () => {
    await engine.docker('stop', '-t', '0', name);
  },
  start: async () => {
    await engine.docker('start', name);
    return (await engine.inspect(name)).State.Pid ?? 0;
  },
};
const DROPPED = ['CHOWN', 'SYS_CHROOT'].flatMap((capability) => ['--cap-drop', capability]);

describeTraced('what is refused', () => {
  afterEach(() => engine.cleanUp());

  test('to root is told from what every other user is refused anyway', async () => {
    await run(`su -s /bin/sh www -c 'chown 0 /etc; chroot / true'`, ...DROPPED);

    const [seen] = await observedWhile(engine, [name], () => Promise.resolve(), { restart });

    expect(seen?.refusals.map(({ capability }) => capability)).toContain('CHOWN');
    expect(seen?.refusedChroots).toEqual(['chroot']);
    expect(seen && refusedToRoot(seen)).toEqual([]);
  });

  test('to root is told, at its start and in commands that are run later', async () => {
    await run('chown 33 /etc', ...DROPPED);

    const [seen] = await observedWhile(
      engine,
      [name],
      () => engine.docker('exec', name, 'chroot', '/').catch(() => ''),
      {
        restart,
      },
    );

    expect(seen && refusedToRoot(seen)).toEqual(['CHOWN', 'chroot']);
  });

  test('to the container’s own user is refused to no root', async () => {
    await run('chown 0 /etc', ...DROPPED, '--user', '33:33', '--tmpfs', '/etc:uid=33');

    const [seen] = await observedWhile(engine, [name], () => Promise.resolve(), { restart });

    expect(seen?.refusals.map(({ capability }) => capability)).toContain('CHOWN');
    expect(seen && refusedToRoot(seen)).toEqual([]);
  });

  test('to a process that ran before is told by who it is', async () => {
    await run('true', ...DROPPED);
    await engine.docker('exec', '-d', name, 'sh', '-c', 'sleep 1; chown 33 /etc; touch /done; sleep 9999');
    const done = async (): Promise<void> => {
      while (
        await engine.docker('exec', name, 'test', '-e', '/done').then(
          () => false,
          () => true,
        )
      );
    };

    const [seen] = await observedWhile(engine, [name], done);

    expect(seen && refusedToRoot(seen)).toContain('CHOWN');
  });
});
