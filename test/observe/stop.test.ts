import { afterEach, expect, jest, test } from '@jest/globals';
import { realEngine } from '../support/real-engine.ts';
import { describeTraced, observedWhile, usedIn } from '../support/traced.ts';

const engine = realEngine('observe-stop');
const name = `${engine.prefix}web`;
/** Its user's helper is told by root to end, for which root needs KILL. */
const PARENT = `su -s /bin/sh www -c 'exec sleep 9999' & child=$!; trap 'kill $child; wait $child; exit 0' TERM; while :; do wait $child; done`;
const USERS =
  'mkdir -p /etc; echo www:x:33:33::/:/bin/sh >/etc/passwd; echo root:x:0:0::/:/bin/sh >>/etc/passwd; echo www:x:33: >/etc/group';

jest.setTimeout(120_000);

const restart = {
  stop: async () => {
    await engine.docker('stop', '-t', '3', name);
  },
  start: async () => {
    await engine.docker('start', name);
    return (await engine.inspect(name)).State.Pid ?? 0;
  },
};

async function observedRestart(command: string, ...options: readonly string[]) {
  await engine.docker(
    'run',
    '-d',
    '--name',
    name,
    ...options,
    await engine.busyboxImage(),
    'sh',
    '-c',
    `${USERS}; ${command}`,
  );
  // What is to be stopped is to have begun.
  while (!(await engine.docker('top', name)).includes('sleep 9999'));
  const [seen] = await observedWhile(engine, [name], () => Promise.resolve(), { restart });
  return seen;
}

describeTraced('the stop of a container', () => {
  afterEach(() => engine.cleanUp());

  test('is seen from the signal on, with what it takes to end others', async () => {
    const seen = await observedRestart(PARENT);

    expect(seen).toMatchObject({ sawStop: true, sawStart: true, lostEvents: 0 });
    expect(usedIn(seen)).toContain('KILL');
  });

  test('is seen to take nothing where nobody has to end others', async () => {
    const seen = await observedRestart(`trap 'exit 0' TERM; sleep 9999 & wait`);

    expect(seen).toMatchObject({ sawStop: true, sawStart: true, uses: [] });
  });

  test('of an init that is root takes KILL, where what it runs is not', async () => {
    const seen = await observedRestart(`exec su -s /bin/sh www -c 'exec sleep 9999'`, '--init');

    expect(seen?.uses.filter(({ capability }) => capability === 'KILL').map(({ program }) => program)).toEqual([
      'docker-init',
    ]);
  });
});
