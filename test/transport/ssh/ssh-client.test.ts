import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startSilence } from '../../support/ssh-silence.ts';
import { testWithOpenSsh } from '../../support/ssh-binary.ts';
import { ask, keys, sshHost, startLab, type Lab } from '../../support/ssh-fleet.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab();
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

    const failure = await lab.failure(sshHost({ port: silence.port }), { deadlineMilliseconds: 50 });
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

    const opening = lab.failure(sshHost({ port: silence.port }), { signal: controller.signal });
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
    const failure = await lab.failure(sshHost({ hostName: 'web-1.invalid' }));

    expect(failure).toMatchObject({ code: 'unreachable', message: expect.stringContaining('resolve') });
  });
});

describe('jump hosts', () => {
  testWithOpenSsh('are gone through, and each must show a known key', async () => {
    const bastion = await lab.another([keys.otherHost.private]);
    lab.homeFile(
      'config',
      `Host web-1\n  HostName 127.0.0.1\n  Port ${lab.ssh.port}\n  ProxyJump 127.0.0.1:${bastion.port}\n`,
    );
    lab.homeFile(
      'known_hosts',
      `[127.0.0.1]:${lab.ssh.port} ${keys.host.public}\n[127.0.0.1]:${bastion.port} ${keys.otherHost.public}\n`,
    );

    const connection = await lab.open(sshHost({ hostName: 'web-1' }));
    const answer = await ask(connection, '/info');

    expect(answer).toBe('{}');
    expect(bastion.seen.ports).toEqual([`127.0.0.1:${lab.ssh.port}`]);
  });

  testWithOpenSsh('with an unknown key are refused before anything goes through them', async () => {
    const bastion = await lab.another([keys.otherHost.private]);
    lab.homeFile(
      'config',
      `Host web-1\n  HostName 127.0.0.1\n  Port ${lab.ssh.port}\n  ProxyJump 127.0.0.1:${bastion.port}\n`,
    );

    const failure = await lab.failure(sshHost({ hostName: 'web-1' }));

    expect(failure).toMatchObject({
      code: 'host-key',
      message: expect.stringContaining(`:${bastion.port}`),
    });
    expect(lab.ssh.seen.connections).toBe(0);
  });

  testWithOpenSsh('that do not reach the host are named', async () => {
    lab.homeFile('config', `Host web-1\n  HostName 127.0.0.1\n  Port 1\n  ProxyJump 127.0.0.1:${lab.ssh.port}\n`);

    const failure = await lab.failure(sshHost({ hostName: 'web-1' }));

    expect(failure).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('the jump host'),
    });
  });

  testWithOpenSsh('that lead in a circle are refused', async () => {
    lab.homeFile('config', 'Host web-1\n  ProxyJump web-2\nHost web-2\n  ProxyJump web-1\n');

    const failure = await lab.failure(sshHost({ hostName: 'web-1' }));

    expect(failure).toMatchObject({ message: expect.stringContaining('in a circle') });
  });
});
