import type { Container, Protocol, Snapshot } from './snapshot.ts';
import type { RuleSettings } from './playbook.ts';

/** Rules are named in playbooks, exceptions and reports by these ids. */
export type RuleId = keyof RuleSettings;
/** How bad it is when a rule does not hold. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';

/**
 * Words: a *rule* is a pure check of one container on its host; a *violation* is what it found wrong, with evidence and
 * what would remedy it; a *finding* is a violation with where it was found.
 */
export interface Rule<Id extends RuleId = RuleId> {
  /** Kebab-case; also the name of the file that holds the rule and of its test. */
  readonly id: Id;
  /** A sentence that is true when the rule holds. */
  readonly title: string;
  readonly severity: Severity;
  readonly refs: References;
  /** Why it matters, what the fix does and what can break: the text of `enforce explain`. */
  readonly explanation: string;
  /** Looks at one container of a snapshot; says nothing when the rule holds. */
  readonly check: (
    container: Container,
    snapshot: Snapshot,
    settings: NonNullable<RuleSettings[Id]>,
  ) => readonly Violation[];
}

/** A rule whatever its id, for lists of them. */
export type AnyRule = { readonly [Id in RuleId]: Rule<Id> }[RuleId];

/** Where the standards have the rule. CIS numbers by edition of the Docker benchmark, as they moved by one in 1.6.0. */
export interface References {
  readonly cis: Readonly<Record<string, string>>;
  readonly stig: readonly string[];
}

/** What a rule found wrong with one container. */
export interface Violation {
  readonly severity: Severity;
  /** One sentence: what is wrong, with the numbers. */
  readonly because: string;
  readonly evidence: Evidence;
}

/** What a rule saw; the plan turns it into edits. */
export type Evidence =
  | { readonly kind: 'ports'; readonly ports: readonly PublishedPort[] }
  | {
      readonly kind: 'capabilities';
      readonly effective: readonly string[];
      readonly excess: readonly string[];
      readonly privileged: boolean;
      /** What the playbook says it shall hold, and it does not; absent: nothing. */
      readonly lacking?: readonly string[];
    }
  | {
      readonly kind: 'listeners';
      readonly listeners: readonly {
        readonly protocol: 'tcp' | 'udp';
        readonly ip: string;
        readonly port: number;
        readonly process?: string;
      }[];
    }
  /** Nothing is wrong, and something may be taken all the same. */
  | { readonly kind: 'surplus'; readonly held: readonly string[] }
  | { readonly kind: 'unknown'; readonly missing: string };

/** One host port that leads into a container. */
export interface PublishedPort {
  /** As in the engine: empty for every address. */
  readonly hostIp: string;
  /** Lowest port of a range, the port itself otherwise. */
  readonly hostPort: number;
  /** Highest port of a range; the same as hostPort otherwise. */
  readonly hostPortEnd: number;
  readonly protocol: Protocol;
  readonly containerPort: number;
  /** `running`: bound now. `configured`: will be bound at the next start. */
  readonly state: 'running' | 'configured';
}

/** A violation and where it was found. */
export interface Finding extends Violation {
  readonly rule: RuleId;
  readonly refs: References;
  readonly host: string;
  readonly container: string;
  readonly containerId: string;
  /** The exception that accepts it, when one does. */
  readonly exception: AcceptedBy | null;
}

/** What the report shows of the exception that accepts a finding. */
export interface AcceptedBy {
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
  readonly ticket?: string;
}
