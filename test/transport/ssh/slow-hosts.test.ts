import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ask, startLab, type Lab } from '../../support/ssh-fleet.ts';
import { startNoise } from '../../support/ssh-noise.ts';
import { startSilence } from '../../support/ssh-silence.ts';
import { describeEachTransport } from '../../support/ssh-transports.ts';

describeEachTransport((transport) => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await startLab(transport);
  });

  afterEach(() => lab.close());

  describe('a host that is slow or busy', () => {
    test('that hangs up before its greeting is tried again, three times', async () => {
      const pauses: number[] = [];
      lab.ssh.behaviour.drops = 3;

      await lab.open(lab.host, {
        random: () => 0.5,
        delay: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
      });

      expect(lab.ssh.seen.connections).toBe(4);
      expect(pauses).toEqual([500, 1000, 2000]);
    });

    test('that keeps hanging up is given up', async () => {
      lab.ssh.behaviour.drops = 10;

      const failure = await lab.failure();

      expect(failure).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('MaxStartups') });
      expect(lab.ssh.seen.connections).toBe(4);
    });

    test('that accepts and says nothing ends at the deadline', async () => {
      const silence = await startSilence();

      const failure = await lab.failure(lab.hostWith({ port: silence.port }), { deadlineMilliseconds: 50 });
      await silence.close();

      expect(failure.code).toBe('timed-out');
    });

    test('whose engine says nothing ends at the deadline', async () => {
      const path = join(lab.engine.folder, 'silent.sock');
      const silence = await startSilence(path);
      lab.ssh.behaviour.engineSocket = path;

      const failure = await lab.failure(lab.host, { deadlineMilliseconds: 500 });
      await silence.close();

      expect(failure.code).toBe('timed-out');
    });

    test('is left when the person interrupts, who is told how far it came', async () => {
      const silence = await startSilence();
      const controller = new AbortController();

      const opening = lab.failure(lab.hostWith({ port: silence.port }), { signal: controller.signal });
      await silence.untilConnected();
      controller.abort();
      const failure = await opening;
      await silence.close();

      expect(failure).toMatchObject({
        code: 'unreachable',
        message: expect.stringMatching(/^interrupted while .* deploy@127\.0\.0\.1/),
      });
    });

    test('is not tried again when the person interrupts meanwhile', async () => {
      const controller = new AbortController();
      lab.ssh.behaviour.drops = 1;

      const failure = await lab.failure(lab.host, {
        signal: controller.signal,
        delay: () => {
          controller.abort();
          return Promise.resolve();
        },
      });

      expect(failure).toMatchObject({ code: 'unreachable', message: expect.stringContaining('interrupted') });
    });

    test('is not tried when the person has interrupted already', async () => {
      const controller = new AbortController();
      controller.abort();

      const failure = await lab.failure(lab.host, { signal: controller.signal });

      expect(failure).toMatchObject({ code: 'unreachable', message: expect.stringContaining('interrupted') });
      expect(lab.ssh.seen.connections).toBe(0);
    });

    test('that does not listen is told apart', async () => {
      await lab.ssh.close();

      const failure = await lab.failure();

      expect(failure).toMatchObject({ code: 'unreachable', message: expect.stringContaining('nothing listens on') });
    });

    test('whose name does not resolve is told apart', async () => {
      const failure = await lab.failure(lab.hostWith({ hostName: 'web-1.invalid' }));

      expect(failure).toMatchObject({ code: 'unreachable', message: expect.stringContaining('resolve') });
    });

    test('that is no sshd is told apart, and is not tried for long', async () => {
      const web = await startNoise('HTTP/1.1 400 Bad Request\r\n\r\n', 1);

      const failure = await lab.failure(lab.hostWith({ port: web.port }));
      await web.close();

      expect(failure).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('is it an sshd') });
    });

    test('that talks without end is given up before it has said much', async () => {
      const noise = await startNoise(`${'x'.repeat(65_535)}\n`);

      const failure = await lab.failure(lab.hostWith({ port: noise.port }));
      const bytes = noise.bytes();
      await noise.close();

      expect(failure.code).toBe('unreachable');
      expect(bytes).toBeLessThan(64 * 1024 * 1024);
    });

    test('that is silent longer than the ConnectTimeout of its configuration is given up then', async () => {
      const silence = await startSilence();
      lab.homeFile('config', 'ConnectTimeout 1\n');

      const failure = await lab.failure(lab.hostWith({ port: silence.port }));
      await silence.close();

      expect(failure).toMatchObject({ code: 'timed-out', message: expect.stringContaining('ConnectTimeout') });
    });

    test('that falls silent is given up as ServerAliveInterval and ServerAliveCountMax say', async () => {
      lab.homeFile('config', 'ServerAliveInterval 1\nServerAliveCountMax 1\n');
      const connection = await lab.open(lab.host, { keepaliveMilliseconds: 600_000 });
      const request = ask(connection, '/info');
      lab.ssh.freeze();

      const failure = await request.catch((error: unknown) => error);

      expect(connection.explain(failure)).toMatchObject({
        code: 'timed-out',
        message: expect.stringContaining('fell silent'),
      });
    });
  });
});
