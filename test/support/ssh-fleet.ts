import { mkdirSync, writeFileSync } from 'node:fs';
import { get, type RequestListener } from 'node:http';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { Host, SshAddress } from '../../src/model/inventory.ts';
import { EnforceError } from '../../src/model/errors.ts';
import { openConnection, type ConnectionSettings } from '../../src/transport/connect.ts';
import type { Connection } from '../../src/transport/connection.ts';
import { keyPair } from './key-pair.ts';
import { startEngine, type SocketEngine } from './ssh-engine.ts';
import { startSshHost, type SshHost } from './ssh-host.ts';

/** Key pairs, made once for a whole run. */
export const keys = {
  user: keyPair(),
  stranger: keyPair(),
  host: keyPair(),
  hostEcdsa: ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }),
  otherHost: keyPair(),
};

/** What carries ssh: enforce's own client, or the system's. */
export type SshTransport = 'ssh' | 'openssh';

/** One reachable ssh host with an engine, and the home folder of a person who may log in to it. */
export interface Lab {
  readonly engine: SocketEngine;
  readonly ssh: SshHost;
  readonly host: Host;
  /** The same host with other words of its address. */
  hostWith(address: Partial<SshAddress>): Host;
  readonly settings: ConnectionSettings;
  /** Writes a file of the person's `~/.ssh` and returns its path. */
  homeFile(name: string, text: string): string;
  /** Starts another ssh host in front of the same engine. */
  another(hostKeys: string[]): Promise<SshHost>;
  /** Opens a connection that is closed with the lab. */
  open(host?: Host, changes?: Partial<ConnectionSettings>): Promise<Connection>;
  /** What opening fails with. */
  failure(host?: Host, changes?: Partial<ConnectionSettings>): Promise<EnforceError>;
  close(): Promise<void>;
}

/** Starts one; the host is known by its key, and the user's key is in `~/.ssh/id_ed25519`. */
export async function startLab(transport: SshTransport = 'ssh', answer?: RequestListener): Promise<Lab> {
  const engine = await startEngine(answer);
  const ssh = await startSshHost([keys.host.private], {
    engineSocket: engine.socketPath,
    authorizedKey: keys.user.public,
    forwardsSockets: true,
    forwardsPorts: true,
    runsCommands: true,
    dialStdioFails: undefined,
    startUpOutput: '',
    drops: 0,
    shell: (_script, channel) => {
      channel.exit(0);
      channel.end();
    },
  });
  mkdirSync(join(engine.folder, '.ssh'));
  const homeFile = (name: string, text: string): string => {
    const path = join(engine.folder, '.ssh', name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  homeFile('id_ed25519', keys.user.private);
  homeFile('known_hosts', `[127.0.0.1]:${ssh.port} ${keys.host.public}\n`);
  const hosts = [ssh];
  const connections: Connection[] = [];
  const hostWith: Lab['hostWith'] = (address) =>
    sshHost({ port: ssh.port, ...(transport === 'openssh' ? { transport } : {}), ...address });
  const host = hostWith({});
  const settings = settingsFor(engine.folder, {
    controlParentFolder: engine.folder,
    random: () => 0,
    delay: () => Promise.resolve(),
  });
  const open: Lab['open'] = async (to = host, changes = {}) => {
    const connection = await openConnection(to, { ...settings, ...changes });
    connections.push(connection);
    return connection;
  };
  return {
    engine,
    ssh,
    host,
    hostWith,
    settings,
    homeFile,
    async another(hostKeys) {
      const other = await startSshHost(hostKeys, { ...ssh.behaviour });
      hosts.push(other);
      return other;
    },
    open,
    async failure(to, changes) {
      const outcome = await open(to, changes).catch((error: unknown) => error);
      if (outcome instanceof EnforceError) return outcome;
      throw new Error('expected an EnforceError', { cause: outcome });
    },
    async close() {
      await Promise.all(connections.map((connection) => connection.close()));
      await Promise.all(hosts.map((each) => each.close()));
      await engine.close();
    },
  };
}

/** A host on this machine's loopback, reached over ssh. */
export function sshHost(address: Partial<SshAddress>): Host {
  return { name: 'web-1', groups: ['all'], address: { kind: 'ssh', hostName: '127.0.0.1', become: false, ...address } };
}

/** Settings of a person whose home is this folder; nothing of the machine's own ssh configuration is used. */
export function settingsFor(homeFolder: string, changes: Partial<ConnectionSettings> = {}): ConnectionSettings {
  return {
    homeFolder,
    userName: 'deploy',
    sshAgentSocket: undefined,
    deadlineMilliseconds: 60_000,
    keepaliveMilliseconds: 10_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** Asks the engine behind a connection; rejects as the request does. */
export function ask(connection: Pick<Connection, 'agent'>, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ agent: connection.agent, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    }).on('error', reject);
  });
}
