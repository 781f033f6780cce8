/** What connecting needs to know of the person and the machine it starts from; nothing here is read from the environment. */
export interface ConnectionSettings {
  /** Where `.ssh` is. When it is not the account's own home, `ssh` is told to read the configuration from here. */
  readonly homeFolder: string;
  /** The user on the host where neither the inventory nor the ssh configuration names one. */
  readonly userName: string;
  readonly sshAgentSocket: string | undefined;
  /** For the whole of connecting, up to and including the engine's first answer. */
  readonly deadlineMilliseconds: number;
  /** How often a silent ssh connection is probed; it is given up after three probes without an answer. */
  readonly keepaliveMilliseconds: number;
  /** Instead of the files the ssh configuration names. */
  readonly knownHostsFiles?: readonly string[];
  /** Instead of the files the ssh configuration names; a key file in the inventory still wins. */
  readonly identityFiles?: readonly string[];
  /** Stops connecting; a connection that is open is ended with `close`. */
  readonly signal: AbortSignal;
  /** The OpenSSH client that is asked what the ssh configuration says; `ssh` on the PATH when not given. */
  readonly openSshPath?: string;
  /** In which the folder for the control sockets of `transport: openssh` is made; that for temporary files when not given. */
  readonly controlParentFolder?: string;
  /** Spreads the retries of many hosts behind one busy sshd; between 0 and 1. */
  readonly random?: () => number;
  readonly delay?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Ends connecting when it takes too long, or when the person interrupts. */
export function deadlineOf({ signal, deadlineMilliseconds }: ConnectionSettings): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(deadlineMilliseconds)]);
}
