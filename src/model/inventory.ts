/**
 * Words: an *inventory* says which engines exist and how to reach them; a *host* is one engine and its machine;
 * a *group* is a named set of hosts.
 */
export interface Inventory {
  readonly hosts: readonly Host[];
  /** Things worth telling that are not errors: an unknown variable of another tool, say. */
  readonly warnings: readonly string[];
}

/** A machine that runs a Docker engine, and how to reach it. */
export interface Host {
  readonly name: string;
  readonly address: Address;
  /** Every group the host is in, ancestors included, sorted; `all` is always among them. */
  readonly groups: readonly string[];
  /** File and line that named the host, for error messages; absent for hosts given on the command line. */
  readonly source?: string;
}

/** Where an engine listens. */
export type Address = UnixAddress | SshAddress | TcpAddress;

/** A socket of this machine. */
export interface UnixAddress {
  readonly kind: 'unix';
  /** Absolute path of the engine's socket on this machine. */
  readonly path: string;
}

/** A host that people log in to; its engine listens on a socket there. */
export interface SshAddress {
  readonly kind: 'ssh';
  /** A name or address, or an alias that ~/.ssh/config resolves. */
  readonly hostName: string;
  readonly user?: string;
  readonly port?: number;
  readonly identityFile?: string;
  /** Absolute path of the engine's socket on the host; /var/run/docker.sock when not given. */
  readonly socketPath?: string;
  /** Reach the engine through `sudo -n`, for users outside the docker group. */
  readonly become: boolean;
  /** The system's own `ssh` carries the connection, for what enforce's built-in client cannot do. */
  readonly transport?: 'openssh';
}

/** An engine that listens on the network and knows its clients by certificate. */
export interface TcpAddress {
  readonly kind: 'tcp';
  readonly hostName: string;
  readonly port: number;
  /** Folder with ca.pem, cert.pem and key.pem. Plain TCP is refused: it is root for anyone on the network. */
  readonly tlsFolder: string;
}

/** What came of one host: a value, or the failure that is this host's own. */
export type HostResult<Value> =
  | { readonly host: Host; readonly ok: true; readonly value: Value }
  | { readonly host: Host; readonly ok: false; readonly error: Error };

/** The address as people write it: a DOCKER_HOST value. */
export function addressText(address: Address): string {
  switch (address.kind) {
    case 'unix':
      return `unix://${address.path}`;
    case 'tcp':
      return `tcp://${bracketed(address.hostName)}:${address.port}`;
    case 'ssh': {
      const user = address.user === undefined ? '' : `${address.user}@`;
      const port = address.port === undefined ? '' : `:${address.port}`;
      return `ssh://${user}${bracketed(address.hostName)}${port}${address.socketPath ?? ''}`;
    }
  }
}

function bracketed(hostName: string): string {
  return hostName.includes(':') ? `[${hostName}]` : hostName;
}
