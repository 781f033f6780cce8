import type { Agent, IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EnforceError } from '../model/errors.ts';
import type { Host } from '../model/inventory.ts';

/**
 * One open way to one host's engine. It is opened once per host and carries every request; closing it ends them all.
 */
export interface Connection {
  readonly host: Host;
  /** Every socket it makes is one channel to the engine's API; it never opens more than `channels` of them. */
  readonly agent: Agent;
  /** Requests that may be under way at once: 8, 48 on a long way, 4 where each needs a process of its own on the host. */
  readonly channels: number;
  /** How the engine is reached, for people: `ssh, forwarded socket`, `ssh, sudo docker system dial-stdio`, `tls`, … */
  readonly way: string;
  /** What the engine answered to the first ping; absent where it was not asked yet. */
  readonly greeting?: EngineGreeting;
  /** Runs one of enforce's own constant scripts with `sh` on the host; undefined where the transport has no shell. */
  readonly runScript: ((script: string, limits: ScriptLimits) => Promise<ScriptOutput>) | undefined;
  /** Begins such a script that goes on and is told what to do line by line; undefined where the transport has no shell. */
  readonly openScript: ((script: string) => Promise<RunningScript>) | undefined;
  /**
   * Opens a TCP connection as a client on the host would, to see whether a published port answers; the signal limits
   * only the opening. An EnforceError says that this cannot be found out, any other error that the port does not answer.
   */
  openTcp(ip: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** A failed request in words: the transport knows best why its channel broke, and what to do about it. */
  explain(error: unknown): EnforceError;
  close(): Promise<void>;
}

/** The engine's answer to a ping: which version of its API it speaks stands in the headers. */
export interface EngineGreeting {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** How long a script may run, and how much it may say. */
export interface ScriptLimits {
  readonly deadlineMilliseconds: number;
  /** Output beyond this is a failure, not a truncation. */
  readonly maximumBytes: number;
}

/** How a script ended, and what it said. */
export interface ScriptOutput {
  readonly exitCode: number;
  readonly stdout: string;
  /** At most 4,096 characters. */
  readonly stderr: string;
}

/** A script on the host that goes on until its input is closed, and therefore ends with whoever began it. */
export interface RunningScript {
  /** What it says, as it says it; ends when the script does. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Writes to its input. The script may only be spoken to after it has spoken: a shell reads ahead of what it runs. */
  send(text: string): void;
  /** Closes its input. */
  end(): void;
  /** How it ended; rejects when its shell could not be started, or was lost. */
  readonly ended: Promise<Omit<ScriptOutput, 'stdout'>>;
}
