import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { rm } from 'node:fs/promises';
import { once } from 'node:events';

/** A socket in front of an engine's, at which something can happen around each call that writes. */
export interface Interceptor {
  readonly socketPath: string;
  close(): Promise<void>;
}

/** When a call is met: `before` the engine has it, or `after` the engine has answered and before the caller knows. */
export type Moment = 'before' | 'after';

/**
 * Passes on what comes to the socket. `meets` hears of each call that writes; when it says true the call, or its answer, is
 * lost: the connection is cut.
 */
export async function interceptor(
  socketPath: string,
  engine: () => Promise<string>,
  meets: (moment: Moment, call: string) => Promise<boolean>,
): Promise<Interceptor> {
  const server = createServer((asked, answer) => {
    const call = `${asked.method ?? ''} ${(asked.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\b[0-9a-f]{64}\b/, 'ID')}`;
    const writes = asked.method !== 'GET' && asked.method !== 'HEAD';
    passOn(asked, answer, engine, (moment) => (writes ? meets(moment, call) : Promise.resolve(false))).catch(() =>
      answer.destroy(),
    );
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    socketPath,
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(socketPath, { force: true });
    },
  };
}

async function passOn(
  asked: IncomingMessage,
  answer: ServerResponse,
  engine: () => Promise<string>,
  isLost: (moment: Moment) => Promise<boolean>,
): Promise<void> {
  if (await isLost('before')) return void answer.destroy();
  const { method, url, headers } = asked;
  const sent = request({ socketPath: await engine(), method, path: url, headers, agent: false });
  asked.pipe(sent);
  // Whoever asked may be gone, which must not keep the engine busy.
  answer.once('close', () => sent.destroy());
  const [given] = (await once(sent, 'response')) as [IncomingMessage];
  if (await isLost('after')) return void answer.destroy();
  answer.writeHead(given.statusCode ?? 500, given.headers);
  given.once('error', () => answer.destroy());
  given.pipe(answer);
}
