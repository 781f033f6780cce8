import { request, type Agent } from 'node:http';
import { EnforceError } from '../model/errors.ts';
import type { EngineGreeting } from './connection.ts';

/** An engine answers `OK`, another web server with a page. */
const MAXIMUM_BYTES = 64 * 1024;

/**
 * Waits for the engine's first answer, whatever it says; the channel that carried it serves the requests that follow, and
 * nobody has to ask again.
 */
export function awaitEngine(agent: Agent, signal: AbortSignal): Promise<EngineGreeting> {
  return new Promise((resolve, reject) => {
    const ping = request({ agent, host: 'docker', path: '/_ping', signal });
    ping.on('error', reject);
    ping.on('response', (response) => {
      let length = 0;
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MAXIMUM_BYTES) response.destroy(tooLong());
      });
    });
    ping.end();
  });
}

function tooLong(): EnforceError {
  return new EnforceError(
    'engine',
    `the first answer is longer than ${MAXIMUM_BYTES} bytes, so it is not a Docker engine`,
    {
      hint: 'see that the address is that of a Docker engine and not of another HTTP service',
    },
  );
}
