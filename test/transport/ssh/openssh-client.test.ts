import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EnforceError } from '../../../src/model/errors.ts';
import { hasOpenSsh } from '../../support/ssh-binary.ts';
import { ask, keys, startLab, type Lab } from '../../support/ssh-fleet.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab('openssh');
});

afterEach(() => lab.close());

(hasOpenSsh ? describe : describe.skip)("what the system's ssh says is told in enforce's own words", () => {
  test('of a key that is not known, with its fingerprint', async () => {
    lab.homeFile('known_hosts', '');

    const failure = await lab.failure();

    expect(failure).toMatchObject({
      code: 'host-key',
      message: expect.stringMatching(
        new RegExp(`^the key of \\[127\\.0\\.0\\.1\\]:${lab.ssh.port} is not known: ssh-ed25519 SHA256:[\\w+/]{43}$`),
      ),
      hint: expect.stringContaining('compare the fingerprint'),
    });
    expect(lab.ssh.seen.users).toEqual([]);
  });

  test('of another key than the known one, with file and line', async () => {
    const file = lab.homeFile('known_hosts', `# ours\n[127.0.0.1]:${lab.ssh.port} ${keys.otherHost.public}\n`);

    const failure = await lab.failure();

    expect(failure).toMatchObject({ code: 'host-key', message: expect.stringContaining(`not the one in ${file}:2`) });
  });

  test('of a key that is revoked', async () => {
    const name = `[127.0.0.1]:${lab.ssh.port}`;
    lab.homeFile('known_hosts', `${name} ${keys.host.public}\n@revoked * ${keys.host.public}\n`);

    const failure = await lab.failure();

    expect(failure).toMatchObject({ code: 'host-key', message: expect.stringContaining('is revoked') });
  });

  test('of a login that is refused, with what the host accepts', async () => {
    const file = lab.homeFile('id_ed25519', keys.stranger.private);

    const failure = await lab.failure();

    expect(failure).toMatchObject({
      code: 'authentication',
      message: `deploy@127.0.0.1 port ${lab.ssh.port} refused ${file}; it accepts publickey`,
      hint: expect.stringContaining('ssh-copy-id'),
    });
  });

  test('of algorithms that are not common', async () => {
    lab.homeFile('config', 'KexAlgorithms diffie-hellman-group1-sha1\n');

    const failure = await lab.failure();

    expect(failure).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('no common algorithm: no matching key exchange'),
    });
  });

  test('of a configuration that is wrong', async () => {
    lab.homeFile('config', 'Bogus yes\n');

    const failure = await lab.failure();

    expect(failure).toMatchObject({ code: 'bad-connection-settings', message: expect.stringContaining('line 1') });
  });
});

(hasOpenSsh ? describe : describe.skip)("the system's ssh", () => {
  test('goes through jump hosts, and follows a ProxyCommand', async () => {
    const bastion = await lab.another([keys.otherHost.private]);
    configure(`
Host bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  User deploy
Host by-jump
  HostName 127.0.0.1
  Port ${lab.ssh.port}
  ProxyJump bastion
Host by-command
  HostName 127.0.0.1
  Port ${lab.ssh.port}
  ProxyCommand ssh -F ${lab.settings.homeFolder}/.ssh/config -o BatchMode=yes -W %h:%p bastion
`);
    lab.homeFile(
      'known_hosts',
      `[127.0.0.1]:${lab.ssh.port} ${keys.host.public}\n[127.0.0.1]:${bastion.port} ${keys.otherHost.public}\n`,
    );

    const connections = [await lab.open(named('by-jump')), await lab.open(named('by-command'))];
    const answers = await Promise.all(connections.map((connection) => ask(connection, '/info')));

    expect(answers).toEqual(['{}', '{}']);
    expect(bastion.seen.ports).toEqual(Array.from({ length: 2 }, () => `127.0.0.1:${lab.ssh.port}`));
  });

  test('tells of a host that is lost behind a jump host whose own master lives on', async () => {
    const bastion = await lab.another([keys.host.private]);
    const control = join(lab.settings.homeFolder, 'control');
    configure(`
Host bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  HostKeyAlias known
  ControlMaster auto
  ControlPath ${control}
  ControlPersist 60
Host web-1
  HostName 127.0.0.1
  Port ${lab.ssh.port}
  HostKeyAlias known
  ProxyJump bastion
`);
    lab.homeFile('known_hosts', `known ${keys.host.public}\n`);
    const connection = await lab.open(named('web-1'));
    lab.ssh.cut('reset');

    const failure = await ask(connection, '/info').catch((error: unknown) => error);

    expect(connection.explain(failure)).toMatchObject({ code: 'unreachable' });
    expect(existsSync(control)).toBe(true);
  });

  test('refuses a jump host whose key is not known, and names it', async () => {
    const bastion = await lab.another([keys.otherHost.private]);
    configure(
      `Host web-1\n  HostName 127.0.0.1\n  Port ${lab.ssh.port}\n  ProxyJump deploy@127.0.0.1:${bastion.port}\n`,
    );

    const failure = await lab.failure(named('web-1'));

    expect(failure).toMatchObject({
      code: 'host-key',
      message: expect.stringContaining(`:${bastion.port} is not known`),
    });
    expect(lab.ssh.seen.connections).toBe(0);
  });

  test('tells that a jump host does not reach the host', async () => {
    configure(`Host web-1\n  HostName 127.0.0.1\n  Port 1\n  ProxyJump deploy@127.0.0.1:${lab.ssh.port}\n`);

    const failure = await lab.failure(named('web-1'));

    expect(failure).toMatchObject({ code: 'unreachable', message: expect.stringContaining('the jump host') });
  });

  test('forwards and runs nothing that its configuration would have it do', async () => {
    const marker = join(lab.settings.homeFolder, 'marker');
    configure(`
Host *
  LocalForward 127.0.0.1:1 127.0.0.1:1
  RemoteCommand reboot
  RequestTTY force
  PermitLocalCommand yes
  LocalCommand touch ${marker}
  ForwardAgent yes
  ControlMaster auto
  ControlPath ${marker}
`);

    const connection = await lab.open();
    await connection.runScript?.('id', { deadlineMilliseconds: 10_000, maximumBytes: 100 });

    expect(lab.ssh.seen.commands).toEqual(['sh -s']);
    expect(lab.ssh.seen.agentRequests).toBe(0);
    expect(existsSync(marker)).toBe(false);
  });

  test.each(['-oProxyCommand=reboot', '-V'])('is not given %s for a host', async (hostName) => {
    const failure: EnforceError = await lab.failure(named(hostName));

    expect(failure.message).toContain('cannot be the name of a host');
  });

  function named(hostName: string) {
    const { name, groups } = lab.host;
    return { name, groups, address: { kind: 'ssh', hostName, become: false, transport: 'openssh' } } as const;
  }

  /** The configuration of a person, whose files are where a test may write. */
  function configure(text: string): void {
    const folder = join(lab.settings.homeFolder, '.ssh');
    lab.homeFile(
      'config',
      `${text}\nHost *\n  User deploy\n  IdentityFile ${folder}/id_ed25519\n  UserKnownHostsFile ${folder}/known_hosts\n`,
    );
  }
});
