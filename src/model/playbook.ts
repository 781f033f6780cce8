/**
 * Words: a *playbook* says which rules are enforced where, how their fixes are parameterised and how a rollout goes;
 * an *exception* is a finding that is accepted, with a reason, an owner and an end.
 */
export interface Playbook {
  readonly name: string;
  /** Host pattern the playbook applies to, as in `--limit`. */
  readonly hosts: string;
  readonly containers: ContainerSelection;
  readonly rules: RuleSettings;
  /** Rules whose changes a person is not asked about. */
  readonly autoApprove: readonly (keyof RuleSettings)[];
  readonly rollout: Rollout;
  readonly health: HealthGate;
  /** How long the old container is kept after a change, in seconds. */
  readonly keepSeconds: number;
  readonly windows: readonly Window[];
  /** sha256 of the file's bytes; of the built-in text for the default playbook. */
  readonly digest: string;
  /** File it came from; undefined for the built-in default. */
  readonly source?: string;
}

/** Which containers a playbook is about. */
export interface ContainerSelection {
  /** Globs of container names that are looked at; everything when empty. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Globs of paths in a container's writable layer that may be lost, beyond the scratch folders of every container. */
  readonly expendable: readonly string[];
  /** Globs of container names that are never changed. */
  readonly protect: readonly string[];
  /** Globs of container names that have no part in how the host is reached or finds names, whatever they look like. */
  readonly notInTheWay: readonly string[];
}

/** The rules a playbook enforces, with their settings; a rule that is absent is not enforced. */
export interface RuleSettings {
  readonly 'privileged-host-port'?: PortSettings;
  readonly 'linux-capabilities'?: CapabilitySettings;
  readonly 'host-network-privileged-listener'?: ListenerSettings;
}

/** Where privileged host ports move to. */
export interface PortSettings {
  /** Host port → new host port; explicit wins over `otherwise`. */
  readonly map: ReadonlyMap<number, number>;
  /** Added to a privileged port that is not in the map; undefined: such a port is blocked. */
  readonly otherwise?: number;
}

/** What is asked of a capability set, and how the capabilities to keep are decided. */
export interface CapabilitySettings {
  /** `cis`: the default set without NET_RAW passes, as CIS Docker 5.4 words it. `drop-all`: only an explicit list passes. */
  readonly require: 'cis' | 'drop-all';
  /** `auto` decides by evidence; `profiles` keeps to pinned images and blocks every other. */
  readonly add: 'auto' | 'profiles';
  readonly mode: CapabilityMode;
  /** What is changed instead where that makes a capability unnecessary; elsewhere it is only advised. */
  readonly instead: readonly BetterAnswer[];
  /** Image or `container:NAME` glob → capabilities to keep, without the CAP_ prefix. */
  readonly profiles: readonly CapabilityProfile[];
  /** Files of profiles that were learned elsewhere; relative to the playbook. */
  readonly learned: readonly string[];
  /** File and line of each of these, for messages. */
  readonly learnedAt?: readonly string[];
  /** What a person says of some containers; the first that matches counts. */
  readonly containers: readonly ContainerCapabilities[];
}

/**
 * How much is kept. `equivalent`: whatever its own processes succeed with today. `minimal`: only what they cannot do
 * without. `cautious`: what root containers commonly need too.
 */
export type CapabilityMode = 'equivalent' | 'minimal' | 'cautious';

/** A kind of setting that makes a capability unnecessary. */
export type BetterAnswer = 'sysctl' | 'ulimit' | 'user';

