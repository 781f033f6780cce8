import { EventEmitter } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ServerChannel } from 'ssh2';

/** What a host lets its clients do; every field may be changed while it runs. */
export interface SshHostBehaviour {
  engineSocket: string;
  /** Public key of the one user, in OpenSSH's words. */
  authorizedKey: string;
  forwardsSockets: boolean;
  forwardsPorts: boolean;
  runsCommands: boolean;
  /** How `docker system dial-stdio` ends at once; undefined where it carries requests. */
  dialStdioFails: { readonly exitCode: number; readonly stderr: string } | undefined;
  /** What the user's start-up files print before a command does. */
  startUpOutput: string;
  /** How many new connections are hung up on before the greeting. */
  drops: number;
  /** What `sh -s` does with the script it is given. */
  shell: (script: string, channel: ServerChannel) => void;
}

/** A host that speaks ssh, in this process, and what it saw. */
export interface SshHost {
  readonly port: number;
  readonly behaviour: SshHostBehaviour;
  readonly seen: Seen;
  /** Who is logged in. */
  readonly clients: ReadonlySet<Connection>;
  /** Emits `close` whenever a connection is gone. */
  readonly disconnected: EventEmitter;
  /** Ends every connection without a word of ssh: with a reset, or as a host that shuts down. */
  cut(how: 'reset' | 'end'): void;
  /** Negotiates every connection anew, with another key. */
  becomeAnother(key: string): void;
  /** Keeps every connection and reads nothing more from it. */
  freeze(): void;
  close(): Promise<void>;
}

interface Seen {
  connections: number;
  /** The address of each connection. */
  readonly from: (string | undefined)[];
  /** Channels to the engine that are open now, and the most there ever were. */
  open: number;
  most: number;
  readonly commands: string[];
  readonly users: string[];
  /** Keys that were offered and refused. */
  refusals: number;
  /** `host:port` of every port that was forwarded to. */
  readonly ports: string[];
  agentRequests: number;
}

/** Starts a host that shows these keys. */
export async function startSshHost(hostKeys: string[], behaviour: SshHostBehaviour): Promise<SshHost> {
  const seen: Seen = {
    connections: 0,
    from: [],
    open: 0,
    most: 0,
    commands: [],
    users: [],
    refusals: 0,
    ports: [],
    agentRequests: 0,
  };
  const sockets = new Set<Socket>();
  const clients = new Set<Connection>();
  const disconnected = new EventEmitter();
  const ssh = new ssh2.Server({ hostKeys, ident: 'double' }, (client) => {
    // Clients that are cut or refused are what the tests are about.
    client.on('error', () => undefined);
    client.on('authentication', (login) => authenticate(login, behaviour.authorizedKey, seen));
    client.on('close', () => {
      clients.delete(client);
      disconnected.emit('close');
    });
    client.on('ready', () => {
      clients.add(client);
      serve(client, behaviour, seen);
    });
  });
  const listener = createServer({ noDelay: true }, (socket) => {
    seen.connections += 1;
    seen.from.push(socket.remoteAddress);
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (behaviour.drops === 0) ssh.injectSocket(socket);
    else {
      behaviour.drops -= 1;
      socket.end();
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    behaviour,
    seen,
    clients,
    disconnected,
    cut: (how) => sockets.forEach((socket) => (how === 'reset' ? socket.resetAndDestroy() : socket.destroy())),
    becomeAnother: (key) => clients.forEach((client) => rekeyWith(client, key)),
    freeze: () => sockets.forEach((socket) => socket.pause()),
    async close() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** ssh2's own server keeps its key, so its insides are given another. */
function rekeyWith(client: Connection, key: string): void {
  const { _protocol } = client as unknown as { _protocol: { _hostKeys: Record<string, unknown> } };
  _protocol._hostKeys['ssh-ed25519'] = ssh2.utils.parseKey(key);
  client.rekey();
}

function authenticate(login: AuthContext, authorizedKey: string, seen: Seen): void {
  if (isAuthorized(login, authorizedKey, seen)) login.accept();
  else login.reject(['publickey']);
}

function isAuthorized(login: AuthContext, authorizedKey: string, seen: Seen): boolean {
  const authorized = ssh2.utils.parseKey(authorizedKey);
  if ('message' in authorized || login.method !== 'publickey') return false;
  if (!authorized.getPublicSSH().equals(login.key.data)) {
    seen.refusals += 1;
    return false;
  }
  // A client first asks whether the key would do, then signs.
  if (login.signature === undefined || login.blob === undefined) return true;
  seen.users.push(login.username);
  return authorized.verify(login.blob, login.signature, login.hashAlgo);
}

function serve(client: Connection, behaviour: SshHostBehaviour, seen: Seen): void {
  client.on('openssh.streamlocal', (accept, reject, { socketPath }) => {
    const isThere = behaviour.forwardsSockets && socketPath === '/var/run/docker.sock';
    if (isThere) bridge(accept(), connect(behaviour.engineSocket), seen);
    else reject();
  });
  // Without a listener the answer is that it is forbidden; a rejection would say that nothing listens there.
  if (behaviour.forwardsPorts) {
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      seen.ports.push(`${destIP}:${destPort}`);
      const socket = connect(destPort, destIP);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        bridge(accept(), socket);
      });
    });
  }
  if (behaviour.runsCommands) {
    client.on('session', (acceptSession) => {
      const session = acceptSession();
      session.on('auth-agent', () => (seen.agentRequests += 1));
      session.on('exec', (accept, _reject, { command }) => {
        seen.commands.push(command);
        runCommand(command, accept(), behaviour, seen);
      });
    });
  }
}

function runCommand(command: string, channel: ServerChannel, behaviour: SshHostBehaviour, seen: Seen): void {
  channel.write(behaviour.startUpOutput);
  if (command.endsWith('sh -s')) {
    const script: Buffer[] = [];
    channel.on('data', (chunk: Buffer) => script.push(chunk));
    channel.on('end', () => behaviour.shell(Buffer.concat(script).toString(), channel));
  } else if (behaviour.dialStdioFails === undefined) {
    bridge(channel, connect(behaviour.engineSocket), seen);
  } else {
    channel.stderr.write(behaviour.dialStdioFails.stderr);
    channel.exit(behaviour.dialStdioFails.exitCode);
    channel.end();
  }
}

function bridge(channel: ServerChannel, socket: Socket, seen?: Seen): void {
  if (seen !== undefined) {
    seen.open += 1;
    seen.most = Math.max(seen.most, seen.open);
    channel.once('close', () => (seen.open -= 1));
  }
  socket.on('error', () => channel.close());
  channel.on('error', () => socket.destroy());
  channel.once('close', () => socket.destroy());
  // A channel whose last bytes nobody reads does not tell that it is closed.
  socket.once('close', () => channel.resume());
  socket.pipe(channel).pipe(socket);
}
