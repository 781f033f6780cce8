import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EnforceError } from '../../model/errors.ts';
import type { SshAddress } from '../../model/inventory.ts';
import type { ConnectionSettings } from '../connection-settings.ts';
import { failureOf, printable, stopped } from '../explain.ts';
import { sharedAnswer } from './shared-answer.ts';

/** The answer of `ssh -G`: one word a line, its value after it. Empty where there is no OpenSSH client. */
export interface OpenSshWords {
  /** The value of a word; undefined when it is absent or `none`. */
  one(word: string): string | undefined;
  all(word: string): readonly string[];
  says(word: string, value: string): boolean;
}

/** Asks the OpenSSH client what the configuration says of a host: it alone reads Match, Include and tokens right. */
export async function askOpenSsh(
  address: SshAddress,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<OpenSshWords> {
  const argv = ['-G', ...targetOptions(address, settings), '--', address.hostName];
  const text = await sharedAnswer(settings, argv, () => run(settings.openSshPath ?? 'ssh', argv, signal));
  const lines = text.split('\n').map((line): [string, string] => {
    const at = line.indexOf(' ');
    return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
  });
  const account = readAccount();
  const all = (word: string): string[] => {
    const values = lines.filter(([name]) => name === word).map(([, value]) => value);
    // `ssh` takes the home from the account, and names the account itself where no user is configured.
    if (word === 'user') return values.filter((value) => value !== account.username);
    return isOwnHome(settings)
      ? values
      : values.map((value) => value.replaceAll(`${account.homedir}/.ssh/`, '~/.ssh/'));
  };
  return {
    all,
    one: (word) => all(word).find((value) => value !== 'none'),
    says: (word, value) => all(word).includes(value),
  };
}

/** The options by which `ssh` understands a host as it is meant: whose configuration, which user, which port. */
export function targetOptions(address: SshAddress, settings: ConnectionSettings): readonly string[] {
  const file = join(settings.homeFolder, '.ssh', 'config');
  return [
    ...(isOwnHome(settings) ? [] : ['-F', existsSync(file) ? file : 'none']),
    ...(address.user === undefined ? [] : ['-l', address.user]),
    ...(address.port === undefined ? [] : ['-p', String(address.port)]),
  ];
}

/** Whether `ssh`, which goes by the account, takes the same folder for the home of the person. */
export function isOwnHome({ homeFolder }: ConnectionSettings): boolean {
  return readAccount().homedir === homeFolder;
}

function readAccount(): { readonly homedir: string; readonly username: string } {
  try {
    return userInfo();
  } catch {
    // A user id without an account, as in many containers.
    return { homedir: '', username: '' };
  }
}

function run(command: string, argv: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, argv, { signal, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null || failureOf(error).code === 'ENOENT') {
        resolve(stdout);
        return;
      }
      if (signal.aborted) {
        reject(stopped(signal, 'reading the ssh configuration'));
        return;
      }
      const message = `the ssh configuration cannot be read: ${printable(stderr)}`;
      reject(new EnforceError('bad-connection-settings', message, { cause: error }));
    });
  });
}
