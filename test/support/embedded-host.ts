import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import type { AuthContext, Connection, ServerChannel } from 'ssh2';
import ssh2 from 'ssh2';
import { keyPair } from './key-pair.ts';
import { machineReport } from './memory-engine/machine-report.ts';
import type { MemoryEngine } from './memory-engine/memory-engine.ts';

/** A host that exists only in this process: real ssh on loopback in front of an engine in memory. */
export interface EmbeddedHost {
  readonly engine: MemoryEngine;
  readonly port: number;
  /** Its line for known_hosts, without the name. */
  readonly hostKey: string;
  /** How many people are logged in. */
  readonly clients: () => number;
  /** How often somebody connected, with or without getting in. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/**
 * Starts a host. It lets in whoever has the key; the engine is reached as on any host, through the forwarded socket or
 * `docker system dial-stdio`; a forwarded port is answered by the program of the container that publishes it.
 */
export async function startEmbeddedHost(engine: MemoryEngine, authorizedKey: string): Promise<EmbeddedHost> {
  const hostKeys = keyPair();
  const clients = new Set<Connection>();
  let connections = 0;
  const sshd = new ssh2.Server({ hostKeys: [hostKeys.private], ident: 'OpenSSH_9.2p1 embedded' }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    // A client that goes away in the middle of a word is its own affair.
    client.on('error', () => undefined);
    client.on('authentication', (login) => authenticate(login, authorizedKey));
    client.on('ready', () => serve(client, engine));
  });
  // Small answers are sent at once; to wait for more would make each take 40 ms.
  const listener = createServer({ noDelay: true }, (socket) => {
    connections++;
    socket.on('error', () => undefined);
    sshd.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => resolve());
  });
  return {
    engine,
    port: (listener.address() as AddressInfo).port,
    hostKey: hostKeys.public,
    clients: () => clients.size,
    connections: () => connections,
    async close() {
      // An error on the way out is no reason to stay open.
      const gone = [...clients].map((client) => new Promise<void>((resolve) => client.once('close', () => resolve())));
      for (const client of clients) client.end();
      await Promise.all(gone);
      await new Promise<void>((resolve) => listener.close(() => resolve()));
      await engine.close();
    },
  };
}

function authenticate(login: AuthContext, authorizedKey: string): void {
  const authorized = ssh2.utils.parseKey(authorizedKey);
  if ('message' in authorized || login.method !== 'publickey') {
    login.reject(['publickey']);
    return;
  }
  if (!authorized.getPublicSSH().equals(login.key.data)) {
    login.reject(['publickey']);
    return;
  }
  const { signature, blob, hashAlgo } = login;
  if (signature !== undefined && blob !== undefined && !authorized.verify(blob, signature, hashAlgo)) {
    login.reject(['publickey']);
    return;
  }
  login.accept();
}

function serve(client: Connection, engine: MemoryEngine): void {
  client.on('openssh.streamlocal', (accept, reject, { socketPath }) => {
    if (socketPath === '/var/run/docker.sock') bridge(accept(), engine);
    else reject();
  });
  client.on('tcpip', (accept, reject, { destIP, destPort }) => {
    const listening = engine.dial(destIP, destPort);
    if (listening === undefined) {
      reject();
      return;
    }
    const channel = accept();
    channel.on('error', () => undefined);
    if (listening === 'nobody-behind') channel.end();
    else converse(channel, listening);
  });
  client.on('session', (accept) => {
    accept().on('exec', (acceptCommand, _reject, { command }) => runCommand(acceptCommand(), command, engine));
  });
}

/** Says its greeting, answers the first word, and listens on until the client goes. */
function converse(channel: ServerChannel, { greeting, reply }: { greeting: string; reply: string }): void {
  if (greeting !== '') channel.write(greeting);
  channel.once('data', () => {
    channel.write(reply);
    if (greeting === '') channel.end();
  });
  channel.on('end', () => channel.end());
}

function runCommand(channel: ServerChannel, command: string, engine: MemoryEngine): void {
  if (/^(sudo -n )?docker system dial-stdio$/.test(command)) {
    bridge(channel, engine);
    return;
  }
  if (!/^(sudo -n )?sh -s$/.test(command)) {
    channel.stderr.write(`sh: 1: ${command.split(' ')[0] ?? ''}: not found\n`);
    finish(channel, 127);
    return;
  }
  // What enforce's scripts ask is the kernel; this host has none, so its engine says what the kernel would, and nobody traces.
  let script = '';
  channel.on('data', (chunk: Buffer) => {
    const wasTracing = script.includes(TRACING);
    script += chunk.toString('latin1');
    if (wasTracing || !script.includes(TRACING)) return;
    channel.write('refused tracefs\nready\n');
    finish(channel, 0);
  });
  channel.on('end', () => {
    if (script.includes(TRACING)) return;
    channel.write(machineReport(engine.store));
    finish(channel, 0);
  });
}

/** In the script that watches containers, and in no other. */
const TRACING = 'find_tracefs';

function finish(channel: ServerChannel, exitCode: number): void {
  channel.exit(exitCode);
  channel.end();
}

function bridge(channel: ServerChannel, engine: MemoryEngine): void {
  const socket = connect(engine.socketPath);
  socket.on('error', () => channel.close());
  channel.on('error', () => socket.destroy());
  channel.once('close', () => socket.destroy());
  // A channel whose last bytes nobody reads does not tell that it is closed.
  socket.once('close', () => channel.resume());
  socket.pipe(channel).pipe(socket);
}
