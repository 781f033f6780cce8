import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ask, sshHost, startLab, type Lab } from '../support/ssh-fleet.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab((request, response) => {
    if (request.url === '/half') response.write('half of it');
    else response.end(`answer to ${request.url ?? ''}`);
  });
});

afterEach(async () => {
  await lab.close();
});

const limits = { deadlineMilliseconds: 10_000, maximumBytes: 1_000 };
const never = new AbortController().signal;

describe('one connection for everything', () => {
  test('forty requests use one connection and no more than eight channels', async () => {
    const paths = Array.from({ length: 40 }, (_, index) => `/containers/${index}/json`);

    const connection = await lab.open();
    const answers = await Promise.all(paths.map((path) => ask(connection, path)));

    expect(answers).toEqual(paths.map((path) => `answer to ${path}`));
    expect(connection).toMatchObject({ way: 'ssh, forwarded socket', channels: 8 });
    expect(lab.ssh.seen.connections).toBe(1);
    expect(lab.ssh.seen.most).toBe(8);
  });

  test('where sockets are not forwarded, docker system dial-stdio carries the requests on four channels', async () => {
    lab.ssh.behaviour.forwardsSockets = false;

    const connection = await lab.open();
    await Promise.all(Array.from({ length: 40 }, (_, index) => ask(connection, `/${index}`)));

    expect(connection).toMatchObject({ way: 'ssh, docker system dial-stdio', channels: 4 });
    expect(lab.ssh.seen.commands).toEqual(Array.from({ length: 4 }, () => 'docker system dial-stdio'));
    expect(lab.ssh.seen).toMatchObject({ connections: 1, most: 4 });
  });

  test('with become, sudo is used from the start', async () => {
    const host = sshHost({ port: lab.ssh.port, become: true });

    const connection = await lab.open(host);
    await connection.runScript?.('id', limits);

    expect(connection.way).toBe('ssh, sudo docker system dial-stdio');
    expect(lab.ssh.seen.commands).toEqual(['sudo -n docker system dial-stdio', 'sudo -n sh -s']);
  });

  test('a socket of another place is named to docker within quotes', async () => {
    const host = sshHost({ port: lab.ssh.port, socketPath: '/run/user/1000/docker.sock' });

    await lab.open(host);

    expect(lab.ssh.seen.commands).toEqual(["docker --host='unix:///run/user/1000/docker.sock' system dial-stdio"]);
  });

  test.each(["/run/x'; reboot; '", '/run/$(reboot)', 'run/docker.sock', '/run/a b'])(
    'the socket path %j reaches no shell',
    async (socketPath) => {
      const failure = await lab.failure(sshHost({ port: lab.ssh.port, socketPath }));

      expect(failure).toMatchObject({ code: 'bad-connection-settings' });
      expect(lab.ssh.seen.commands).toEqual([]);
    },
  );

  test('a host that closes idle channels is asked again on new ones', async () => {
    const connection = await lab.open();
    await lab.engine.closeIdle();
    await lab.ssh.untilIdle();

    const answer = await ask(connection, '/again');

    expect(answer).toBe('answer to /again');
    expect(lab.ssh.seen.connections).toBe(1);
  });

  test('the agent is not forwarded, even when there is one', async () => {
    lab.ssh.behaviour.forwardsSockets = false;

    await lab.open(lab.host, { sshAgentSocket: `${lab.engine.folder}/no-agent` });

    expect(lab.ssh.seen.agentRequests).toBe(0);
  });
});

describe('a connection that breaks', () => {
  test.each([
    ['reset', 'broke the connection off'],
    ['end', 'closed the connection'],
  ] as const)('by a %s ends a request in the middle of its body, and is explained', async (how, message) => {
    const connection = await lab.open();
    const request = ask(connection, '/half');
    await lab.engine.untilAsked('/half');
    lab.ssh.cut(how);

    const failure = await request.catch((error: unknown) => error);

    expect(connection.explain(failure)).toBe(failure);
    expect(failure).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(message),
    });
  });

  test('fails later requests with the reason it broke', async () => {
    const connection = await lab.open();
    const request = ask(connection, '/half').catch(() => undefined);
    await lab.engine.untilAsked('/half');
    lab.ssh.cut('reset');
    await request;

    const failure = await ask(connection, '/later').catch((error: unknown) => error);

    expect(connection.explain(failure)).toMatchObject({ code: 'unreachable' });
  });

  test('and one that freezes is given up after three keepalives', async () => {
    const connection = await lab.open(lab.host, { keepaliveMilliseconds: 20 });
    const request = ask(connection, '/half');
    lab.ssh.freeze();

    const failure = await request.catch((error: unknown) => error);

    expect(connection.explain(failure)).toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('three keepalives'),
    });
  });
});

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

    await expect(connection.openTcp('', 1, never)).rejects.toMatchObject({ name: 'EnforceError', code: 'permission' });
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
