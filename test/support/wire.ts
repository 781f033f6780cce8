import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, request, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { HeldDeadlines } from './held-deadlines.ts';

/** What can happen to one call on its way to an engine and back. */
export const WIRE_FAULTS = [
  'the answer comes late',
  'it is cut before the engine has it',
  'it is cut when the engine has done it',
  'the head of its answer is cut',
  'the body of its answer is cut',
  'an error is answered instead of it',
  'an error is answered although it was done',
  'it is delivered twice',
  'it is delivered twice and the second answer told',
  'its answer comes twice',
  'garbage follows its answer',
  'the answer before it comes once more',
  'it is never delivered and never answered',
  'it is done and never answered',
] as const;

/** One of them. */
export type WireFault = (typeof WIRE_FAULTS)[number];

/** A call as the wire sees it. */
export interface WireCall {
  readonly method: string;
  /** Without version and query. */
  readonly path: string;
  /** What it is to the host, ids left out: `POST rename`, `GET json`. */
  readonly kind: string;
  readonly writes: boolean;
}

/** A way to an engine that can fail: a socket in front of the engine's own. */
export interface Wire {
  readonly socketPath: string;
  /** Asked for each call what happens to it. */
  fault: (call: WireCall) => WireFault | undefined;
  /** Calls that were left without an answer while no deadline was running. */
  readonly endless: string[];
  close(): Promise<void>;
}

/** Lays a wire to an engine's socket. A call that is not answered is left alone until its deadline has passed. */
export async function wireTo(enginePath: string, deadlines: HeldDeadlines): Promise<Wire> {
  const folder = await mkdtemp(join(tmpdir(), 'enforce-wire-'));
  const socketPath = join(folder, 'docker.sock');
  const last = new WeakMap<Socket, Buffer>();
  const wire: Wire = { socketPath, fault: () => undefined, endless: [], close };
  const server = createServer((incoming) => {
    carry(incoming).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return wire;

  async function carry(incoming: IncomingMessage): Promise<void> {
    const body = await buffer(incoming);
    const call = callOf(incoming);
    const fault = wire.fault(call);
    const answers: Buffer[] = [];
    for (let times = deliveries(fault); times > 0; times--) answers.push(await askEngine(enginePath, incoming, body));
    tell(incoming.socket, call, fault, answers);
  }

  function tell(
    socket: Socket,
    call: WireCall,
    fault: WireFault | undefined,
    [first = ERROR, second = first]: readonly Buffer[],
  ): void {
    const earlier = last.get(socket) ?? Buffer.alloc(0);
    last.set(socket, first);
    switch (fault) {
      case undefined:
      case 'it is delivered twice':
      case 'an error is answered instead of it':
        socket.write(first);
        break;
      case 'the answer comes late':
        setTimeout(() => socket.write(first), 20);
        break;
      case 'it is cut before the engine has it':
      case 'it is cut when the engine has done it':
        socket.destroy();
        break;
      case 'the head of its answer is cut':
        cut(socket, first, headOf(first) / 2);
        break;
      case 'the body of its answer is cut':
        cut(socket, first, (headOf(first) + first.length) / 2);
        break;
      case 'an error is answered although it was done':
        socket.write(ERROR);
        break;
      case 'it is delivered twice and the second answer told':
        socket.write(second);
        break;
      case 'its answer comes twice':
        socket.write(Buffer.concat([first, first]));
        break;
      case 'garbage follows its answer':
        socket.write(Buffer.concat([first, GARBAGE]));
        break;
      case 'the answer before it comes once more':
        socket.write(Buffer.concat([earlier, first]));
        break;
      case 'it is never delivered and never answered':
      case 'it is done and never answered':
        passDeadline(call);
        break;
    }
  }

  function passDeadline({ kind }: WireCall): void {
    const { timers, signals } = deadlines.pass();
    // A signal is the deadline of opening a connection, which the first call on it belongs to.
    if (timers + (kind === 'GET _ping' ? signals : 0) === 0) wire.endless.push(kind);
  }

  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  }
}

function callOf({ method = '', url = '' }: IncomingMessage): WireCall {
  const path = new URL(url, 'http://engine').pathname.replace(/^\/v[\d.]+(?=\/)/, '');
  const verb = method === 'DELETE' ? 'remove' : (path.split('/').at(-1) ?? '');
  return { method, path, kind: `${method} ${verb}`, writes: method !== 'GET' && method !== 'HEAD' };
}

function deliveries(fault: WireFault | undefined): number {
  switch (fault) {
    case 'it is cut before the engine has it':
    case 'an error is answered instead of it':
    case 'it is never delivered and never answered':
      return 0;
    case 'it is delivered twice':
    case 'it is delivered twice and the second answer told':
      return 2;
    default:
      return 1;
  }
}

const GARBAGE = Buffer.from('\0\u0001 nothing of HTTP \r\n\r\n');
const ERROR = bytesOf(500, { 'content-type': 'application/json' }, Buffer.from('{"message":"context canceled"}'));

/** The engine's answer as it goes over a wire, its length told instead of its chunks. */
function askEngine(socketPath: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path: url, headers, agent: false }, (response) => {
      buffer(response).then(
        (said) => resolve(bytesOf(response.statusCode ?? 0, response.headers, said, method === 'HEAD')),
        reject,
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

function bytesOf(status: number, headers: IncomingMessage['headers'], body: Buffer, isHead = false): Buffer {
  const hasBody = !isHead && status !== 204 && status !== 304;
  const kept = Object.entries(headers).filter(
    ([name]) => !/^(connection|content-length|transfer-encoding)$/.test(name),
  );
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...kept.map(([name, value]) => `${name}: ${String(value)}`),
    ...(hasBody ? [`content-length: ${body.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), hasBody ? body : Buffer.alloc(0)]);
}

/** The length of an answer's head, with the empty line. */
function headOf(bytes: Buffer): number {
  return bytes.indexOf('\r\n\r\n') + 4;
}

function cut(socket: Socket, bytes: Buffer, at: number): void {
  socket.write(bytes.subarray(0, Math.floor(at)), () => socket.destroy());
}
