import type { EvidenceClass } from './evidence.ts';
import type { Observation } from './observation.ts';
import type { CapabilityMode } from './playbook.ts';

/**
 * What was learned of containers before: *observations* of single containers, and *profiles*, which are about every
 * container that is made the same way. No value of an environment, no path of a host and no name of one is in them.
 */
export interface Learned {
  readonly observations: readonly Observation[];
  readonly profiles: readonly LearnedProfile[];
}

/** Nothing was watched yet. */
export const NOTHING_LEARNED: Learned = { observations: [], profiles: [] };

/** What containers of one making were seen to need. */
export interface LearnedProfile {
  readonly key: ProfileKey;
  readonly mode: CapabilityMode | 'pin';
  /** What was held when it was learned: of anything else it says nothing. */
  readonly held: readonly string[];
  readonly capabilities: readonly ProfiledCapability[];
  /** Capabilities that stand or fall together. */
  readonly groups: readonly { readonly allOrNone: readonly string[]; readonly because: string }[];
  /** The watches it rests on, each once. */
  readonly proof: readonly ProfileProof[];
  /** The sets that the gate was asked about, each once. */
  readonly trials: readonly ProfileTrial[];
  /** File it came from, for messages; absent for one that was just made. */
  readonly source?: string;
}

/** What a container must have in common with the one a profile was learned from. */
export interface ProfileKey {
  /** Canonical, registry included: `docker.io/library/nginx`. */
  readonly repository: string;
  /** Tag the image went by; empty where it had none. */
  readonly tag: string;
  /** Id of the image. */
  readonly imageId: string;
  /** sha256 of the scripts and programs its start goes through; null where they could not be read. */
  readonly startDigest: string | null;
  /** As in its configuration; empty for the image's. */
  readonly user: string;
  /** The program; its words may hold secrets, so only their digest follows. */
  readonly entrypoint: string;
  /** The program of its command, with the digest of its words where they are a script. */
  readonly command: string;
  readonly network: 'private' | 'host' | 'container';
  readonly hasNoNewPrivileges: boolean;
  /** Folders that outlive it. */
  readonly folders: readonly ProfileFolder[];
}

/** A mounted folder as a key has it. */
export interface ProfileFolder {
  /** As the container sees it. */
  readonly path: string;
  readonly kind: 'volume' | 'bind';
  readonly ownerId: number;
  /** Octal, as `0700`. */
  readonly mode: string;
  readonly state: 'empty' | 'initialised';
}

/** What is known of one capability of a profile. */
export interface ProfiledCapability {
  readonly capability: string;
  readonly verdict: 'keep' | 'drop';
  readonly class: EvidenceClass;
  readonly because: string;
  readonly isTolerated: boolean;
}

/** One watch that a profile rests on. */
export interface ProfileProof {
  /** First twelve digits of the container's id, so that no watch is counted twice. */
  readonly container: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly seconds: number;
  readonly sawStart: boolean;
  readonly ranBefore: boolean;
  readonly sawStop: boolean;
  readonly lostEvents: number;
  /** One of the kernel's channels could not be read meanwhile. */
  readonly isBlind?: boolean;
  /** Somebody else started it again meanwhile, and it went on unseen. */
  readonly wasStartedAgain?: boolean;
  /** Steps of the gate that a container with this set has passed, as `G1`. */
  readonly gate: readonly string[];
}

/** One set of capabilities, and how a container of the making did with it when its change was held to the gate. */
export interface ProfileTrial {
  /** First twelve digits of the id of the container that was to be changed. */
  readonly container: string;
  /** Tells hosts apart and names none: the first digits of a digest of the engine's own id. */
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly result: 'passed' | 'failed';
  /** What was kept. */
  readonly set: readonly string[];
  /** What was held before; with that it did well. */
  readonly before: readonly string[];
  /** What the kernel refused it, of what it held before; absent where it passed, or nobody saw such a thing. */
  readonly refused?: readonly string[];
  /** Looks of the gate that were made and passed, as `G1`; `G8` is the restart. */
  readonly gate: readonly string[];
  /** Version of the engine. */
  readonly engine: string;
  /** Version of the kernel. */
  readonly kernel: string;
  /** As whom its programs ran. */
  readonly identities: readonly TrialIdentity[];
  /** How it ended when it was stopped; null where nobody saw it. */
  readonly stop: { readonly seconds: number; readonly exit: number } | null;
}

/** As whom a program of a tried container ran. */
export interface TrialIdentity {
  readonly program: string;
  readonly user: number;
  readonly group: number;
}
