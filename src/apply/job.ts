import type { Activity, Edit } from '../model/plan.ts';
import type { HealthGate } from '../model/playbook.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Baseline } from './baseline.ts';
import type { SpecSources } from './container-spec.ts';
import type { Identity } from './identities.ts';
import type { Before, Intent } from './next.ts';
import type { Sight, Target } from './observe.ts';
import type { Stop } from './restart-trial.ts';
import type { Suspicion } from './suspicion.ts';
import type { HostTools, RefusalWatch } from './tools.ts';

/** One change to bring to its end, whichever end that is. */
export interface Job {
  /** The leader first, then its dependants; the leader alone where the host tells who they are. */
  readonly members: readonly [JobMember, ...JobMember[]];
  readonly intent: Intent;
  readonly gate: HealthGate;
  /** How old containers ended when they were first stopped for this change, by their id. */
  readonly stops: Map<string, Stop>;
  /** Somebody wants the run to end: nothing is waited for that need not be. */
  readonly isInterrupted?: () => boolean;
}

/** One container of a change, with what the plan and the last look before it tell. */
export interface JobMember {
  readonly target: Target;
  /** What the plan saw it do; undefined when a crashed run is finished by another. */
  readonly planned?: Activity;
  /** How it did before; undefined when a crashed run is finished by another. */
  readonly baseline?: Baseline;
  /** What the candidate must have; undefined when a crashed run is finished by another, which has no plan. */
  readonly edits?: readonly Edit[];
  /** Capabilities whose refusal alone is reason to go back. */
  readonly decisive?: readonly string[];
  /** Why the candidate is tried by a restart; absent where it is not, or when a crashed run is finished by another. */
  readonly trial?: string;
  /** Needed to create a candidate; undefined for jobs that never create. */
  readonly sourcesFor?: (old: ContainerInspect) => Promise<Omit<SpecSources, 'successors'>>;
}

/** What this process remembers between two observations; all of it can be lost without harm. */
export interface Memory {
  intent: Intent;
  because: string;
  /** The members as they are known by now, the leader first. */
  targets: readonly Target[];
  /** By the name of the container. */
  readonly members: Map<string, MemberMemory>;
  stoppedAt?: number;
  answeredAt?: number;
  /** Host ports that were seen to answer when a member was verified last, by its name. */
  readonly answers: Map<string, readonly number[]>;
  repeated: { readonly container: string; readonly action: string; readonly times: number };
  /** The old leader was seen stopped, or under another name than its own. */
  disturbed: boolean;
  /** How long the service was away before the candidate was tried by a restart. */
  earlierDowntime: number;
  /** What a candidate was found wanting for, where that may be a capability. */
  failure?: Failure;
  /** What else is worth telling of the change. */
  notes: readonly string[];
  /** What the kernel refuses to candidates, by their id. */
  readonly watches: Map<string, RefusalWatch>;
  /** Failures in a row that left open whether a call happened, and when the first of them was. */
  unclear: { readonly times: number; readonly since: number } | undefined;
}

/** What is remembered of one member; each id is that of the candidate it was found out about. */
export interface MemberMemory {
  /** How the old one was, once a candidate's labels told. */
  before?: Before;
  /** And how the old one was then. */
  examined?: string;
  carried?: string;
  started?: string;
  startedOld: boolean;
  verified?: string;
  /** Looks of the gate that it passed then, as `G1`. */
  looks?: readonly string[];
  /** How it ended when it was tried by a restart. */
  ended?: Stop;
  tried?: string;
  rejected?: string;
}

/** Why a candidate did not do, as far as a wider set of capabilities may mend it. */
export interface Failure {
  readonly container: string;
  readonly suspicion: Suspicion;
  /** All it lacked was programs that nobody may have asked for yet. */
  readonly absent?: readonly Identity[];
}

/** What an action is taken with. */
export interface ActionContext {
  readonly sight: Sight;
  readonly job: Job;
  readonly memory: Memory;
  readonly tools: HostTools;
}

/** What is known of a member beyond what the host shows. */
export function jobMember({ members }: Job, container: string): JobMember | undefined {
  return members.find(({ target }) => target.container === container);
}

/** What is remembered of a member, begun empty. */
export function memoryOf(container: string, { members }: Memory): MemberMemory {
  const known = members.get(container);
  if (known) return known;
  const fresh: MemberMemory = { startedOld: false };
  members.set(container, fresh);
  return fresh;
}
