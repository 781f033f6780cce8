import type { Edit } from '../model/plan.ts';
import type { HealthGate } from '../model/playbook.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Baseline } from './baseline.ts';
import type { SpecSources } from './container-spec.ts';
import type { Intent } from './next.ts';
import type { Target } from './observe.ts';

/** One change to bring to its end, whichever end that is. */
export interface Job {
  readonly target: Target;
  readonly intent: Intent;
  readonly gate: HealthGate;
  /** How the container did before; undefined when a crashed run is finished by another. */
  readonly baseline?: Baseline;
  /** What the candidate must have; undefined when a crashed run is finished by another, which has no plan. */
  readonly edits?: readonly Edit[];
  /** Needed to create a candidate; undefined for jobs that never create. */
  readonly sourcesFor?: (old: ContainerInspect) => Promise<SpecSources>;
}

/** What this process remembers between two observations; all of it can be lost without harm. */
export interface Memory {
  intent: Intent;
  formerRestart?: string;
  /** Which container is the old one, once it was seen. */
  oldId?: string;
  examined?: string;
  started?: string;
  startedOld: boolean;
  verified?: string;
  rejected?: string;
  because: string;
  stoppedAt?: number;
  answeredAt?: number;
  answers?: readonly number[];
  repeated: { readonly action: string; readonly times: number };
  /** The old container was seen stopped, or under another name than its own. */
  disturbed: boolean;
  /** Failures in a row that left open whether a call happened, and when the first of them was. */
  unclear: { readonly times: number; readonly since: number } | undefined;
}
