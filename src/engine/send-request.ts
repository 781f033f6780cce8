import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { JsonValue } from '../model/json.ts';
import { EnforceError } from '../model/errors.ts';
import type { Connection } from '../transport/connection.ts';
import { dialOver } from './dial.ts';
import type { Dial } from './dial.ts';

/** One call of the engine's HTTP API, with its bounds in time and size. */
export interface EngineRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Every part from outside must already be percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
  /** A tar stream, sent piece by piece in place of a body; the deadline then counts from the last piece. */
  readonly archive?: () => AsyncIterable<Uint8Array>;
  readonly deadlineMilliseconds: number;
  /** An answer longer than this fails the call: a host must not be able to fill this machine's memory. */
  readonly maximumBytes: number;
  /** Of a longer answer only the beginning is taken, instead of failing: for text that a person looks at. */
  readonly isCutShort?: boolean;
}

/** What came back, whatever its status. */
export interface EngineAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Sends one request and waits for the whole answer. */
export type SendRequest = (request: EngineRequest) => Promise<EngineAnswer>;

/** Sends requests over a connection's channels. */
export function requestSender(connection: Connection): SendRequest {
  const dial = dialOver(connection);
  return (request) => exchange(request, connection, dial, async (response) => await readAnswer(response, request));
}

/** An answer whose body comes piece by piece; it ends with an error where it was cut. */
export interface EngineStream {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Sends one request and gives its answer as it comes; the deadline counts from the last piece. */
export type OpenStream = (request: EngineRequest) => Promise<EngineStream | EngineAnswer>;

/** Opens streams as `requestSender` sends requests; every status but 200 is a complete answer. */
export function streamOpener(connection: Connection): OpenStream {
  const dial = dialOver(connection);
  return (request) =>
    exchange(request, connection, dial, async (response) =>
      response.statusCode === 200
        ? { status: 200, body: piecesOf(response, request, connection) }
        : await readAnswer(response, request),
    );
}

async function exchange<Answer>(
  request: EngineRequest,
  connection: Connection,
  dial: Dial,
  read: (response: IncomingMessage) => Promise<Answer>,
): Promise<Answer> {
  const expiry = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let source: Readable | undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const rearm = (): void => {
        clearTimeout(timer);
        timer = setTimeout(
          () => {
            reject(timedOut(request));
            expiry.abort();
          },
          Math.min(request.deadlineMilliseconds, LONGEST_TIMER),
        );
      };
      rearm();
      source = request.archive && Readable.from(eachPiece(request.archive(), rearm), { objectMode: false });
      source?.on('error', reject);
      dial(request, source, expiry.signal).then(read).then(resolve, reject);
    });
  } catch (error) {
    throw error instanceof EnforceError ? error : connection.explain(error);
  } finally {
    clearTimeout(timer);
    source?.destroy();
  }
}

async function* eachPiece(pieces: AsyncIterable<Uint8Array>, onPiece: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    onPiece();
    yield piece;
  }
}

/** Whoever leaves before the end ends the connection: the engine would go on sending. */
async function* piecesOf(
  response: IncomingMessage,
  request: EngineRequest,
  connection: Connection,
): AsyncGenerator<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  const rearm = (): void => {
    timer = setTimeout(() => response.destroy(timedOut(request)), request.deadlineMilliseconds);
  };
  try {
    rearm();
    for await (const piece of response as AsyncIterable<Buffer>) {
      clearTimeout(timer);
      yield piece;
      rearm();
    }
    if (!response.complete) throw cut();
  } catch (error) {
    throw error instanceof EnforceError ? error : connection.explain(error);
  } finally {
    clearTimeout(timer);
    if (!response.complete) response.destroy();
  }
}

/** A timer set for longer would go off at once; a stop timeout may be as long as people and hosts like. */
const LONGEST_TIMER = 2 ** 31 - 1;

async function readAnswer(response: IncomingMessage, request: EngineRequest): Promise<EngineAnswer> {
  const body = await readBody(response, request);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

async function readBody(
  response: IncomingMessage,
  { maximumBytes, isCutShort = false }: EngineRequest,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumBytes) {
      response.destroy();
      if (isCutShort) return Buffer.concat(chunks);
      throw new EnforceError('engine', `the engine's answer is longer than ${maximumBytes} bytes`, {
        hint: 'the host may be faulty or hostile; nothing of the answer was used',
      });
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw cut();
  return Buffer.concat(chunks);
}

function cut(): EnforceError {
  return new EnforceError('unreachable', 'the connection was cut in the middle of an answer');
}

function timedOut({ method, path, deadlineMilliseconds }: EngineRequest): EnforceError {
  return new EnforceError(
    'timed-out',
    `no complete answer to ${method} ${path} within ${deadlineMilliseconds / 1000} s`,
    {
      hint: 'the engine may hang; see whether `docker ps` answers on the host',
    },
  );
}
