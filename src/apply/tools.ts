import type { Engine } from '../engine/engine.ts';
import type { Journal } from '../model/journal.ts';
import type { EngineFacts } from '../model/snapshot.ts';

/** What applying to one host needs from outside; everything that waits, writes or tells the time is in here. */
export interface HostTools {
  readonly host: string;
  /** The host's engine; after a lost connection a call opens a new one, or throws when the host stays away. */
  readonly engine: () => Promise<Engine>;
  readonly facts: EngineFacts;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly probe: Probe;
  readonly lock: LockHolder;
  readonly emit: (event: ApplyEvent) => void;
}

/** Who takes a host's lock here, and how long they wait for it. */
export interface LockHolder {
  /** `user@machine` */
  readonly operator: string;
  /** Tells this process from every other of its machine, for those who find its lock. */
  readonly process: string;
  /** Whether a process is known to have ended; never true of one on another machine. */
  readonly isGone: (process: string) => boolean;
  /** Longest wait for somebody else who is at work, in seconds. */
  readonly patienceSeconds: number;
}

/** Time, as everything that waits is given it. */
export interface Clock {
  /** Milliseconds on a clock that never jumps. */
  readonly now: () => number;
  /** The time of day, ISO 8601, UTC. */
  readonly timestamp: () => string;
  readonly delay: (milliseconds: number) => Promise<void>;
}

/** Whether something answers on a TCP port as seen from the host: `silent` when it accepts and hangs up at once, or refuses. */
export type Probe = (ip: string, port: number) => Promise<'answers' | 'silent' | 'unknown'>;

/** What happens, as it happens, for whoever watches. */
export type ApplyEvent =
  | { readonly kind: 'step'; readonly host: string; readonly container: string; readonly text: string }
  | {
      readonly kind: 'resumed';
      readonly host: string;
      readonly container: string;
      readonly run: string;
      readonly text: string;
    };
