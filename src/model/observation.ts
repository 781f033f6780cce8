/**
 * What the kernel told of one container while it was watched: which capabilities its own processes used, which they were
 * refused, and what they asked for by name. It has no values of its environment and no path outside the container.
 */
export interface Observation {
  /** Name of the container. */
  readonly container: string;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** For how long it was watched and lived, in whole seconds. */
  readonly seconds: number;
  /** Whether its start was seen from its first instruction on; else only what it did later. */
  readonly sawStart: boolean;
  /** Whether it had run before that start, so that the start was one on volumes that are not new. */
  readonly ranBefore?: boolean;
  /** Whether a stop of it was seen too, from the signal on: so its graceful stop asked for nothing else. */
  readonly sawStop?: boolean;
  /** Whether somebody else started it again meanwhile, so that it went on unseen. */
  readonly wasStartedAgain?: boolean;
  /** How the kernel was asked: by its own tracepoint, or by probes at its functions. */
  readonly probe: 'tracepoint' | 'kprobe';
  /** Events the kernel could not keep; over 0 the observation is incomplete. */
  readonly lostEvents: number;
  /** What one channel could not see, in words; empty where all of it was seen. */
  readonly blindSpots: readonly string[];
  readonly uses: readonly CapabilityUse[];
  /** Asked for with the container's own rights, and not had. */
  readonly refusals: readonly CapabilityUse[];
  /** Sets that programs gave themselves (capset), union of their permitted sets. */
  readonly declared: readonly DeclaredCapability[];
  /**
   * Programs that were started in it while it was watched, the first 15 characters of their names: one that takes power
   * from its file and never uses it leaves no other trace.
   */
  readonly programs?: readonly string[];
  /** Programs that did not start because a file capability of theirs could not be had. */
  readonly refusedPrograms: readonly string[];
  /** Programs whose chroot was refused, by seccomp or for want of SYS_CHROOT. */
  readonly refusedChroots: readonly string[];
  /** Programs that asked for capabilities of their own (capset), and were refused. Not kept in files. */
  readonly refusedSets?: readonly string[];
  /** What of these refusals root met with: all the others are no matter of what the container may hold. Not kept in files. */
  readonly refusedToRoot?: Pick<Observation, 'refusals' | 'refusedChroots'>;
}

/** How many of the programs that were started are named at most. */
export const MOST_PROGRAMS = 100;

/** One capability as one program asked for it. */
export interface CapabilityUse {
  /** Without the CAP_ prefix. */
  readonly capability: string;
  readonly phase: 'start' | 'run';
  /** Name of the program. */
  readonly program: string;
  /** The system call it was asked for in; null where the kernel did not tell. */
  readonly call: string | null;
  readonly times: number;
}

/** A capability that a program put into its own permitted set by name. */
export interface DeclaredCapability {
  readonly capability: string;
  readonly program: string;
}
