import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An http server on a unix socket in the place of an engine, in a folder of its own. */
export interface SocketEngine {
  readonly folder: string;
  readonly socketPath: string;
  /** Resolves once a path has been asked for. */
  untilAsked(path: string): Promise<void>;
  /** Closes the connections no request is on, and resolves once they are gone. */
  closeIdle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts one; `/_ping` it answers itself. */
export async function startEngine(
  answer: RequestListener = (_request, response) => response.end('{}'),
): Promise<SocketEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'enforce-'));
  const socketPath = join(folder, 'docker.sock');
  const asked = new EventEmitter();
  const sockets = new Set<Socket>();
  const listener = createServer((request, response) => {
    if (request.url === '/_ping') response.setHeader('Api-Version', '1.41').end('OK');
    else answer(request, response);
    asked.emit(request.url ?? '');
  });
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => listener.listen(socketPath, resolve));
  return {
    folder,
    socketPath,
    async untilAsked(path) {
      await once(asked, path);
    },
    async closeIdle() {
      const closed = [...sockets].map((socket) => once(socket, 'close'));
      listener.closeIdleConnections();
      await Promise.all(closed);
    },
    async close() {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
