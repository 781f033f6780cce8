import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../apply/tools.ts';
import { EnforceError } from '../model/errors.ts';
import type { Host } from '../model/inventory.ts';
import type { ConnectionSettings } from '../transport/connect.ts';
import { openConnection } from '../transport/connect.ts';
import type { Connection } from '../transport/connection.ts';

/** A host that is talked to for as long as a command needs it; a connection that breaks is opened anew on the next call. */
export interface HostSession {
  readonly host: Host;
  readonly connection: () => Promise<Connection>;
  readonly engine: () => Promise<Engine>;
  readonly close: () => Promise<void>;
}

/** How long a host that was lost in the middle of a change is tried again; an engine restart takes seconds, a reboot a minute. */
const COMEBACK_MILLISECONDS = 90_000;

/** Opens nothing yet: the first call connects, and fails at once when the host cannot be reached. */
export function hostSession(host: Host, settings: ConnectionSettings, clock: Clock): HostSession {
  let open: Promise<{ readonly connection: Connection; readonly engine: Engine }> | undefined;
  let wasOpen = false;

  const drop = async (): Promise<void> => {
    const dropped = open;
    open = undefined;
    const live = await dropped?.catch(() => undefined);
    await live?.connection.close();
  };
  const connect = async () => {
    // What talks to the engine is loaded while the host answers the first greeting.
    const opening = openConnection(host, settings);
    const loading = import('../engine/docker-engine.ts');
    const connection = await opening;
    try {
      const { connectEngine } = await loading;
      return { connection, engine: watched(await connectEngine(connection), drop) };
    } catch (error) {
      await connection.close();
      throw error;
    }
  };
  const session = async () => {
    open ??= wasOpen ? comeBack(connect, clock) : connect();
    try {
      const live = await open;
      wasOpen = true;
      return live;
    } catch (error) {
      open = undefined;
      throw error;
    }
  };

  return {
    host,
    connection: async () => (await session()).connection,
    engine: async () => (await session()).engine,
    close: drop,
  };
}

/** The engine, with an eye on the connection: a call whose answer never came is the last on it. */
function watched(engine: Engine, drop: () => Promise<void>): Engine {
  const watch = async <Value>(answer: Promise<Value>): Promise<Value> => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof EnforceError && error.code !== 'engine' && error.code !== 'engine-refused') await drop();
      throw error;
    }
  };
  async function* watchPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = pieces[Symbol.asyncIterator]();
    try {
      for (;;) {
        const piece = await watch(iterator.next());
        if (piece.done === true) return;
        yield piece.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return {
    facts: (extent) => watch(engine.facts(extent)),
    time: () => watch(engine.time()),
    list: () => watch(engine.list()),
    inspect: (id) => watch(engine.inspect(id)),
    image: (reference) => watch(engine.image(reference)),
    network: (reference) => watch(engine.network(reference)),
    hasVolume: (name) => watch(engine.hasVolume(name)),
    changes: (id) => watch(engine.changes(id)),
    isFolder: (id, path) => watch(engine.isFolder(id, path)),
    linkTarget: (id, path) => watch(engine.linkTarget(id, path)),
    archive: async (id, path) => {
      const stream = await watch(engine.archive(id, path));
      return stream && watchPieces(stream);
    },
    imageNames: (pattern) => watch(engine.imageNames(pattern)),
    logs: (id, lines) => watch(engine.logs(id, lines)),
    run: (operation) => watch(engine.run(operation)),
  };
}

async function comeBack<Value>(connect: () => Promise<Value>, clock: Clock): Promise<Value> {
  const until = clock.now() + COMEBACK_MILLISECONDS;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (clock.now() > until || isLasting(error)) throw error;
      await clock.delay(1000);
    }
  }
}

/** What waiting does not mend: a host that came back with another key may be another host. */
function isLasting(error: unknown): boolean {
  return error instanceof EnforceError && ['host-key', 'bad-connection-settings'].includes(error.code);
}
