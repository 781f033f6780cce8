import { execFileSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { describeReal } from '../support/real-engine.ts';
import { withRealSsh } from '../support/real-ssh.ts';
import { ask } from '../support/ssh-fleet.ts';
import { describeEachTransport } from '../support/ssh-transports.ts';

const limits = { deadlineMilliseconds: 10_000, maximumBytes: 100 };

describeReal('a real sshd before the real engine', () => {
  describeEachTransport((transport) => {
    const { startSshd, open } = withRealSsh(transport);

    test('forwards its socket: forty requests, a script and a port over one login', async () => {
      const sshd = await startSshd();
      const shop = createServer((socket) => socket.end('220 shop'));
      await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));

      const connection = await open(sshd);
      const answers = await Promise.all(Array.from({ length: 40 }, () => ask(connection, '/version')));
      const script = await connection.runScript?.('id -u', limits);
      const { port } = shop.address() as AddressInfo;
      const said = await text(await connection.openTcp('0.0.0.0', port, new AbortController().signal));
      shop.close();

      expect(connection.way).toBe(`${transport}, forwarded socket`);
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toContain('"ApiVersion"');
      expect(script).toEqual({ exitCode: 0, stdout: '0\n', stderr: '' });
      expect(said).toBe('220 shop');
    });

    test('that forwards no socket carries requests through docker system dial-stdio', async () => {
      const sshd = await startSshd('AllowStreamLocalForwarding no');

      const connection = await open(sshd);
      const answers = await Promise.all(Array.from({ length: 40 }, () => ask(connection, '/version')));

      expect(connection).toMatchObject({ way: `${transport}, docker system dial-stdio`, channels: 4 });
      expect(new Set(answers).size).toBe(1);
    });

    test('that runs one command at a time for a login carries forty requests and scripts over further logins', async () => {
      const sshd = await startSshd('AllowStreamLocalForwarding no', 'MaxSessions 1');

      const connection = await open(sshd);
      const answers = await Promise.all(Array.from({ length: 40 }, () => ask(connection, '/version')));
      const scripts = await Promise.all(
        Array.from({ length: 2 }, async () => await connection.runScript?.('id -u', limits)),
      );

      expect(new Set(answers).size).toBe(1);
      expect(scripts.map((script) => script?.stdout)).toEqual(['0\n', '0\n']);
    });

    test('with become, carries them through sudo', async () => {
      const sshd = await startSshd();

      const connection = await open(sshd, { become: true });
      const answer = await ask(connection, '/version');

      expect(connection.way).toBe(`${transport}, sudo docker system dial-stdio`);
      expect(answer).toContain('"ApiVersion"');
    });

    test('takes a key that may do nothing but dial-stdio', async () => {
      const sshd = await startSshd();
      sshd.authorize(sshd.makeKey('restricted'), 'restrict,command="docker system dial-stdio"');

      const connection = await open(sshd, { identityFile: `${sshd.homeFolder}/.ssh/restricted` });

      expect(connection.way).toBe(`${transport}, docker system dial-stdio`);
    });

    test('that forbids ports to be tried says so, and the engine is reached all the same', async () => {
      const sshd = await startSshd('AllowTcpForwarding no');

      const connection = await open(sshd);
      const trying = connection.openTcp('', 1, new AbortController().signal);

      await expect(trying).rejects.toMatchObject({ name: 'EnforceError', code: 'permission' });
    });

    test('tells a port nobody listens on from a forbidden one', async () => {
      const sshd = await startSshd();

      const connection = await open(sshd);
      const trying = connection.openTcp('', 1, new AbortController().signal);

      await expect(trying).rejects.not.toMatchObject({ name: 'EnforceError' });
    });

    test('that runs no commands is explained', async () => {
      const sshd = await startSshd('AllowStreamLocalForwarding no', 'MaxSessions 0');

      await expect(open(sshd)).rejects.toMatchObject({ hint: expect.stringContaining('MaxSessions') });
    });

    test('refuses another key', async () => {
      const sshd = await startSshd();
      const identityFile = sshd.makeKey('stranger');

      await expect(open(sshd, { identityFile })).rejects.toMatchObject({
        code: 'authentication',
        message: expect.stringContaining(identityFile),
      });
    });

    test('is not logged in to with a key that is encrypted', async () => {
      const sshd = await startSshd();
      const identityFile = sshd.makeKey('encrypted', 'open sesame');

      await expect(open(sshd, { identityFile })).rejects.toMatchObject({
        code: 'authentication',
        hint: expect.stringContaining('ssh-add'),
      });
    });

    test('is not trusted with another key than the known one', async () => {
      const sshd = await startSshd();
      sshd.know(sshd.makeKey('another-host'));

      await expect(open(sshd)).rejects.toMatchObject({
        code: 'host-key',
        message: expect.stringContaining('is not the one'),
      });
    });

    test('is not trusted while its key is unknown', async () => {
      const sshd = await startSshd();

      await expect(open(sshd, {}, { knownHostsFiles: ['/nowhere/known_hosts'] })).rejects.toMatchObject({
        code: 'host-key',
        message: expect.stringContaining('is not known'),
      });
    });

    test('drops logins when it is busy, and all of many come through in the end', async () => {
      const sshd = await startSshd('MaxStartups 4:100:4');

      const connections = await Promise.all(
        Array.from({ length: 8 }, (_, index) => open(sshd, {}, { random: () => index / 8 })),
      );

      expect(connections).toHaveLength(8);
    });

    test('for a user who is in no group that may, says which to join, and what sudo lacks', async () => {
      const sshd = await startSshd();
      execFileSync('useradd', ['-M', '-N', '-p', '*', '-s', '/bin/sh', 'enforce-ssh-lab']);

      const user = 'enforce-ssh-lab';
      const [plain, become] = await Promise.allSettled([open(sshd, { user }), open(sshd, { user, become: true })]);
      execFileSync('userdel', [user]);

      expect(plain).toMatchObject({ reason: { code: 'permission', hint: expect.stringContaining(`docker ${user}`) } });
      expect(become).toMatchObject({ reason: { code: 'permission', hint: expect.stringContaining('NOPASSWD') } });
    });
  });

  const { startSshd, open } = withRealSsh('ssh');

  test('that knows only the slow key exchange is refused, as it would stop every other host meanwhile', async () => {
    const sshd = await startSshd('KexAlgorithms diffie-hellman-group-exchange-sha256');

    await expect(open(sshd)).rejects.toMatchObject({ message: expect.stringContaining('no common algorithm') });
  });
});
