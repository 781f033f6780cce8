import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { realEngine } from '../support/real-engine.ts';
import { describeTraced, observedWhile, usedIn } from '../support/traced.ts';

const engine = realEngine('observe-uses');
const named = (name: string): string => `${engine.prefix}${name}`;
const exec = (name: string, ...words: readonly string[]) => engine.docker('exec', named(name), ...words);

jest.setTimeout(120_000);

describeTraced('what a container uses', () => {
  beforeAll(async () => {
    const image = await engine.busyboxImage();
    const run = (name: string, ...options: readonly string[]) =>
      engine.docker('run', '-d', '--init', '--name', named(name), ...options, image, 'sleep', '1000');
    await run('web');
    await run('plain', '--user', '1000:1000', '--tmpfs', '/mine:uid=1000');
    await run('bare', '--cap-drop', 'ALL');
    await engine.docker(
      'exec',
      named('web'),
      'sh',
      '-c',
      'mkdir -p /etc /srv; echo w:x:1000:1000::/:/bin/sh >>/etc/passwd; echo root:x:0:0::/:/bin/sh >>/etc/passwd; echo w:x:1000: >>/etc/group',
    );
  });
  afterAll(() => engine.cleanUp());

  test('is told with the program and the system call, of commands run in it too', async () => {
    const [seen] = await observedWhile(engine, [named('web')], () =>
      exec('web', 'sh', '-c', 'touch /srv/a; chown 1000 /srv/a; chroot / true; su w -c true'),
    );

    expect(seen).toMatchObject({ lostEvents: 0, sawStart: false });
    expect(seen?.uses.map(({ capability, program, call }) => `${capability} ${program} ${call ?? '?'}`)).toEqual([
      expect.stringMatching(/^CHOWN chown (l|f)?chown/),
      'SETGID su setgid',
      'SETGID su setgroups',
      'SETUID su setuid',
      'SYS_CHROOT chroot chroot',
    ]);
  });

  test('is nothing where it uses nothing', async () => {
    const [seen] = await observedWhile(engine, [named('plain')], () =>
      exec('plain', 'sh', '-c', 'echo 1 >/mine/a; cat /mine/a; kill -0 $$'),
    );

    expect(seen).toMatchObject({ uses: [], refusals: [], lostEvents: 0 });
  });

  test('leaves out what its file system asks for while it copies the files of the image', async () => {
    // The container may do anything with its own files, and every change of theirs is asked for by whoever mounted them.
    await engine.docker('exec', named('web'), 'sh', '-c', 'mkdir -p /own; chown 1000 /own');
    const [seen] = await observedWhile(engine, [named('web')], () =>
      engine.docker(
        'exec',
        '--user',
        '1000',
        named('web'),
        'sh',
        '-c',
        'echo 1 >/own/a; echo 2 >>/own/a; chmod 600 /own/a; mv /own/a /own/b; mkdir /own/d; rm -r /own/d /own/b',
      ),
    );

    expect(usedIn(seen)).toEqual([]);
  });

  test('leaves out what the engine itself needs to run a command in it', async () => {
    const [seen] = await observedWhile(engine, [named('bare')], () => exec('bare', 'true'));

    expect(seen).toMatchObject({ uses: [], refusals: [], refusedPrograms: [] });
  });

  test('comes with what it was refused, and the chroot that seccomp refused unasked', async () => {
    const [seen] = await observedWhile(engine, [named('bare')], () =>
      exec('bare', 'sh', '-c', 'chown 1000 /bin; chroot / true; true').catch(() => undefined),
    );

    expect(seen?.uses).toEqual([]);
    expect(seen?.refusals.map(({ capability, program }) => `${capability} ${program}`)).toEqual(['CHOWN chown']);
    expect(seen?.refusedChroots).toEqual(['chroot']);
  });

  test('is kept apart where several are watched at once', async () => {
    const [web, plain] = await observedWhile(engine, [named('web'), named('plain')], async () => {
      await exec('web', 'chown', '1000', '/srv');
      await exec('plain', 'true');
    });

    expect([usedIn(web), usedIn(plain)]).toEqual([['CHOWN'], []]);
  });
});
