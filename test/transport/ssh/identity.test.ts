import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { testWithOpenSsh } from '../../support/ssh-binary.ts';
import { keys, sshHost, startLab, type Lab } from '../../support/ssh-fleet.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab();
});

afterEach(() => lab.close());

/** An ssh agent that holds one key. */
async function startAgent(keyFile: string): Promise<{ readonly socketPath: string; close(): void }> {
  const socketPath = join(lab.engine.folder, 'agent.sock');
  const agent = spawn('ssh-agent', ['-D', '-a', socketPath], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(agent.stdout, 'data');
  execFileSync('ssh-add', ['-q', keyFile], { env: { SSH_AUTH_SOCK: socketPath } });
  return { socketPath, close: () => void agent.kill() };
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
    const agent = await startAgent(lab.homeFile('deploy', keys.user.private));
    lab.homeFile('id_ed25519', keys.stranger.private);

    await lab.open(lab.host, { sshAgentSocket: agent.socketPath });
    agent.close();

    expect(lab.ssh.seen.users).toEqual(['deploy']);
  });

  testWithOpenSsh('in an agent is not offered when IdentitiesOnly names others', async () => {
    const agent = await startAgent(lab.homeFile('deploy', keys.user.private));
    lab.homeFile('id_ed25519', keys.stranger.private);
    lab.homeFile('config', 'IdentitiesOnly yes\nIdentityFile ~/.ssh/id_ed25519\n');

    const failure = await lab.failure(lab.host, { sshAgentSocket: agent.socketPath });
    agent.close();

    expect(failure.code).toBe('authentication');
  });

  testWithOpenSsh('named by the inventory is tried before all those an agent holds', async () => {
    const agent = await startAgent(lab.homeFile('stranger', keys.stranger.private));
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
});
