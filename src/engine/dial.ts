import type { IncomingMessage } from 'node:http';
import { request as ask } from 'node:http';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { EnforceError } from '../model/errors.ts';
import type { Connection } from '../transport/connection.ts';
import { writeJson } from './json-text.ts';
import type { EngineRequest } from './send-request.ts';

/** Sends a request; the answer is handed over as soon as its head is there. */
export type Dial = (
  request: EngineRequest,
  archive: Readable | undefined,
  expired: AbortSignal,
) => Promise<IncomingMessage>;

/**
 * Reads go straight over the connection's channels, as there are thousands of them in a scan; what has a body goes
 * through dockerode, which is loaded for the first of them.
 */
export function dialOver(connection: Connection): Dial {
  let modem: Promise<Modem> | undefined;
  return async (request, archive, expired) => {
    if (archive === undefined && request.body === undefined) return await read(request, connection, expired);
    modem ??= modemOver(connection);
    const { dial } = await modem;
    return await new Promise((resolve, reject) => {
      dial(dialOptions(request, archive, expired), (error, response) => {
        if (error || !response) reject(asError(error));
        else resolve(response);
      });
    });
  };
}

function read(
  { method, path, query }: EngineRequest,
  { agent }: Connection,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const line = query ? `${path}?${new URLSearchParams(query).toString()}` : path;
  return new Promise((resolve, reject) => {
    ask({ agent, host: 'localhost', method, path: line, signal }).on('error', reject).on('response', resolve).end();
  });
}

interface Modem {
  readonly dial: (options: object, callback: (error: unknown, response: IncomingMessage | null) => void) => void;
}

/**
 * The address, version and certificates are set to nothing on purpose: dockerode would otherwise take them from
 * DOCKER_HOST and talk to another engine.
 */
async function modemOver({ agent }: Connection): Promise<Modem> {
  const { default: Library } = await import('dockerode');
  const options = {
    socketPath: '/var/run/docker.sock',
    protocol: 'http',
    agent,
    ...Object.fromEntries(FROM_ENVIRONMENT.map((name) => [name, undefined])),
  };
  try {
    const modem = new Library(options as Docker.DockerOptions).modem as Modem;
    return { dial: modem.dial.bind(modem) };
  } catch (error) {
    // It reads the environment even where nothing of it is used.
    throw new EnforceError('usage', `DOCKER_HOST or DOCKER_CERT_PATH cannot be used: ${asError(error).message}`, {
      hint: 'unset them: enforce goes by its inventory',
      cause: error,
    });
  }
}

const FROM_ENVIRONMENT = ['host', 'port', 'version', 'ca', 'cert', 'key', 'timeout'];

/** Every status is handed back as it came; what it means is the caller's business. */
const EVERY_STATUS = new Proxy({}, { get: () => true });

/** Bodies travel as bytes of our own making: dockerode repeats one given as an object in the URL, secrets included. */
function dialOptions(
  { method, path, query, body }: EngineRequest,
  archive: Readable | undefined,
  expired: AbortSignal,
): object {
  return {
    // The library cuts the last character off a path that has a query and no options; the `&` is there to be cut.
    path: query ? `${path}?${new URLSearchParams(query).toString()}&` : path,
    method,
    isStream: true,
    statusCodes: EVERY_STATUS,
    abortSignal: expired,
    ...(archive === undefined ? {} : { file: archive, headers: { 'Content-Type': 'application/x-tar' } }),
    ...(body === undefined
      ? {}
      : { file: Buffer.from(writeJson(body)), headers: { 'Content-Type': 'application/json' } }),
  };
}

/** An error stays what it is, also one of another realm, of whose class `instanceof` knows nothing. */
function asError(error: unknown): Error {
  return typeof error === 'object' && error !== null && 'message' in error
    ? (error as Error)
    : new Error(String(error));
}
