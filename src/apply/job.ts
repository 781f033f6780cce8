import type { Activity, Edit } from '../model/plan.ts';
import type { HealthGate } from '../model/playbook.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Baseline } from './baseline.ts';
import type { SpecSources } from './container-spec.ts';
import type { Before, Intent } from './next.ts';
import type { Target } from './observe.ts';

/** One change to bring to its end, whichever end that is. */
export interface Job {
  /** The leader first, then its dependants; the leader alone where the host tells who they are. */
  readonly members: readonly [JobMember, ...JobMember[]];
  readonly intent: Intent;
  readonly gate: HealthGate;
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
  answers: readonly number[];
  repeated: { readonly container: string; readonly action: string; readonly times: number };
  /** The old leader was seen stopped, or under another name than its own. */
  disturbed: boolean;
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
  rejected?: string;
}

/** What is remembered of a member, begun empty. */
export function memoryOf(container: string, { members }: Memory): MemberMemory {
  const known = members.get(container);
  if (known) return known;
  const fresh: MemberMemory = { startedOld: false };
  members.set(container, fresh);
  return fresh;
}
