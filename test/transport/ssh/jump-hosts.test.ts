import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import { testWithOpenSsh } from '../../support/ssh-binary.ts';
import { ask, keys, sshHost, startLab, type Lab } from '../../support/ssh-fleet.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab();
});

afterEach(() => lab.close());

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

  testWithOpenSsh.each(['ssh', 'openssh'] as const)(
    'that die end what goes through them, and are not taken for the host: by %s',
    async (transport) => {
      const bastion = await lab.another([keys.otherHost.private]);
      const folder = join(lab.settings.homeFolder, '.ssh');
      lab.homeFile(
        'config',
        `Host web-1\n  HostName 127.0.0.1\n  Port ${lab.ssh.port}\n  ProxyJump bastion\nHost bastion\n  HostName 127.0.0.1\n  Port ${bastion.port}\nHost *\n  User deploy\n  IdentityFile ${folder}/id_ed25519\n  UserKnownHostsFile ${folder}/known_hosts\n`,
      );
      lab.homeFile(
        'known_hosts',
        `[127.0.0.1]:${lab.ssh.port} ${keys.host.public}\n[127.0.0.1]:${bastion.port} ${keys.otherHost.public}\n`,
      );
      const direct = await lab.open();
      const through = await lab.open(sshHost({ hostName: 'web-1', ...(transport === 'openssh' ? { transport } : {}) }));
      bastion.cut('reset');

      const failure = await ask(through, '/info').catch((error: unknown) => error);

      expect(through.explain(failure)).toMatchObject({ code: 'unreachable' });
      expect(await ask(direct, '/info')).toBe('{}');
    },
  );
});
