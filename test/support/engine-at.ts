import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openConnection } from '../../src/transport/connect.ts';
import type { Connection } from '../../src/transport/connection.ts';

/** The product's own way to an engine on a unix socket: its transport and its client. */
export async function engineAt(
  socketPath: string,
): Promise<{ readonly connection: Connection; readonly engine: Engine }> {
  const connection = await openConnection(
    { name: 'web-1', address: { kind: 'unix', path: socketPath }, groups: ['all'] },
    {
      homeFolder: '/nonexistent',
      userName: 'deploy',
      sshAgentSocket: undefined,
      deadlineMilliseconds: 20_000,
      keepaliveMilliseconds: 10_000,
      signal: new AbortController().signal,
    },
  );
  return { connection, engine: await connectEngine(connection) };
}
