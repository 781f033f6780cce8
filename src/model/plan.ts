import type { EvidenceClass } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Reference } from './references.ts';
import type { Owner } from './owner.ts';
import type { BetterAnswer, CapabilityMode } from './playbook.ts';
import type { EngineFacts, Protocol } from './snapshot.ts';

/**
 * Words: a *plan* holds one *change* per container that a rule found wrong; a change is made of *edits* of its
 * configuration; an *operation* is one engine API call. The plan is plain data: it can be saved, reviewed and hashed.
 */
export interface Plan {
  /** ISO 8601, UTC; a plan older than 24 hours is refused. */
  readonly createdAt: string;
  readonly playbook: { readonly name: string; readonly digest: string };
  readonly exceptionsDigest: string;
  readonly hosts: readonly HostPlan[];
  /** Exceptions that matched nothing, and other things worth telling. */
  readonly warnings: readonly string[];
}

/** What is to be done on one host, or why nothing is known of it. */
export type HostPlan =
  | {
      readonly host: string;
      readonly address: string;
      readonly reachable: true;
      readonly engine: EngineFacts;
      readonly containers: number;
      readonly compliant: readonly string[];
      readonly changes: readonly Change[];
    }
  | {
      readonly host: string;
      readonly address: string;
      readonly reachable: false;
      readonly because: string;
      readonly hint?: string;
    };

/** What becomes of a container that has findings. */
export type Action = 'recreate' | 'blocked' | 'excepted';

/** What a container does, and does again after a change. */
export type Activity = 'running' | 'paused' | 'stopped';

/** One container, from how it is to how it must be. */
export interface Change {
  readonly host: string;
  readonly container: string;
  readonly id: string;
  readonly image: string;
  readonly action: Action;
  readonly because: readonly Finding[];
  readonly edits: readonly Edit[];
  readonly portMoves: readonly PortMove[];
  readonly capabilities: readonly CapabilityDecision[];
  /** What the decision about its capabilities rests on; absent where none was made. */
  readonly capabilityBasis?: CapabilityBasis;
  /** Absent where it ends with the planned set or not at all. */
  readonly widening?: Widening;
  readonly warnings: readonly string[];
  /** Why nothing is done; null unless the action is `blocked`. */
  readonly blocked: Blocked | null;
  readonly owner: Owner;
  readonly activity: Activity;
  /** `start-first`: both run side by side until the new one answers. */
  readonly order: 'stop-first' | 'start-first';
  /** What stays of the old container afterwards, to take the change back with. */
  readonly keeps: 'container' | 'specification';
  /** How files that were written into the container come along. */
  readonly carry: 'none' | 'copy' | 'commit';
  /** How many changed files come along, those of its dependants not counted. */
  readonly carriedFiles: number;
  /** Containers that hold on to this one by its id: stopped before it, made again to name the new one, started after it. */
  readonly dependants: readonly DependantChange[];
  /** Name of the container whose change this one is part of; absent where it is made by itself. */
  readonly partOf?: string;
  /** How long the service is expected to be away, in seconds: its stop timeout is not counted, as it usually serves until then. */
  readonly downtimeSeconds: number;
  /** Stop timeout + start + health deadline + rollback, in seconds; what must fit into a window. */
  readonly worstCaseSeconds: number;
  readonly staleIf: Fingerprint;
}

/** A container that is made again because another, which it refers to by id, is. */
export interface DependantChange {
  readonly container: string;
  readonly id: string;
  /** The settings by which it holds on: `network_mode`, `pid`, `ipc`, `volumes_from`, `link`. */
  readonly through: readonly Reference['through'][];
  readonly activity: Activity;
  /** What its own findings change in it. */
  readonly edits: readonly Edit[];
  readonly widening?: Widening;
  readonly staleIf: Fingerprint;
}

/** What a change was planned against; when any of it differs at apply, that change is skipped as stale. */
export interface Fingerprint {
  readonly engineId: string;
  readonly configDigest: string;
  readonly imageId: string;
}

