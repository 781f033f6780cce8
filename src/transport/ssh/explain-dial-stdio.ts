import { EnforceError } from '../../model/errors.ts';
import { printable } from '../explain.ts';
import type { ChannelEnding } from './channel-socket.ts';

/** What the end of `docker system dial-stdio` says about the host: it alone knows why the socket could not be opened. */
export function explainDialStdio({ exitCode, stderr }: ChannelEnding, user: string): EnforceError {
  const said = printable(stderr);
  const cause = new Error(`docker system dial-stdio: exit ${exitCode ?? 'unknown'}: ${said}`);
  const explained = causes.find(({ pattern }) => pattern.test(stderr));
  if (explained !== undefined) {
    const { code, message, hint } = explained;
    return new EnforceError(code, message(user), { hint: hint(user), cause });
  }
  return exitCode === 127
    ? noDockerCommand(cause)
    : new EnforceError('engine', `docker system dial-stdio ended (exit ${exitCode ?? 'unknown'}): ${said}`, { cause });
}

interface Cause {
  readonly pattern: RegExp;
  readonly code: 'permission' | 'engine';
  readonly message: (user: string) => string;
  readonly hint: (user: string) => string;
}

// In this order: sudo speaks before docker does, and a missing command may be named by either.
const causes: readonly Cause[] = [
  {
    pattern: /sudo: (?:a password is required|a terminal is required|no tty present)/,
    code: 'permission',
    message: (user) => `sudo asks ${user} for a password`,
    hint: (user) => `let sudo run it without: ${user} ALL=(root) NOPASSWD: /usr/bin/docker system dial-stdio`,
  },
  {
    pattern: /is not in the sudoers file|is not allowed to (?:execute|run)|may not run sudo/,
    code: 'permission',
    message: (user) => `sudo does not allow ${user} to run docker`,
    hint: (user) => `add to the sudoers file: ${user} ALL=(root) NOPASSWD: /usr/bin/docker system dial-stdio`,
  },
  {
    pattern: /sudo: docker: command not found/,
    code: 'engine',
    message: () => 'the host has no docker command that sudo can find',
    hint: () => "install the docker command, or remove become and let sshd forward the engine's socket",
  },
  {
    pattern: /sudo: (?:command )?not found|sudo: No such file/,
    code: 'engine',
    message: () => 'the host has no sudo',
    hint: () => 'remove become: true, or install sudo on the host',
  },
  {
    pattern: /permission denied/i,
    code: 'permission',
    message: (user) => `${user} may not open the engine's socket`,
    hint: (user) => `sudo usermod -aG docker ${user} on the host, or become: true in the inventory`,
  },
  {
    pattern: /no such file or directory|connection refused|Cannot connect to the Docker daemon/i,
    code: 'engine',
    message: () => "the engine's socket is not there: the engine is not running, or listens elsewhere",
    hint: () =>
      'systemctl start docker on the host, or name the socket: docker: ssh://HOST/PATH (of a rootless engine /run/user/UID/docker.sock)',
  },
  {
    pattern: /not a docker command|unknown command/i,
    code: 'engine',
    message: () => 'the docker command of the host is too old (before 18.09) to carry requests over ssh',
    hint: () => "update it, or let sshd forward the engine's socket (AllowStreamLocalForwarding yes)",
  },
  {
    pattern: /account is (?:currently )?not available|nologin/i,
    code: 'permission',
    message: (user) => `${user} has no login shell on the host`,
    hint: () => "use another user, or let sshd forward the engine's socket (AllowStreamLocalForwarding yes)",
  },
];

function noDockerCommand(cause: Error): EnforceError {
  return new EnforceError('engine', "sshd does not open the engine's socket, and the host has no docker command", {
    hint: 'allow AllowStreamLocalForwarding in sshd_config, or install the docker command; is the engine running, and the user in the docker group?',
    cause,
  });
}
