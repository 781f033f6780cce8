import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real sshd on the loopback, and the home of a person who may log in to it as any user of this machine. */
export interface RealSshd {
  readonly port: number;
  readonly homeFolder: string;
  /** Makes a key in `~/.ssh`, with a passphrase or none, and returns its path. */
  makeKey(name: string, passphrase?: string): string;
  /** Lets a key in, with options of authorized_keys before it if there are any. */
  authorize(keyFile: string, options?: string): void;
  /** Makes known_hosts say that the host has this key. */
  know(keyFile: string): void;
  /** Writes a file of `~/.ssh` and returns its path. */
  write(name: string, text: string): string;
  /** Signs the public part of a key as an authority, for hosts (`-h`) or users, with more of ssh-keygen's words. */
  sign(authority: string, keyFile: string, ...words: readonly string[]): void;
  /** Reads its configuration again: lines are added, and keys and certificates may have changed. */
  reload(...lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts one with these lines added to its configuration; it knows its own key and lets `~/.ssh/id_ed25519` in. */
export async function startSshd(...lines: string[]): Promise<RealSshd> {
  const homeFolder = mkdtempSync(join(tmpdir(), 'enforce-sshd-'));
  const file = (name: string): string => join(homeFolder, '.ssh', name);
  mkdirSync(join(homeFolder, '.ssh'));
  // sshd reads authorized_keys as the user who logs in.
  for (const folder of [homeFolder, join(homeFolder, '.ssh')]) chmodSync(folder, 0o755);
  mkdirSync('/run/sshd', { recursive: true });
  const makeKey = (name: string, passphrase = ''): string => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file(name)]);
    return file(name);
  };
  const port = await freePort();
  const authorize = (keyFile: string, options = ''): void =>
    writeFileSync(file('authorized_keys'), `${options} ${readFileSync(`${keyFile}.pub`, 'utf8')}`.trimStart());
  const know = (keyFile: string): void =>
    writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${readFileSync(`${keyFile}.pub`, 'utf8')}`);
  authorize(makeKey('id_ed25519'));
  know(makeKey('host'));
  const configuration = [
    ...lines,
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${file('host')}`,
    `AuthorizedKeysFile ${file('authorized_keys')}`,
    'PidFile none',
    'PermitRootLogin prohibit-password',
    'StrictModes no',
    'UsePAM no',
  ];
  const configure = (...more: readonly string[]): void =>
    writeFileSync(file('sshd_config'), `${[...more, ...configuration].join('\n')}\n`);
  configure();
  const sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(sshd.stderr, 'data');
  return {
    port,
    homeFolder,
    makeKey,
    authorize,
    know,
    write(name, text) {
      writeFileSync(file(name), text, { mode: 0o600 });
      return file(name);
    },
    sign(authority, keyFile, ...words) {
      execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'test', ...words, `${keyFile}.pub`]);
    },
    async reload(...more) {
      configure(...more);
      sshd.kill('SIGHUP');
      await new Promise<void>((resolve) => {
        const listening = (said: Buffer): void => {
          if (!said.includes('Server listening')) return;
          sshd.stderr.off('data', listening);
          resolve();
        };
        sshd.stderr.on('data', listening);
      });
    },
    async close() {
      const exited = once(sshd, 'exit');
      sshd.kill();
      await exited;
      rmSync(homeFolder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
