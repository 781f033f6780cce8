import type { Host } from '../model/inventory.ts';
import { awaitEngine } from './await-engine.ts';
import type { Connection } from './connection.ts';
import { type ConnectionSettings, deadlineOf } from './connection-settings.ts';
import { stopped } from './explain.ts';
import { openSsh } from './ssh.ts';
import { openTls } from './tls.ts';
import { openUnix } from './unix.ts';

export type { ConnectionSettings } from './connection-settings.ts';

/** Opens the way to a host's engine and waits for its first answer, so that what is returned has worked once. */
export async function openConnection(host: Host, settings: ConnectionSettings): Promise<Connection> {
  const signal = deadlineOf(settings);
  if (host.address.kind === 'ssh') return openSsh(host, host.address, settings, signal);
  const connection = host.address.kind === 'unix' ? openUnix(host, host.address) : await openTls(host, host.address);
  try {
    return { ...connection, greeting: await awaitEngine(connection.agent, signal) };
  } catch (error) {
    await connection.close();
    throw signal.aborted ? stopped(signal, `connecting to the engine of ${host.name}`) : connection.explain(error);
  }
}
