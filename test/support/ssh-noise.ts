import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Says the same to whoever connects, as often as it is let. */
export interface Noise {
  readonly port: number;
  /** What it has got rid of so far. */
  bytes(): number;
  close(): Promise<void>;
}

/** Listens on a free port of the loopback. */
export async function startNoise(text: string, times = Number.POSITIVE_INFINITY): Promise<Noise> {
  const sockets: Socket[] = [];
  let bytes = 0;
  const listener = createServer((socket) => {
    sockets.push(socket);
    let left = times;
    const more = (): void => {
      for (; left > 0 && !socket.destroyed; left -= 1) {
        bytes += text.length;
        if (!socket.write(text)) return;
      }
      socket.end();
    };
    socket.on('error', () => undefined);
    socket.on('drain', more);
    more();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    bytes: () => bytes,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
