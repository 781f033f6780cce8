import { Duplex } from 'node:stream';
import type { Channel, ChannelOpened } from './ssh-link.ts';

/** Opens channels of one kind, and tells how one that ended should be read. */
export interface ChannelSource {
  open(opened: ChannelOpened): void;
  /** Whether a process is behind the channel: then its exit code, which comes last, says if the end was a failure. */
  readonly hasProcess: boolean;
  failure(ending: ChannelEnding): Error | undefined;
}

/** All that is known of a channel that ended. */
export interface ChannelEnding {
  readonly exitCode: number | undefined;
  readonly stderr: string;
}

/**
 * One ssh channel as the socket that node:http expects. It opens while it is constructed, so it can be handed out at
 * once; and it makes up for what an ssh2 channel does not do: tell why it was destroyed, fail writes once it is closed.
 */
export class ChannelSocket extends Duplex {
  timeout = 0;
  readonly #source: ChannelSource;
  #channel: Channel | undefined;
  #timer: NodeJS.Timeout | undefined;
  #exitCode: number | undefined;
  #stderr = '';

  constructor(source: ChannelSource) {
    super({ allowHalfOpen: false, highWaterMark: 256 * 1024 });
    this.#source = source;
  }

  get connecting(): boolean {
    return this.#channel === undefined;
  }

  override _construct(constructed: (error?: Error | null) => void): void {
    try {
      this.#source.open((error, channel) => {
        if (error) {
          constructed(error);
          return;
        }
        // Attached within ssh2's own callback: the same packet may already hold data and the end.
        this.#attach(channel);
        constructed();
        this.emit('connect');
      });
    } catch (error) {
      constructed(error as Error);
    }
  }

  override _read(): void {
    this.#channel?.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, written: (error?: Error | null) => void): void {
    this.#timer?.refresh();
    const channel = this.#channel;
    // ssh2 never calls back for a write on a channel that is closing.
    if (channel === undefined || (channel.outgoing as { state: string }).state !== 'open') {
      written(Object.assign(new Error('the ssh channel is closed'), { code: 'EPIPE' }));
      return;
    }
    channel.write(chunk, encoding, written);
  }

  override _final(ended: () => void): void {
    this.#channel?.end();
    ended();
  }

  override _destroy(error: Error | null, destroyed: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#channel?.close();
    destroyed(error);
  }

  setTimeout(milliseconds: number, listener?: () => void): this {
    clearTimeout(this.#timer);
    this.timeout = milliseconds;
    this.#timer = milliseconds > 0 ? setTimeout(() => this.emit('timeout'), milliseconds).unref() : undefined;
    if (milliseconds > 0 && listener !== undefined) this.once('timeout', listener);
    return this;
  }

  // The rest of net.Socket that http calls; the ssh connection below keeps itself alive and holds the process.
  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  #attach(channel: Channel): void {
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => {
      this.#timer?.refresh();
      if (!this.push(chunk)) channel.pause();
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(0, 4096);
    });
    channel.on('error', (error: Error) => this.destroy(error));
    channel.on('exit', (exitCode: number | null) => (this.#exitCode = exitCode ?? undefined));
    channel.on(this.#source.hasProcess ? 'close' : 'end', () => this.#ended());
  }

  #ended(): void {
    const failure = this.#source.failure({ exitCode: this.#exitCode, stderr: this.#stderr });
    if (failure === undefined) this.push(null);
    else this.destroy(failure);
  }
}
