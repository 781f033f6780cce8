import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Accepts connections and never says a word. */
export interface Silence {
  readonly port: number;
  /** Resolves when somebody has connected. */
  untilConnected(): Promise<void>;
  close(): Promise<void>;
}

/** Listens silently: on a path, else on a free port of the loopback. */
export async function startSilence(path?: string): Promise<Silence> {
  const sockets: Socket[] = [];
  const listener = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => {
    if (path === undefined) listener.listen(0, '127.0.0.1', resolve);
    else listener.listen(path, resolve);
  });
  return {
    async untilConnected() {
      if (sockets.length === 0) await once(listener, 'connection');
    },
    port: path === undefined ? (listener.address() as AddressInfo).port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
