import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SshAddress } from '../../../src/model/inventory.ts';
import type { ConnectionSettings } from '../../../src/transport/connect.ts';
import { readSshSettings, type SshSettings } from '../../../src/transport/ssh/ssh-settings.ts';
import { testWithOpenSsh } from '../../support/ssh-binary.ts';
import { settingsFor } from '../../support/ssh-fleet.ts';

let homeFolder: string;

beforeEach(() => {
  homeFolder = mkdtempSync(join(tmpdir(), 'enforce-'));
  mkdirSync(join(homeFolder, '.ssh'));
});

afterEach(() => rmSync(homeFolder, { recursive: true }));

function configure(text: string): void {
  writeFileSync(join(homeFolder, '.ssh', 'config'), text);
}

function read(address: Partial<SshAddress> = {}, changes: Partial<ConnectionSettings> = {}): Promise<SshSettings> {
  const settings = settingsFor(homeFolder, changes);
  return readSshSettings({ kind: 'ssh', hostName: 'web-1', become: false, ...address }, settings, settings.signal);
}

describe('the ssh configuration', () => {
  testWithOpenSsh('says all that connecting needs', async () => {
    configure(`
Host web-*
  HostName %h.example.com
  User ops
  Port 2222
  BindAddress 10.0.0.2
  AddressFamily inet
  IdentityFile ~/.ssh/%r_key
  IdentitiesOnly yes
  CertificateFile ~/.ssh/%r_key-cert.pub
  IdentityAgent /run/agent.sock
  UserKnownHostsFile ~/.ssh/fleet_hosts
  GlobalKnownHostsFile /etc/fleet_hosts
  HostKeyAlias shop
  StrictHostKeyChecking accept-new
  ConnectTimeout 7
  ServerAliveInterval 5
  ServerAliveCountMax 2
  ProxyJump jump@bastion:33,inner
`);

    const settings = await read();

    expect(settings).toEqual({
      hostName: 'web-1.example.com',
      user: 'ops',
      port: 2222,
      localAddress: '10.0.0.2',
      family: 4,
      agentSocket: '/run/agent.sock',
      identityFiles: [join(homeFolder, '.ssh', 'ops_key')],
      identitiesOnly: true,
      certificateFiles: [join(homeFolder, '.ssh', 'ops_key-cert.pub')],
      knownHostsFiles: [join(homeFolder, '.ssh', 'fleet_hosts'), '/etc/fleet_hosts'],
      hostKeyAlias: 'shop',
      strictHostKeyChecking: 'accept-new',
      connectTimeoutMilliseconds: 7_000,
      keepaliveMilliseconds: 5_000,
      keepalivesMissed: 2,
      jumps: [
        { kind: 'ssh', hostName: 'bastion', user: 'jump', port: 33, become: false },
        { kind: 'ssh', hostName: 'inner', become: false },
      ],
    });
  });

  testWithOpenSsh('gives way to the inventory', async () => {
    configure('Host *\n  User ops\n  Port 2222\n  IdentityFile ~/.ssh/ops\n');

    const settings = await read({ user: 'deploy', port: 22, identityFile: '/keys/deploy' });

    expect(settings).toMatchObject({ user: 'deploy', port: 22, identityFiles: ['/keys/deploy'] });
  });

  testWithOpenSsh('is read with its Match and Include', async () => {
    writeFileSync(join(homeFolder, '.ssh', 'fleet'), 'Match user deploy\n  Port 2222\n');
    configure(`Include ${join(homeFolder, '.ssh', 'fleet')}\n`);

    const settings = await read({ user: 'deploy' });

    expect(settings.port).toBe(2222);
  });

  test('that does not exist leaves the usual', async () => {
    const settings = await read({}, { userName: 'deploy', sshAgentSocket: '/run/agent.sock' });

    expect(settings).toMatchObject({ hostName: 'web-1', user: 'deploy', port: 22, agentSocket: '/run/agent.sock' });
    expect(settings.identityFiles).toContain(join(homeFolder, '.ssh', 'id_ed25519'));
    expect(settings.knownHostsFiles[0]).toBe(join(homeFolder, '.ssh', 'known_hosts'));
  });

  test('cannot be read without an OpenSSH client, and the usual holds', async () => {
    configure('Host *\n  Port 2222\n');

    const settings = await read({}, { openSshPath: '/nowhere/ssh' });

    expect(settings).toEqual({
      hostName: 'web-1',
      user: 'deploy',
      port: 22,
      localAddress: undefined,
      family: undefined,
      agentSocket: undefined,
      identityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(homeFolder, '.ssh', name)),
      identitiesOnly: false,
      certificateFiles: [],
      knownHostsFiles: [
        join(homeFolder, '.ssh', 'known_hosts'),
        join(homeFolder, '.ssh', 'known_hosts2'),
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
      hostKeyAlias: undefined,
      strictHostKeyChecking: 'ask',
      connectTimeoutMilliseconds: 0,
      keepaliveMilliseconds: 10_000,
      keepalivesMissed: 3,
      jumps: [],
    });
  });

  testWithOpenSsh('may switch the agent off', async () => {
    configure('IdentityAgent none\n');

    const settings = await read({}, { sshAgentSocket: '/run/agent.sock' });

    expect(settings.agentSocket).toBeUndefined();
  });

  testWithOpenSsh('that is wrong is told with its line', async () => {
    configure('Bogus yes\n');

    await expect(read()).rejects.toMatchObject({
      code: 'bad-connection-settings',
      message: expect.stringMatching(/config: line 1: Bad configuration option: bogus/),
    });
  });
});

describe('what only the ssh of the system can do', () => {
  testWithOpenSsh.each(['ProxyCommand nc %h %p', 'RevokedHostKeys /etc/ssh/revoked'])(
    '%s is left to it',
    async (line) => {
      configure(`${line}\n`);

      const refused = read().catch((error: unknown) => error);
      const settings = await read({ transport: 'openssh' });

      await expect(refused).resolves.toMatchObject({ hint: expect.stringContaining('transport: openssh') });
      expect(settings.hostName).toBe('web-1');
    },
  );
});

describe('the address', () => {
  test.each(['-oProxyCommand=reboot', 'web-1;reboot', 'web 1', '$(reboot)', ''])('never is %j', async (hostName) => {
    await expect(read({ hostName })).rejects.toMatchObject({ message: expect.stringContaining('cannot be') });
  });

  test.each(['-oProxyCommand=reboot', 'ops;reboot', '`reboot`'])('never has the user %j', async (user) => {
    await expect(read({ user })).rejects.toMatchObject({ message: expect.stringContaining('cannot be') });
  });
});
