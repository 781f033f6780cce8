import type { Duplex } from 'node:stream';
import { stopped } from './explain.ts';

/**
 * Waits until a socket is connected; the signal limits only that. What ends the socket later is told by its `close`,
 * so that a connection nobody is listening to cannot end the process.
 */
export function whenOpen<Socket extends Duplex>(socket: Socket, signal: AbortSignal, doing: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(stopped(signal, doing));
      socket.destroy();
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', (error) => {
      signal.removeEventListener('abort', abort);
      reject(error);
    });
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
    if (signal.aborted) abort();
  });
}
