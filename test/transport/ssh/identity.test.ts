import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { startAgent, type SshAgent } from '../../support/ssh-agent.ts';
import { testWithOpenSsh } from '../../support/ssh-binary.ts';
import { keys, sshHost, startLab, type Lab } from '../../support/ssh-fleet.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab();
});

afterEach(() => lab.close());

/** An ssh agent that holds one key. */
async function agentWith(keyFile: string): Promise<SshAgent> {
  const agent = await startAgent(lab.engine.folder);
  agent.add(keyFile);
  return agent;
}

describe('our key', () => {
  test('that the host does not know is refused, and what was tried is told', async () => {
    const file = lab.homeFile('id_ed25519', keys.stranger.private);

    const failure = await lab.failure();

    expect(failure).toMatchObject({
      code: 'authentication',
      message: `deploy@127.0.0.1 port ${lab.ssh.port} refused ${file}; it accepts publickey`,
    });
  });

  test('that is encrypted asks for an agent', async () => {
    const { private: encrypted } = ssh2.utils.generateKeyPairSync('ed25519', {
      passphrase: 'open sesame',
      cipher: 'aes256-cbc',
      rounds: 1,
    });
    const file = lab.homeFile('id_ed25519', encrypted);

    const failure = await lab.failure();

    expect(failure).toMatchObject({
      code: 'authentication',
      message: expect.stringContaining(`${file} (encrypted)`),
      hint: expect.stringContaining('ssh-add'),
    });
    expect(lab.ssh.seen.connections).toBe(0);
  });

  test('named by the inventory is the one that is used', async () => {
    lab.homeFile('id_ed25519', keys.stranger.private);
    const identityFile = lab.homeFile('deploy', keys.user.private);

    await lab.open(sshHost({ port: lab.ssh.port, user: 'ops', identityFile }));

    expect(lab.ssh.seen.users).toEqual(['ops']);
  });

  test('named by the inventory must exist', async () => {
    const host = sshHost({ port: lab.ssh.port, identityFile: '/nowhere/id' });

    const failure = await lab.failure(host);

    expect(failure).toMatchObject({ code: 'bad-connection-settings' });
  });

  testWithOpenSsh('may be in an agent', async () => {
    const agent = await agentWith(lab.homeFile('deploy', keys.user.private));
    lab.homeFile('id_ed25519', keys.stranger.private);

    await lab.open(lab.host, { sshAgentSocket: agent.socketPath });
    agent.close();

    expect(lab.ssh.seen.users).toEqual(['deploy']);
  });

  testWithOpenSsh('in an agent is not offered when IdentitiesOnly names others', async () => {
    const agent = await agentWith(lab.homeFile('deploy', keys.user.private));
    lab.homeFile('id_ed25519', keys.stranger.private);
    lab.homeFile('config', 'IdentitiesOnly yes\nIdentityFile ~/.ssh/id_ed25519\n');

    const failure = await lab.failure(lab.host, { sshAgentSocket: agent.socketPath });
    agent.close();

    expect(failure.code).toBe('authentication');
  });

  testWithOpenSsh('named by the inventory is tried before all those an agent holds', async () => {
    const agent = await agentWith(lab.homeFile('stranger', keys.stranger.private));
    const identityFile = lab.homeFile('deploy', keys.user.private);

    await lab.open(sshHost({ port: lab.ssh.port, identityFile }), { sshAgentSocket: agent.socketPath });
    agent.close();

    expect(lab.ssh.seen.refusals).toBe(0);
  });

  test('cannot come from an agent that is gone, which is told', async () => {
    lab.homeFile('id_ed25519', keys.stranger.private);

    const failure = await lab.failure(lab.host, { sshAgentSocket: '/nowhere/agent.sock' });

    expect(failure.message).toContain('not usable: the agent (');
  });

  test('is read from a file when the agent is gone', async () => {
    await lab.open(lab.host, { sshAgentSocket: '/nowhere/agent.sock' });

    expect(lab.ssh.seen.users).toEqual(['deploy']);
  });

  test('that a security key guards is beyond this client, and the way that can is told', async () => {
    const file = lab.homeFile('id_ed25519', securityKey());

    const failure = await lab.failure();

    expect(failure).toMatchObject({
      code: 'authentication',
      message: expect.stringContaining(`${file} (a security key)`),
      hint: expect.stringContaining('transport: openssh'),
    });
  });

  test('that is refused beside a certificate for it tells the way that can show that', async () => {
    const file = lab.homeFile('id_ed25519', keys.stranger.private);
    lab.homeFile('id_ed25519-cert.pub', 'ssh-ed25519-cert-v01@openssh.com AAAA');

    const failure = await lab.failure();

    expect(failure).toMatchObject({
      code: 'authentication',
      message: expect.stringContaining(`not usable: ${file}-cert.pub (a certificate)`),
      hint: expect.stringContaining('transport: openssh'),
    });
  });
});

/** The file that ssh-keygen writes for a key that never leaves its token. */
function securityKey(): string {
  const text = (value: string | Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const type = 'sk-ssh-ed25519@openssh.com';
  const publicPart = Buffer.concat([text(type), text(Buffer.alloc(32)), text('ssh:')]);
  const one = Buffer.from([0, 0, 0, 1]);
  const secret = Buffer.concat([Buffer.alloc(8), publicPart, Buffer.from([1]), text('handle'), text(''), text('')]);
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[text('none'), text('none'), text(''), one, text(publicPart), text(secret)],
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
