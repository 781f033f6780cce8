import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Connection } from '../../src/transport/connection.ts';
import { openUnix } from '../../src/transport/unix.ts';

/** One request as it came over the socket. */
export interface Asked {
  readonly method: string;
  /** The request line's path and query, byte for byte. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A real http server on a unix socket in the place of an engine, and the product's own connection to it. */
export interface HttpEngine {
  readonly connection: Connection;
  /** Everything that was asked, in order. */
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** Starts one. */
export async function httpEngine(answer: (asked: Asked, response: ServerResponse) => void): Promise<HttpEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'enforce-engine-'));
  const path = join(folder, 'docker.sock');
  const asked: Asked[] = [];
  const listener = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = '', url = '', headers } = request;
      const row = { method, url, headers, body: body.toString('utf8') };
      asked.push(row);
      answer(row, response);
    });
  });
  // An engine does not hang up on who is slow to ask again.
  listener.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => listener.listen(path, resolve));
  const address = { kind: 'unix', path } as const;
  const connection = openUnix({ name: 'web-1', groups: ['all'], address }, address);
  return {
    connection,
    asked,
    async close() {
      await connection.close();
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** Answers each path, without its version and query, with a value as JSON; every other path is not found. */
export function answering(values: Readonly<Record<string, unknown>>, apiVersion = '1.41') {
  return ({ url }: Asked, response: ServerResponse): void => {
    const path = url.replace(/^\/v[\d.]+/, '').replace(/\?.*$/, '');
    response.setHeader('Api-Version', apiVersion);
    if (path === '/_ping') {
      response.end('OK');
    } else if (Object.hasOwn(values, path)) {
      response.setHeader('Content-Type', 'application/json');
      const value = values[path];
      response.end(typeof value === 'string' ? value : JSON.stringify(value));
    } else {
      response.writeHead(404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ message: `no such thing: ${path}` }));
    }
  };
}

/** The same answer to everything but the first question, which makes it an engine. */
export function answeringAll(status: number, body: string) {
  return (asked: Asked, response: ServerResponse): void => {
    if (asked.url === '/_ping') answering({})(asked, response);
    else response.writeHead(status).end(body);
  };
}
