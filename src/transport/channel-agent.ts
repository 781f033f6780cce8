import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';

/**
 * The http agent whose sockets are channels of one connection. The socket is returned at once, still opening: for one
 * that comes by callback, Node's agent forgets its own limit and opens as many as there are requests.
 */
export class ChannelAgent extends Agent {
  readonly #open: () => Duplex;
  readonly #ahead: Duplex[] = [];

  constructor(open: () => Duplex, channels: number) {
    super({ keepAlive: true, scheduling: 'fifo', maxSockets: channels, maxFreeSockets: channels });
    this.#open = open;
  }

  override createConnection(): Duplex {
    return this.#ahead.pop() ?? this.#open();
  }

  /** Allows so many channels, and opens them before there are requests: each would begin with a wait for its channel. */
  openAhead(channels: number): void {
    this.maxSockets = channels;
    this.maxFreeSockets = channels;
    for (let more = channels - 1; more > 0; more--) {
      // One that cannot be opened fails the request that gets it.
      this.#ahead.push(this.#open().on('error', () => undefined));
    }
  }

  override destroy(): void {
    for (const socket of this.#ahead.splice(0)) socket.destroy();
    super.destroy();
  }

  /** One pool: the limit is the connection's, whatever host or path a request was written for. */
  override getName(): string {
    return 'engine';
  }

  /** docker-modem inspects its options, agent included, before every request; walking the whole graph costs 15 ms. */
  [inspect.custom](): string {
    return 'ChannelAgent';
  }
}