/** One setting by its path in the engine's words (`HostConfig.CapDrop`), before and after. */
export interface Edit {
  readonly path: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

/** A host port that moves; whoever runs the load balancer needs this list. */
export interface PortMove {
  readonly protocol: Protocol;
  /** As in the engine: empty for every address. */
  readonly ip: string;
  readonly from: number;
  readonly to: number;
  readonly containerPort: number;
}

/** One capability of today's set: kept or dropped, and on what evidence. */
export interface CapabilityDecision {
  /** Without the CAP_ prefix. */
  readonly capability: string;
  readonly verdict: 'keep' | 'drop';
  /** The strongest there is; `none` where nothing speaks for or against it. */
  readonly evidence: EvidenceClass | 'none';
  readonly because: string;
  /** Kept, although the program would bear to be refused it. */
  readonly isTolerated?: boolean;
  /** Kept, although it does not hold it today: a person allows it by name. */
  readonly isAdded?: boolean;
  /** The chance that something needs it all the same, 0 to 1: an estimate, told of what is dropped. */
  readonly risk?: number;
}

/** How far a set of capabilities can be trusted, best first. */
export type Confidence = 'proven' | 'strong' | 'fair' | 'weak';

/** What the decision about a container's capabilities rests on, as a whole. */
export interface CapabilityBasis {
  readonly mode: CapabilityMode | 'pin';
  readonly confidence: Confidence;
  /** Why it is trusted so far, and not further. */
  readonly because: string;
  /** What is worth knowing and stands against nothing. */
  readonly notes: readonly string[];
  readonly advice: readonly Advice[];
}

/** A setting that makes a capability unnecessary. */
export interface Advice {
  readonly kind: BetterAnswer;
  readonly insteadOf: readonly string[];
  /** As it is given to `docker run`. */
  readonly setting: string;
  readonly because: string;
  /** The playbook says so, and this change makes it. */
  readonly isApplied: boolean;
}

/** What a change may keep beyond its plan where the new container does not do with less; all of it is held today. */
export interface Widening {
  /** Kept as well, once, as far as the new container shows that it was refused them. */
  readonly refused: readonly string[];
  /** The whole set that is tried after that; empty where it would be no wider than the plan. */
  readonly safe: readonly string[];
  /** Of those dropped, the ones whose refusal alone is reason enough: something was done with them until now. Absent: none. */
  readonly decisive?: readonly string[];
}

/** Why a container is left alone. */
export interface Blocked {
  readonly because: string;
  /** What the operator can do about it. */
  readonly hint: string;
}

/**
 * Everything enforce can ask an engine to do; each is one API call, and this union is the whole write surface.
 * Containers are named by their full id, never by a name that may have moved.
 */
export type Operation =
  | { readonly kind: 'create'; readonly name: string; readonly spec: ContainerSpec }
  | { readonly kind: 'connect'; readonly id: string; readonly network: string; readonly endpoint: JsonObject }
  | { readonly kind: 'stop'; readonly id: string; readonly timeoutSeconds: number }
  | { readonly kind: 'start'; readonly id: string }
  /** Both by the engine itself, which does not leave it stopped, whatever becomes of who asked. */
  | { readonly kind: 'restart'; readonly id: string; readonly timeoutSeconds: number }
  | { readonly kind: 'pause'; readonly id: string }
  | { readonly kind: 'rename'; readonly id: string; readonly name: string }
  | { readonly kind: 'set-restart-policy'; readonly id: string; readonly policy: RestartPolicySetting }
  | { readonly kind: 'remove'; readonly id: string }
  /** Makes an image, `REPOSITORY:TAG`, of a container as it is now; the container is paused meanwhile. */
  | { readonly kind: 'commit'; readonly id: string; readonly reference: string; readonly comment: string }
  /** Writes an archive into a container from its root on; asked for anew each time the call is made. */
  | { readonly kind: 'unpack'; readonly id: string; readonly archive: () => AsyncIterable<Uint8Array> }
  /** Takes a name off an image, and the image with its last name; one that a container is made of stays. */
  | { readonly kind: 'remove-image'; readonly reference: string };

/** A restart policy in full, as the engine wants it said. */
export interface RestartPolicySetting {
  readonly Name: string;
  readonly MaximumRetryCount: number;
}

/** The body of `POST /containers/create`, in the engine's own words. */
export interface ContainerSpec extends JsonObject {
  readonly Image: string;
  readonly HostConfig: JsonObject;
}
