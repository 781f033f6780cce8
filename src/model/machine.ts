/** What the host's own kernel and files say, read over the same connection; every part is absent where it cannot be read. */
export interface MachineFacts {
  /**
   * Sockets that listen in the host's own network namespace; those below 1024, and the port enforce came by, with the
   * process that holds them. A socket that several containers hold has a row for each.
   */
  readonly listeners: Known<readonly Listener[]>;
  /** First and last port the kernel gives out by itself (`net.ipv4.ip_local_port_range`). */
  readonly ephemeralPorts: Known<PortRange>;
  /** How the shell there was come by, and where it runs. */
  readonly shell: Known<Shell>;
  readonly network: Known<HostNetwork>;
  /** Units of systemd that run or start containers by name; not looked for where every container says who made it. */
  readonly units: Known<readonly Unit[]>;
}

/** A fact, or why it is not known. Not known is never read as "fine". */
export type Known<Value> =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false; readonly because: string };

/** Ports from the first to the last, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** One listening socket of the host's network namespace. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  /** Local address, as the kernel has it: `0.0.0.0`, `::`, `127.0.0.1`. */
  readonly ip: string;
  readonly port: number;
  /** Name of the process, when it could be attributed. */
  readonly process?: string;
  /** Full id of the container the process belongs to, by its cgroup. */
  readonly containerId?: string;
  /** Why the process of a listener that was looked into could not be found; such a listener may be anybody's. */
  readonly unattributed?: string;
}

/** The shell on the host. */
export interface Shell {
  /** The SSH connection it was come by, as the host sees it; null where there is none. */
  readonly login: Login | null;
  /** The containers it runs in itself. */
  readonly whereabouts: Whereabouts;
}

/** Both ends of an SSH connection, as sshd tells them (`SSH_CONNECTION`). */
export interface Login {
  readonly clientIp: string;
  readonly serverIp: string;
  readonly serverPort: number;
}

/** Signs of the containers a process runs in, as its kernel shows them; empty on a plain host. */
export interface Whereabouts {
  /** Ids, or their first twelve digits, of containers the process, its network or its files belong to. */
  readonly containerIds: readonly string[];
}

/** The host's own place in its networks. */
export interface HostNetwork {
  /** Its own addresses, loopback included. */
  readonly addresses: readonly string[];
  /** The name servers it asks itself. */
  readonly nameServers: readonly string[];
}

/** One command of a systemd unit that runs or starts a container. */
export interface Unit {
  /** `shop.service`. */
  readonly name: string;
  readonly file: string;
  readonly verb: 'run' | 'start';
  /** The container's name, or its id; `*` stands for what an instance of a template fills in. */
  readonly container: string;
}
