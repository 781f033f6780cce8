/** What a program is given when its container starts. */
export interface Launch {
  /** The command line, entrypoint first. */
  readonly commandLine: readonly string[];
  readonly env: readonly string[];
  /** What its process really holds: nothing for a user other than root. */
  readonly capabilities: ReadonlySet<string>;
  readonly networkMode: string;
}

/** What a program then does. */
export type Conduct =
  | {
      readonly does: 'serve';
      /** Ports it listens on, as `80/tcp`. */
      readonly listens: readonly string[];
      /** Sent to a client as soon as it connects. */
      readonly greeting: string;
      /** Sent when the client has said something. */
      readonly reply: string;
      /** What its health test finds, and at which look at the container it finds it. */
      readonly health: 'healthy' | 'unhealthy';
      readonly healthKnownAtLook: number;
      readonly log: readonly LogLine[];
      /** Exit code after a stop: 0 for a program that handles the signal. */
      readonly exitCodeWhenStopped: number;
    }
  | {
      readonly does: 'exit';
      readonly exitCode: number;
      /** How many times the container can be looked at before it has gone; 0 is at once. */
      readonly afterLooks: number;
      readonly log: readonly LogLine[];
    };

/** One line a program wrote. */
export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A program of an image: pure, so that the same start always ends the same way. */
export type Program = (launch: Launch) => Conduct;

/** How a service behaves. */
export interface ServiceOptions {
  readonly listens: readonly string[];
  readonly greeting?: string;
  readonly reply?: string;
  /** What it cannot do without, what it logs then, and whether it gives up or limps on without listening. */
  readonly needs?: readonly {
    readonly capability: string;
    readonly complaint: string;
    readonly otherwise: 'exits' | 'limps';
  }[];
  readonly healthKnownAtLook?: number;
  readonly exitCodeWhenStopped?: number;
}

/** A program that listens and serves until it is stopped, if it has the capabilities it needs. */
export function service(options: ServiceOptions): Program {
  const { listens, greeting = '', reply = '', healthKnownAtLook = 2, exitCodeWhenStopped = 0 } = options;
  return ({ capabilities }) => {
    const missing = options.needs?.find((need) => !capabilities.has(need.capability));
    const log = missing ? [{ stream: 'stderr', text: missing.complaint } as const] : [];
    if (missing?.otherwise === 'exits') return { does: 'exit', exitCode: 1, afterLooks: 0, log };
    const health = missing ? 'unhealthy' : 'healthy';
    const open = missing ? [] : listens;
    return {
      does: 'serve',
      listens: open,
      greeting,
      reply,
      health,
      healthKnownAtLook,
      log,
      exitCodeWhenStopped,
    };
  };
}

/** A program that ends by itself. */
export function exits(exitCode: number, afterLooks = 0, complaint = ''): Program {
  const log: readonly LogLine[] = complaint === '' ? [] : [{ stream: 'stderr', text: complaint }];
  return () => ({ does: 'exit', exitCode, afterLooks, log });
}
