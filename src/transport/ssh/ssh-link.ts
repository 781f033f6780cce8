import type { Duplex, Readable, Writable } from 'node:stream';
import type { EnforceError } from '../../model/errors.ts';
import type { ChannelEnding } from './channel-socket.ts';

/** One ssh connection that is logged in, whichever program speaks the protocol for it. */
export interface SshLink {
  /** What ways are called by: `ssh`, or `openssh` where the system's own client does the work. */
  readonly name: 'ssh' | 'openssh';
  readonly user: string;
  /** `deploy@web-1 port 22`. */
  readonly where: string;
  openStreamLocal(path: string, opened: ChannelOpened): void;
  openTcp(ip: string, port: number, opened: ChannelOpened): void;
  /** Only commands of enforce's own making: a shell on the host reads them. */
  exec(command: string, opened: ChannelOpened): void;
  /** The refusal that looks like the end of a command, where it is only told by one. */
  refusal(ending: ChannelEnding): Error | undefined;
  /** Why the connection is no more; undefined while it stands. */
  lost(): EnforceError | undefined;
  close(): Promise<void>;
}

/** Called once, with the channel or with the reason there is none. */
export type ChannelOpened = (error: Error | undefined, channel: Channel) => void;

/**
 * One channel of an ssh connection, as ssh2 has them. When a process is behind it, `exit` and then `close` tell how that
 * ended; a socket's `end` is all there is to know.
 */
export interface Channel extends Duplex {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Has the state of the way out: `open` while it can be written to. */
  readonly outgoing: unknown;
  close(): void;
}