/** What a person says of the capabilities of some containers. */
export interface ContainerCapabilities {
  /** Globs; each that is given must match. */
  readonly match: { readonly container?: string; readonly image?: string };
  /** `pin`: exactly `add`. `auto`: by evidence, in the mode of the rule; or in a mode of its own. */
  readonly mode: 'pin' | 'auto' | CapabilityMode;
  /** Kept, and nothing else; only with `pin`. */
  readonly add: readonly string[];
  /** Always kept. */
  readonly floor: readonly string[];
  /** Never kept. */
  readonly never: readonly string[];
  /** Nothing else is kept; undefined: no limit. */
  readonly ceiling?: readonly string[];
  /** What may be given although the container does not hold it today. */
  readonly allowAdd: readonly string[];
  /** Of a privileged container: it needs no device, no forbidden system call and no masked path. */
  readonly isUnprivileged: boolean;
  readonly reason: string;
  /** Last day it holds, `YYYY-MM-DD`; undefined: without end. */
  readonly expires?: string;
  /** File and line, for messages. */
  readonly source: string;
}

/** Capabilities pinned by a person for some containers. */
export interface CapabilityProfile {
  /** Glob of the image as the container names it, or `container:GLOB`. */
  readonly match: string;
  readonly keep: readonly string[];
}

/** Settings of a rule that has none. */
export type ListenerSettings = Readonly<Record<string, never>>;

/** How changes spread over the fleet, and what stops them. */
export interface Rollout {
  /** Hosts per batch, as a count or a share of all; the first is the canary. */
  readonly batches: readonly (number | `${number}%`)[];
  readonly pauseSeconds: number;
  /** More changes than this and nothing is done; undefined: no limit. */
  readonly maxChanges?: number | `${number}%`;
  /** `start-first`: where nothing is shared that only one may have, the new container answers before the old one stops. */
  readonly order: 'stop-first' | 'start-first';
  /** Failed changes, or a share of the run's, after which nothing new is started. */
  readonly maxFailures: number | `${number}%`;
}

/** When a changed container counts as healthy. */
export interface HealthGate {
  readonly healthyForSeconds: number;
  readonly deadlineSeconds: number;
  readonly onFailure: 'rollback';
  readonly restartTrial: RestartTrial;
  /** After this time it is looked at once more before it counts; at once where not given. */
  readonly soakSeconds?: number;
}

/** Whether a new container is stopped and started once more before it counts as healthy; `auto`: where its next start may differ. */
export type RestartTrial = 'auto' | 'always' | 'never';

/** When changes may start, and when not; it ends so many real seconds after it began, or at a moment. */
export type Window = WindowBasis &
  (
    | { readonly kind: 'recurring'; readonly schedule: string; readonly durationSeconds: number }
    | { readonly kind: 'once'; readonly from: string; readonly to: string }
  );

interface WindowBasis {
  readonly name: string;
  /** Stronger than every window that allows. */
  readonly deny: boolean;
  /** Pattern of the hosts it is for, as in `--limit`; all of them when absent. */
  readonly hosts?: string;
  /** IANA name. */
  readonly timezone: string;
  readonly reason?: string;
}

/** A finding that someone accepts, until a day. */
export interface Exception {
  readonly rule: string;
  readonly match: ExceptionMatch;
  /** Narrows to these host ports, as `80/tcp`; every port when empty. */
  readonly ports: readonly string[];
  /** Narrows to these capabilities, without CAP_; every one when empty. */
  readonly capabilities: readonly string[];
  readonly reason: string;
  readonly owner: string;
  /** Last day it holds, `YYYY-MM-DD`, through its end in UTC. */
  readonly expires: string;
  readonly ticket?: string;
  /** File and line, for messages. */
  readonly source: string;
}

/** Globs; every one that is given must match. `label` is `key` or `key=value`. */
export interface ExceptionMatch {
  readonly host?: string;
  readonly container?: string;
  readonly image?: string;
  readonly label?: string;
}

/** Every exception of a run, with what identifies them. */
export interface Exceptions {
  readonly exceptions: readonly Exception[];
  /** sha256 over the files; of nothing when there are none. */
  readonly digest: string;
}

/** Whether an exception still accepts what it matches: through the end of its last day, UTC. */
export function isInForce({ expires }: Exception, now: Date): boolean {
  return now.toISOString().slice(0, 10) <= expires;
}
