import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { testWithOpenSsh } from '../support/ssh-binary.ts';
import { ask, keys, startLab, type Lab } from '../support/ssh-fleet.ts';
import { describeEachTransport } from '../support/ssh-transports.ts';

describeEachTransport((transport) => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await startLab(transport, (request, response) => {
      if (request.url === '/half') response.write('half of it');
      else response.end(`answer to ${request.url ?? ''}`);
    });
  });

  afterEach(() => lab.close());

  const limits = { deadlineMilliseconds: 10_000, maximumBytes: 1_000 };

  describe('one connection for everything', () => {
    test('forty requests use one connection and no more than eight channels', async () => {
      const paths = Array.from({ length: 40 }, (_, index) => `/containers/${index}/json`);

      const connection = await lab.open();
      const answers = await Promise.all(paths.map((path) => ask(connection, path)));

      expect(answers).toEqual(paths.map((path) => `answer to ${path}`));
      expect(connection).toMatchObject({ way: `${transport}, forwarded socket`, channels: 8 });
      expect(lab.ssh.seen.connections).toBe(1);
      expect(lab.ssh.seen.most).toBe(8);
    });

    test('where sockets are not forwarded, docker system dial-stdio carries the requests on four channels', async () => {
      lab.ssh.behaviour.forwardsSockets = false;

      const connection = await lab.open();
      await Promise.all(Array.from({ length: 40 }, (_, index) => ask(connection, `/${index}`)));

      expect(connection).toMatchObject({ way: `${transport}, docker system dial-stdio`, channels: 4 });
      expect(lab.ssh.seen.commands).toEqual(Array.from({ length: 4 }, () => 'docker system dial-stdio'));
      expect(lab.ssh.seen).toMatchObject({ connections: 1, most: 4 });
    });

    test('with become, sudo is used from the start', async () => {
      const host = lab.hostWith({ become: true });

      const connection = await lab.open(host);
      await connection.runScript?.('id', limits);

      expect(connection.way).toBe(`${transport}, sudo docker system dial-stdio`);
      expect(lab.ssh.seen.commands).toEqual(['sudo -n docker system dial-stdio', 'sudo -n sh -s']);
    });

    test('a socket of another place is named to docker within quotes', async () => {
      const host = lab.hostWith({ socketPath: '/run/user/1000/docker.sock' });

      await lab.open(host);

      expect(lab.ssh.seen.commands).toEqual(["docker --host='unix:///run/user/1000/docker.sock' system dial-stdio"]);
    });

    test.each(["/run/x'; reboot; '", '/run/$(reboot)', 'run/docker.sock', '/run/a b'])(
      'the socket path %j reaches no shell',
      async (socketPath) => {
        const failure = await lab.failure(lab.hostWith({ socketPath }));

        expect(failure).toMatchObject({ code: 'bad-connection-settings' });
        expect(lab.ssh.seen.commands).toEqual([]);
      },
    );

    test('a host that closes idle channels is asked again on new ones', async () => {
      const connection = await lab.open();
      const noticed = Object.values(connection.agent.freeSockets).flatMap((idle) =>
        (idle ?? []).map((socket) => once(socket, 'close')),
      );
      await lab.engine.closeIdle();
      await Promise.all(noticed);

      const answer = await ask(connection, '/again');

      expect(answer).toBe('answer to /again');
      expect(lab.ssh.seen.connections).toBe(1);
    });

    testWithOpenSsh('comes from the address that the configuration binds it to', async () => {
      lab.homeFile('config', 'BindAddress 127.0.0.9\n');

      await lab.open();

      expect(lab.ssh.seen.from).toEqual(['127.0.0.9']);
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

    test('because the host shows another key in the middle of it is left', async () => {
      const connection = await lab.open();
      const request = ask(connection, '/half');
      await lab.engine.untilAsked('/half');
      lab.ssh.becomeAnother(keys.otherHost.private);

      const failure = await request.catch((error: unknown) => error);

      expect(connection.explain(failure)).toMatchObject({ code: 'host-key' });
    });

    test('and one that freezes is given up when its keepalives are not answered', async () => {
      const connection = await lab.open(lab.host, { keepaliveMilliseconds: 20 });
      const request = ask(connection, '/half');
      lab.ssh.freeze();

      const failure = await request.catch((error: unknown) => error);

      expect(connection.explain(failure)).toMatchObject({
        code: 'timed-out',
        message: expect.stringContaining('fell silent'),
      });
    });
  });
});
