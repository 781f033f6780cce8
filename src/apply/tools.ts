import type { Engine } from '../engine/engine.ts';
import type { Journal } from '../model/journal.ts';
import type { Observation } from '../model/observation.ts';
import type { RuntimeFacts } from '../model/runtime.ts';
import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';

/** What applying to one host needs from outside; everything that waits, writes or tells the time is in here. */
export interface HostTools {
  readonly host: string;
  /** The host's engine; after a lost connection a call opens a new one, or throws when the host stays away. */
  readonly engine: () => Promise<Engine>;
  readonly facts: EngineFacts;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly probe: Probe;
  /** What the published port of a container says, in few words that are the same each time; undefined where that cannot be told. */
  readonly fingerprint: (port: ProbedPort) => Promise<string | undefined>;
  /** Connects to an open port, says nothing, and hangs up: who starts a helper for each connection has been asked for it. */
  readonly knock: (port: ProbedPort) => Promise<void>;
  /** What running containers are made of, by their id; what cannot be read is not known, and never an error. */
  readonly runtime: (ids: readonly string[]) => Promise<ReadonlyMap<string, RuntimeFacts>>;
  /** The part of it that is read at once, and again and again. */
  readonly processes: (ids: readonly string[]) => Promise<ReadonlyMap<string, RunningFacts>>;
  /**
   * Begins to watch what the kernel refuses to a container: how it stops, where it runs, and its next start. Of one that
   * does not run yet, a process that the same engine runs tells who will start it. Absent where nobody can.
   */
  readonly watchRefusals?: (container: ContainerInspect, besides: number) => Promise<RefusalWatch>;
  readonly lock: LockHolder;
  readonly emit: (event: ApplyEvent) => void;
}

/** What the kernel refuses to a container, for as long as it is watched. */
export interface RefusalWatch {
  /** To be called right before its start, which is recorded from then on. */
  readonly starts: () => Promise<void>;
  /** It was started, with that first process; 0 where that has ended already. */
  readonly started: (pid: number) => void;
  /** All that was refused since the watch began, which ends with that; the same whenever it is asked again. */
  readonly seen: () => Promise<Refusals>;
  /** Ends it, and takes away what it put on the host; called once, whatever happened. */
  readonly stop: () => Promise<void>;
}

/** Who runs in a container, and where it listens. */
export type RunningFacts = Pick<RuntimeFacts, 'processes' | 'listeners'>;

/** The refusals of an observation, as far as they are a matter of what the container may hold. */
export type Refusals = Pick<Observation, 'refusals' | 'refusedPrograms' | 'refusedChroots' | 'lostEvents'> & {
  /** All that was told, whomever it met; absent where that is not known. */
  readonly whole?: Pick<Observation, 'refusals' | 'refusedPrograms' | 'refusedChroots'> & {
    readonly refusedSets: readonly string[];
    readonly programs: readonly string[];
  };
};

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

/** A TCP port of a container, and where it is tried from its host. */
export interface ProbedPort {
  /** As the engine keys it: `80/tcp`. */
  readonly containerPort: string;
  readonly ip: string;
  readonly port: number;
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
