import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A real ssh agent. */
export interface SshAgent {
  readonly socketPath: string;
  /** Gives it a key, of which it is told the passphrase if there is one. */
  add(keyFile: string, passphrase?: string): void;
  close(): void;
}

/** Starts one with its socket in a folder. */
export async function startAgent(folder: string): Promise<SshAgent> {
  const socketPath = join(folder, 'agent.sock');
  const agent = spawn('ssh-agent', ['-D', '-a', socketPath], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(agent.stdout, 'data');
  return {
    socketPath,
    add(keyFile, passphrase = '') {
      const asked = join(folder, 'askpass');
      writeFileSync(asked, `#!/bin/sh\necho '${passphrase}'\n`);
      chmodSync(asked, 0o700);
      const env = { SSH_AUTH_SOCK: socketPath, SSH_ASKPASS: asked, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };
      execFileSync('ssh-add', ['-q', keyFile], { env, stdio: 'ignore' });
    },
    close: () => void agent.kill(),
  };
}
