import { request, type Agent } from 'node:http';

/** Waits for the engine's first answer, whatever it says; the channel that carried it serves the requests that follow. */
export function awaitEngine(agent: Agent, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const ping = request({ agent, host: 'docker', path: '/_ping', signal });
    ping.on('error', reject);
    ping.on('response', (response) => {
      response.on('error', reject);
      response.on('end', resolve);
      response.resume();
    });
    ping.end();
  });
}
