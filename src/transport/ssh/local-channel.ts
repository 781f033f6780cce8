import { Duplex, type Readable, type Writable } from 'node:stream';
import type { Channel } from './ssh-link.ts';

/** What carries a channel on this side: the ends of a process or of a socket. */
export interface ChannelEnds {
  readonly input: Writable;
  readonly output: Readable;
  readonly stderr: Readable;
  /** Lets go of process or socket. */
  close(): void;
}

/** How a channel ended: a socket without a code, a process by its own or, with none, by whatever the text says. */
export interface ChannelEnd {
  readonly exitCode?: number;
  readonly signal?: string;
}

/** A channel that the system's own ssh client carries for us; it behaves as those of ssh2 do. */
export class LocalChannel extends Duplex implements Channel {
  readonly stdin = this;
  readonly stdout = this;
  readonly stderr: Readable;
  /** Writing always goes through: why nobody reads any more is told by the end. */
  readonly outgoing = { state: 'open' };
  readonly #ends: ChannelEnds;

  constructor(ends: ChannelEnds) {
    super({ emitClose: false });
    this.#ends = ends;
    this.stderr = ends.stderr;
    ends.input.on('error', () => undefined);
    ends.output.on('error', () => undefined);
    ends.output.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) ends.output.pause();
    });
  }

  override _read(): void {
    this.#ends.output.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: () => void): void {
    this.#ends.input.write(chunk, () => written());
  }

  override _final(ended: () => void): void {
    this.#ends.input.end();
    ended();
  }

  override _destroy(error: Error | null, destroyed: (error?: Error | null) => void): void {
    this.#ends.close();
    destroyed(error);
  }

  close(): void {
    this.destroy();
  }

  /** Tells of the end, once all that was said before has been read. */
  ended({ exitCode, signal }: ChannelEnd): void {
    if (this.destroyed) return;
    this.once('end', () => {
      if (exitCode !== undefined) this.emit('exit', exitCode);
      this.emit('close', exitCode, signal);
    });
    this.push(null);
  }
}
