import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { portFingerprint, portKnock } from '../../src/cli/port-fingerprint.ts';
import type { Connection } from '../../src/transport/connection.ts';

const servers: Server[] = [];
const heard: string[] = [];

afterEach(() => {
  heard.length = 0;
  for (const server of servers.splice(0)) server.close();
});

/** What a service says that does this with whoever connects. */
async function fingerprintOf(serve: (socket: Socket) => void, containerPort = '80/tcp'): Promise<string | undefined> {
  return await askedOf(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (piece) => heard.push(String(piece)));
      serve(socket);
    }),
    containerPort,
  );
}

async function askedOf(server: Server, containerPort = '80/tcp'): Promise<string | undefined> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const openTcp = (ip: string, to: number) => Promise.resolve(connect(to, ip));
  const connection = { openTcp } as unknown as Connection;
  return await portFingerprint({ connection: () => Promise.resolve(connection) })({
    containerPort,
    ip: '127.0.0.1',
    port,
  });
}

function answering(answer: string): (socket: Socket) => void {
  return (socket) => socket.once('data', () => socket.end(answer));
}

describe('a published port', () => {
  test.each<[string, string, string]>([
    ['by its greeting, numbers aside', 'SSH-2.0-OpenSSH_9.2p1\r\n', 'with SSH-#.#-OpenSSH_#.#p#'],
    ['by the readable words of a binary one', 'J\0\0\0\n5.5.5-MariaDB\0\u0007salt', 'with #.#.#-MariaDB'],
    ['by its greeting, ids aside', '220 0c21aabbccdd ESMTP\r\n', 'with 220 # ESMTP'],
    [
      'by its greeting, names of this start aside',
      'INFO {"server_id":"NAYXS4XYQVWOZ7RBU5DPLQHZIPK6BTU2J7O2VNCSKXI3EOIU3ZJR5Q3M","go":"go1.19"}\r\n',
      'with INFO {"server_id":"#","go":"go#.#"}',
    ],
  ])('is known %s, and is asked nothing', async (_how, greeting, fingerprint) => {
    expect(await fingerprintOf((socket) => socket.write(greeting))).toBe(fingerprint);
    expect(heard).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['status and server', 'HTTP/1.1 301 Moved\r\nDate: now\r\nServer: nginx/1.25.3\r\n\r\n', 'HTTP 301 (nginx/1.25.3)'],
    ['status alone', 'HTTP/1.0 200 OK\r\n\r\n', 'HTTP 200'],
    [
      'what it makes of a question it does not know',
      '-ERR unknown command `HEAD`\r\n',
      'HEAD with -ERR unknown command `HEAD`',
    ],
    ['hanging up', '', 'HEAD by hanging up'],
  ])('that waits to be asked is known by its %s', async (_what, answer, fingerprint) => {
    expect(await fingerprintOf(answering(answer))).toBe(fingerprint);
    expect(heard[0]).toBe('HEAD / HTTP/1.0\r\n\r\n');
  });

  test('that speaks TLS is known by that', async () => {
    const [key, cert] = ['engine-key.pem', 'engine-cert.pem'].map((name) =>
      readFileSync(join(import.meta.dirname, '../fixtures/tls', name)),
    );

    expect(await askedOf(createTlsServer({ key, cert }))).toBe('TLS');
  });

  test('of a service that keeps each line it is sent is not asked', async () => {
    expect(await fingerprintOf(() => undefined, '514/tcp')).toBeUndefined();
    expect(heard).toEqual([]);
  });

  test('that neither speaks nor answers is not known', async () => {
    expect(await fingerprintOf(() => undefined)).toBeUndefined();
  });
});

describe('a port that is only knocked at', () => {
  test.each(['220 bench.test ESMTP\r\n', ''])(
    'is told nothing, whether it greets with %j or waits',
    async (greeting) => {
      const connected: Socket[] = [];
      const server = createServer((socket) => {
        connected.push(socket);
        socket.on('error', () => undefined);
        socket.on('data', (piece) => heard.push(String(piece)));
        socket.write(greeting);
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const connection = { openTcp: () => Promise.resolve(connect(port, '127.0.0.1')) } as unknown as Connection;

      await portKnock({ connection: () => Promise.resolve(connection) })({ containerPort: '25/tcp', ip: '', port });

      expect([connected.length, heard]).toEqual([1, []]);
    },
  );

  test('may refuse', async () => {
    const refused = (): Promise<never> => Promise.reject(new Error('refused'));
    const connection = { openTcp: refused } as unknown as Connection;
    const knock = portKnock({ connection: () => Promise.resolve(connection) });

    await expect(knock({ containerPort: '25/tcp', ip: '127.0.0.1', port: 25 })).resolves.toBeUndefined();
  });
});
