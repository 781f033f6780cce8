import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Host } from '../../src/model/inventory.ts';
import { openConnection } from '../../src/transport/connect.ts';
import type { Connection } from '../../src/transport/connection.ts';
import type { ConnectionSettings } from '../../src/transport/connection-settings.ts';

/** The product's own way to an engine on a unix socket: its transport and its client. */
export async function engineAt(
  socketPath: string,
): Promise<{ readonly connection: Connection; readonly engine: Engine }> {
  const connection = await openConnection(hostAt(socketPath), SOCKET_SETTINGS);
  return { connection, engine: await connectEngine(connection) };
}

/** The host of an engine on a unix socket, as an inventory would have it. */
export function hostAt(socketPath: string): Host {
  return { name: 'web-1', address: { kind: 'unix', path: socketPath }, groups: ['all'] };
}

/** All that connecting to a socket needs. */
export const SOCKET_SETTINGS: ConnectionSettings = {
  homeFolder: '/nonexistent',
  userName: 'deploy',
  sshAgentSocket: undefined,
  deadlineMilliseconds: 20_000,
  keepaliveMilliseconds: 10_000,
  signal: new AbortController().signal,
};
