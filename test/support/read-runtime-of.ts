import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { RuntimeFacts } from '../../src/model/runtime.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { hostPathsOf } from '../../src/scan/read-details.ts';
import { readRuntime } from '../../src/scan/read-runtime.ts';
import { containerOf } from '../../src/scan/take-snapshot.ts';
import type { Connection } from '../../src/transport/connection.ts';
import { openUnix } from '../../src/transport/unix.ts';
import { file, records } from './tar-blocks.ts';

/** A real engine whose containers are looked into. */
export interface Reading {
  readonly engine: Engine;
  readonly connection: Connection;
  /** What runs in these containers, in their order; through the shell unless another is given, or undefined for none. */
  readonly read: (
    names: readonly string[],
    shell?: { readonly runScript: Connection['runScript'] },
  ) => Promise<readonly RuntimeFacts[]>;
  /** Writes a file into a container: its bytes are one character each. */
  readonly write: (name: string, path: string, content: string | Buffer, more?: WrittenFile) => Promise<void>;
}

/** What is unusual about a file that is written. */
export interface WrittenFile {
  readonly mode?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Opens the engine at a socket. */
export async function readingAt(socketPath: string): Promise<Reading> {
  const host = { name: 'local', address: { kind: 'unix', path: socketPath }, groups: ['all'] } as const;
  const connection = openUnix(host, host.address);
  const engine = await connectEngine(connection);
  return {
    engine,
    connection,
    async read(names, { runScript } = { runScript: connection.runScript }) {
      const inspects = await Promise.all(names.map((name) => inspectOf(engine, name)));
      const paths = inspects.flatMap(hostPathsOf);
      const changes = async (id: string) => await engine.changes(id);
      const seen = new Map(paths.map((path) => [path, { known: true, value: true } as const]));
      const source = { channels: 8, runScript, engine, facts: await engine.facts(), seen, now: () => 0, changes };
      const found = await readRuntime(source, inspects.map(containerOf));
      return inspects.flatMap(({ Id }) => found.get(Id) ?? []);
    },
    async write(name, path, content, { mode = 0o755, attributes = {} } = {}) {
      const { Id } = await inspectOf(engine, name);
      const entry = Buffer.concat([records({ path: path.slice(1), ...attributes }), file('x', content, { mode })]);
      await engine.run({ kind: 'unpack', id: Id, archive: () => once(Buffer.concat([entry, Buffer.alloc(1024)])) });
    },
  };
}

async function inspectOf(engine: Engine, name: string): Promise<ContainerInspect> {
  const inspect = await engine.inspect(name);
  if (!inspect) throw new Error(`there is no container ${name}`);
  return inspect;
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
