import type { IncomingMessage } from 'node:http';
import Docker from 'dockerode';
import type { JsonValue } from '../model/json.ts';
import { EnforceError } from '../model/errors.ts';
import type { Connection } from '../transport/connection.ts';
import { writeJson } from './json-text.ts';

/** One call of the engine's HTTP API, with its bounds in time and size. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Every part from outside must already be percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
  readonly deadlineMilliseconds: number;
  /** An answer longer than this fails the call: a host must not be able to fill this machine's memory. */
  readonly maximumBytes: number;
}

/** A complete answer, whatever its status. */
export interface EngineAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Sends one call and returns its complete answer, or throws when there is none in time. */
export type SendRequest = (request: EngineRequest) => Promise<EngineAnswer>;

/**
 * Sends requests through dockerode over a connection's channels. The address, version and certificates are set to
 * nothing on purpose: dockerode would otherwise take them from DOCKER_HOST and talk to another engine. Bodies travel as
 * bytes of our own making, because dockerode repeats a body given as an object in the URL, environment secrets included.
 */
export function requestSender(connection: Connection): SendRequest {
  const docker = new Docker({
    socketPath: '/var/run/docker.sock',
    protocol: 'http',
    agent: connection.agent,
    ...{
      host: undefined,
      port: undefined,
      version: undefined,
      ca: undefined,
      cert: undefined,
      key: undefined,
      timeout: undefined,
    },
  } as Docker.DockerOptions);
  const modem = docker.modem as Modem;

  return async (request) => {
    const expired = AbortSignal.timeout(request.deadlineMilliseconds);
    try {
      return await new Promise<EngineAnswer>((resolve, reject) => {
        expired.addEventListener('abort', () => reject(timedOut(request)), { once: true });
        modem.dial(dialOptions(request, expired), (error, response) => {
          if (error || !response) reject(asError(error));
          else
            readBody(response, request.maximumBytes).then(
              (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
              reject,
            );
        });
      });
    } catch (error) {
      throw error instanceof EnforceError ? error : expired.aborted ? timedOut(request) : connection.explain(error);
    }
  };
}

interface Modem {
  dial(options: object, callback: (error: unknown, response: IncomingMessage | null) => void): void;
}

/** Every status is handed back as it came; what it means is the caller's business. */
const EVERY_STATUS = new Proxy({}, { get: () => true });

function dialOptions({ method, path, query, body }: EngineRequest, expired: AbortSignal): object {
  return {
    // The library cuts the last character off a path that has a query and no options; the `&` is there to be cut.
    path: query ? `${path}?${new URLSearchParams(query).toString()}&` : path,
    method,
    isStream: true,
    statusCodes: EVERY_STATUS,
    abortSignal: expired,
    ...(body === undefined
      ? {}
      : { file: Buffer.from(writeJson(body)), headers: { 'Content-Type': 'application/json' } }),
  };
}

async function readBody(response: IncomingMessage, maximumBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumBytes) {
      response.destroy();
      throw new EnforceError('engine', `the engine's answer is longer than ${maximumBytes} bytes`, {
        hint: 'the host may be faulty or hostile; nothing of the answer was used',
      });
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw new EnforceError('unreachable', 'the connection was cut in the middle of an answer');
  return Buffer.concat(chunks);
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

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
