import { EnforceError } from '../../model/errors.ts';
import type { SshAddress } from '../../model/inventory.ts';
import type { ChannelEnding } from './channel-socket.ts';
import { explainDialStdio } from './explain-dial-stdio.ts';
import type { ChannelOpened, SshLink } from './ssh-link.ts';

/** One way from an ssh connection to the engine's socket. */
export interface Way {
  readonly text: string;
  /** sshd allows ten processes for a connection and keeps a slot until the process is gone; sockets it does not count. */
  readonly channels: number;
  readonly hasProcess: boolean;
  open(link: SshLink, opened: ChannelOpened): void;
  failure(ending: ChannelEnding): EnforceError | undefined;
}

/** The ways worth trying, the better one first: the forwarded socket needs neither a docker command nor a shell. */
export function waysToEngine(address: SshAddress, user: string): readonly Way[] {
  const { socketPath, become } = address;
  if (socketPath !== undefined && !/^\/[A-Za-z0-9._/-]+$/.test(socketPath)) {
    throw new EnforceError('bad-connection-settings', `${JSON.stringify(socketPath)} is not a path enforce can use`, {
      hint: "the engine's socket on the host: an absolute path of letters, digits and . _ - /",
    });
  }
  const host = socketPath === undefined ? '' : ` --host='unix://${socketPath}'`;
  const dialStdio = `docker${host} system dial-stdio`;
  if (become) return [processWay(`sudo -n ${dialStdio}`, 'sudo docker system dial-stdio', user)];
  return [socketWay(socketPath ?? '/var/run/docker.sock'), processWay(dialStdio, 'docker system dial-stdio', user)];
}

function socketWay(path: string): Way {
  return {
    text: 'forwarded socket',
    channels: 8,
    hasProcess: false,
    open: (link, opened) => link.openStreamLocal(path, opened),
    failure: () => undefined,
  };
}

function processWay(command: string, text: string, user: string): Way {
  return {
    text,
    channels: 4,
    hasProcess: true,
    open: (link, opened) => link.exec(command, opened),
    failure: (ending) => (ending.exitCode === 0 ? undefined : explainDialStdio(ending, user)),
  };
}
