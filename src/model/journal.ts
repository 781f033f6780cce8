import type { Action } from './plan.ts';

/**
 * Words: a *run* executes a plan; the *journal* is its write-ahead record: a line is on disk before the call it tells of
 * is made. It is audit and memory, never the truth of recovery: that is on the host, in names and labels.
 */
export type JournalEntry =
  | {
      readonly event: 'run-started';
      readonly at: string;
      readonly run: string;
      readonly operator: string;
      readonly command: string;
      readonly planDigest: string;
      /** Digest of what the command was about; a run with the same goes on where this one ended. */
      readonly scope?: string;
      /** The run this one goes on with. */
      readonly continues?: string;
      /** The process, as its own machine tells processes apart. */
      readonly process?: string;
    }
  | {
      readonly event: 'batch-started';
      readonly at: string;
      /** From 1. */
      readonly batch: number;
      readonly hosts: readonly string[];
      readonly isCanary: boolean;
      /** Hosts of the whole rollout. */
      readonly of: number;
    }
  /** Somebody let changes start outside maintenance windows. */
  | { readonly event: 'windows-ignored'; readonly at: string; readonly reason: string }
  /** A change ended after its window had closed. */
  | {
      readonly event: 'overran';
      readonly at: string;
      readonly host: string;
      readonly container: string;
      readonly seconds: number;
    }
  | { readonly event: 'host-unreached'; readonly at: string; readonly host: string; readonly because: string }
  | {
      readonly event: 'change-started';
      readonly at: string;
      readonly host: string;
      readonly container: string;
      readonly id: string;
      readonly action: Action;
    }
  | {
      readonly event: 'operation';
      readonly at: string;
      readonly host: string;
      readonly container: string;
      readonly operation: string;
      readonly subject: string;
      readonly detail?: string;
    }
  | {
      readonly event: 'answered';
      readonly at: string;
      readonly host: string;
      readonly container: string;
      readonly operation: string;
      readonly ok: boolean;
      readonly because?: string;
    }
  | {
      readonly event: 'decided';
      readonly at: string;
      readonly host: string;
      readonly container: string;
      readonly decision: 'roll-back' | 'verified' | 'decline' | 'commit' | 'widen' | 'repeat';
      readonly because: string;
    }
  | {
      readonly event: 'change-ended';
      readonly at: string;
      readonly host: string;
      readonly container: string;
      readonly outcome: Outcome;
    }
  | { readonly event: 'run-ended'; readonly at: string; readonly exitCode: number };

/** Where the lines go; `write` returns once the line is on disk. */
export interface Journal {
  readonly run: string;
  write(entry: JournalEntry): void;
}

/** How one change ended, each with why. */
export type Outcome =
  | {
      readonly result: 'applied';
      /** Null where it began under an earlier run, which died. */
      readonly downtimeMilliseconds: number | null;
      /** Name under which the old container is kept; null where only its specification is, with the new one. */
      readonly kept: string | null;
      /** Host ports (TCP) that were seen to answer. */
      readonly answers: readonly number[];
      /** What else is worth telling: looks that could not be made, a wider set than planned. */
      readonly notes?: readonly string[];
    }
  | { readonly result: 'skipped'; readonly because: string }
  | {
      readonly result: 'deferred';
      readonly because: string;
      /** Somebody else has the host's lock. */
      readonly locked?: true;
      /** `closed`: no maintenance window is open for long enough. `clock`: nobody can tell, as clocks differ. */
      readonly window?: 'closed' | 'clock';
    }
  | { readonly result: 'rolled-back'; readonly because: string; readonly downtimeMilliseconds: number | null }
  | { readonly result: 'stuck'; readonly because: string; readonly recover: string };
