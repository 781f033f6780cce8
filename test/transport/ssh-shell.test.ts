import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startLab, type Lab } from '../support/ssh-fleet.ts';
import { describeEachTransport } from '../support/ssh-transports.ts';

const limits = { deadlineMilliseconds: 10_000, maximumBytes: 1_000 };
const never = new AbortController().signal;

describeEachTransport((transport) => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await startLab(transport);
  });

  afterEach(() => lab.close());

  describe('scripts', () => {
    test('are given to sh on its input, and what they say comes back', async () => {
      lab.ssh.behaviour.shell = (script, channel) => {
        channel.write(`ran: ${script}`);
        channel.stderr.write('a warning');
        channel.exit(3);
        channel.end();
      };

      const connection = await lab.open();
      const output = await connection.runScript?.('cat /proc/net/tcp', limits);

      expect(output).toEqual({ exitCode: 3, stdout: 'ran: cat /proc/net/tcp', stderr: 'a warning' });
      expect(lab.ssh.seen.commands).toEqual(['sh -s']);
    });

    test('that say too much fail instead of being cut short', async () => {
      lab.ssh.behaviour.shell = (_script, channel) => void channel.write('x'.repeat(2_000));

      const connection = await lab.open();
      const running = connection.runScript?.('yes', limits);

      await expect(running).rejects.toMatchObject({ code: 'engine', message: expect.stringContaining('1000 bytes') });
    });

    test('that do not end are stopped at their deadline', async () => {
      lab.ssh.behaviour.shell = () => undefined;

      const connection = await lab.open();
      const running = connection.runScript?.('sleep 1000', { ...limits, deadlineMilliseconds: 20 });

      await expect(running).rejects.toMatchObject({ code: 'timed-out' });
    });

    test('where no command may run say so', async () => {
      lab.ssh.behaviour.runsCommands = false;

      const connection = await lab.open();

      await expect(connection.runScript?.('id', limits)).rejects.toMatchObject({ code: 'permission' });
    });
  });

  describe('looking at a port', () => {
    test.each([
      ['', '127.0.0.1'],
      ['0.0.0.0', '127.0.0.1'],
      ['127.0.0.1', '127.0.0.1'],
    ])('published on %j, it is opened from the host at %s', async (ip, expected) => {
      const shop = createServer((socket) => socket.end('220 shop'));
      await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
      const { port } = shop.address() as AddressInfo;

      const connection = await lab.open();
      const said = await text(await connection.openTcp(ip, port, never));
      shop.close();

      expect(said).toBe('220 shop');
      expect(lab.ssh.seen.ports).toEqual([`${expected}:${port}`]);
    });

    test('where sshd forbids it, says so instead of calling the port closed', async () => {
      lab.ssh.behaviour.forwardsPorts = false;

      const connection = await lab.open();

      await expect(connection.openTcp('', 1, never)).rejects.toMatchObject({
        name: 'EnforceError',
        code: 'permission',
      });
    });

    test('nobody listens on fails without saying that it is forbidden', async () => {
      const connection = await lab.open();

      const failure = await connection.openTcp('', 1, never).catch((error: unknown) => error);

      expect(failure).not.toMatchObject({ name: 'EnforceError' });
    });
  });

  describe('an engine that cannot be reached', () => {
    test.each([
      [1, 'dial unix /var/run/docker.sock: connect: permission denied', 'permission', 'usermod -aG docker deploy'],
      [1, 'dial unix /var/run/docker.sock: connect: no such file or directory', 'engine', 'systemctl start docker'],
      [127, 'bash: docker: command not found', 'engine', 'AllowStreamLocalForwarding'],
    ])('is explained by how docker ends: %i, %s', async (exitCode, stderr, code, hint) => {
      lab.ssh.behaviour.forwardsSockets = false;
      lab.ssh.behaviour.dialStdioFails = { exitCode, stderr };

      const failure = await lab.failure();

      expect(failure).toMatchObject({ code, hint: expect.stringContaining(hint) });
    });

    test('because start-up files print something is explained', async () => {
      lab.ssh.behaviour.forwardsSockets = false;
      lab.ssh.behaviour.startUpOutput = 'Welcome to web-1!\n';

      const failure = await lab.failure();

      expect(failure).toMatchObject({ code: 'engine', hint: expect.stringContaining('.bashrc') });
    });

    test('because sshd opens nothing is explained', async () => {
      lab.ssh.behaviour.forwardsSockets = false;
      lab.ssh.behaviour.runsCommands = false;

      const failure = await lab.failure();

      expect(failure).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('MaxSessions') });
    });
  });
});
