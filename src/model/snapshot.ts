import type { HostPath, NetworkFacts } from './attachments.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { MachineFacts } from './machine.ts';
import type { RuntimeFacts } from './runtime.ts';

/**
 * Words: a *snapshot* is everything read from one host at one moment; it decides nothing and can be saved. Secrets are
 * digested before they enter it: every environment value reads `NAME=sha256:…`.
 */
export interface Snapshot {
  readonly host: string;
  /** The host's address as written, for the report. */
  readonly address: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly engine: EngineFacts;
  readonly containers: readonly Container[];
  readonly machine: MachineFacts;
}

/** What an engine says of itself. */
export interface EngineFacts {
  /** `docker` is changed; `podman` behind a Docker socket is reported on only. */
  readonly kind: 'docker' | 'podman';
  readonly version: string;
  /** Highest API version it speaks, as `1.41`; all requests use it. */
  readonly apiVersion: string;
  /** The engine's own identity, from /info. */
  readonly id: string;
  readonly name: string;
  readonly operatingSystem: string;
  readonly kernelVersion: string;
  /** As in /info: `name=rootless`, `name=userns`, … */
  readonly securityOptions: readonly string[];
}

/** Transport protocols that a port can be published for. */
export type Protocol = 'tcp' | 'udp' | 'sctp';

/** One container as the engine describes it. */
export interface Container {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  /** `GET /containers/{id}/json`, secrets digested; fields enforce does not know are carried. */
  readonly inspect: ContainerInspect;
  /** sha256 over the parts of the inspect that make up its configuration; a change of it makes a plan item stale. */
  readonly configDigest: string;
  /** Read only for containers that violate a rule; absent when it was not read. */
  readonly details?: ContainerDetails;
}

/** What the plan must know of a container that is to be changed. */
export interface ContainerDetails {
  /** The image the container was made from; null when the engine no longer has it. */
  readonly image: ImageFacts | null;
  /** Id of the image that the container's image *name* stands for now; null when the name resolves to nothing. */
  readonly namedImageId: string | null;
  /** Paths of the writable layer that differ from the image, without folders that were added and are empty. */
  readonly changes: readonly FileChange[];
  /** Volumes named by the container that the engine does not have. */
  readonly missingVolumes: readonly string[];
  /** What its networks' names stand for now. */
  readonly networks: readonly NetworkFacts[];
  /** What it has of the host's own files: sources of binds, devices. */
  readonly hostPaths: readonly HostPath[];
  /** What runs in it; absent where it does not run, or was not read. */
  readonly runtime?: RuntimeFacts;
}

/** What an engine knows of an image. */
export interface ImageFacts {
  readonly id: string;
  readonly tags: readonly string[];
  readonly config: JsonObject;
  /** What was written down when it was made of a container. */
  readonly comment?: string;
}

/** One path in which a container differs from its image. */
export interface FileChange {
  readonly path: string;
  readonly kind: 'modified' | 'added' | 'deleted';
}

/** The fields of an inspect that enforce reads. The rest is carried along untouched. */
export interface ContainerInspect {
  readonly Id: string;
  readonly Name: string;
  /** Full image id, `sha256:…`. */
  readonly Image: string;
  readonly Created?: string;
  readonly Path?: string;
  readonly Args?: readonly string[] | null;
  readonly RestartCount?: number;
  readonly State: ContainerState;
  readonly Config: ContainerConfig;
  readonly HostConfig: HostConfig;
  readonly NetworkSettings: NetworkSettings;
  readonly Mounts?: readonly MountPoint[] | null;
}

/** How a container was doing when it was inspected. */
export interface ContainerState {
  readonly Status: string;
  readonly Running: boolean;
  readonly Paused?: boolean;
  readonly Restarting?: boolean;
  readonly Dead?: boolean;
  readonly Pid?: number;
  readonly ExitCode?: number;
  /** It ended because its memory was used up. */
  readonly OOMKilled?: boolean;
  readonly Error?: string;
  readonly StartedAt?: string;
  readonly Health?: { readonly Status?: string; readonly FailingStreak?: number } | null;
}

/** The part of a container's configuration that would be the same on any host. */
export interface ContainerConfig {
  readonly Hostname?: string;
  readonly User?: string;
  readonly Env?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Image: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Volumes?: Readonly<Record<string, JsonValue>> | null;
  readonly ExposedPorts?: Readonly<Record<string, JsonValue>> | null;
  readonly WorkingDir?: string;
  readonly Healthcheck?: Healthcheck | null;
  readonly StopTimeout?: number | null;
  readonly MacAddress?: string;
}

/** Durations are nanoseconds. */
export interface Healthcheck {
  readonly Test?: readonly string[] | null;
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly Retries?: number;
}

/** The part of a container's configuration that ties it to its host. */
export interface HostConfig {
  readonly Binds?: readonly string[] | null;
  readonly Mounts?: readonly MountRequest[] | null;
  readonly Tmpfs?: Readonly<Record<string, string>> | null;
  readonly VolumesFrom?: readonly string[] | null;
  readonly Links?: readonly string[] | null;
  readonly NetworkMode?: string;
  readonly PidMode?: string;
  readonly IpcMode?: string;
  readonly UTSMode?: string;
  readonly PortBindings?: PortBindings | null;
  readonly PublishAllPorts?: boolean;
  readonly Privileged?: boolean;
  readonly CapAdd?: readonly string[] | null;
  readonly CapDrop?: readonly string[] | null;
  readonly SecurityOpt?: readonly string[] | null;
  readonly Sysctls?: Readonly<Record<string, string>> | null;
  readonly Ulimits?: readonly Ulimit[] | null;
  /** Whether the engine runs its program under an init of its own (`--init`). */
  readonly Init?: boolean | null;
  readonly AutoRemove?: boolean;
  /** Where `docker run --cidfile` wrote the id. */
  readonly ContainerIDFile?: string;
  readonly Devices?: readonly DeviceMapping[] | null;
  readonly RestartPolicy?: RestartPolicy | null;
  readonly ReadonlyRootfs?: boolean;
}

/** A limit on what its processes may use. */
export interface Ulimit {
  readonly Name?: string;
  readonly Soft?: number;
  readonly Hard?: number;
}

/** A device of the host that a container may use. */
export interface DeviceMapping {
  readonly PathOnHost?: string;
}

/** When the engine starts a container again by itself. */
export interface RestartPolicy {
  readonly Name?: string;
  readonly MaximumRetryCount?: number;
}

/** `80/tcp` → where it is published; null means exposed but not published. */
export type PortBindings = Readonly<Record<string, readonly PortBinding[] | null>>;

/** One place on the host that leads to a container port. */
export interface PortBinding {
  readonly HostIp?: string;
  /** A number, a range `8000-8010`, or empty for one the engine chooses. */
  readonly HostPort?: string;
}

/** A mount as it was asked for. */
export interface MountRequest {
  readonly Type?: string;
  readonly Source?: string;
  readonly Target?: string;
  readonly VolumeOptions?: JsonObject | null;
}

/** One row of the resolved view of a container's mounts. */
export interface MountPoint {
  readonly Type?: string;
  /** Name of the volume, for volumes. */
  readonly Name?: string;
  readonly Source?: string;
  readonly Destination: string;
  readonly Driver?: string;
  readonly RW?: boolean;
  /** Options it was mounted with, as the engine has them. */
  readonly Mode?: string;
  readonly Propagation?: string;
}

/** A container's networks and what is published of it. */
export interface NetworkSettings {
  /** What is published right now; empty for a container that does not run. */
  readonly Ports?: PortBindings | null;
  readonly Networks?: Readonly<Record<string, EndpointSettings>> | null;
}

/** A container's place in one network. */
export interface EndpointSettings {
  readonly NetworkID?: string;
  readonly Aliases?: readonly string[] | null;
  readonly Links?: readonly string[] | null;
  readonly IPAMConfig?: JsonObject | null;
  readonly DriverOpts?: Readonly<Record<string, string>> | null;
  readonly IPAddress?: string;
  readonly GlobalIPv6Address?: string;
  readonly MacAddress?: string;
  readonly GwPriority?: number;
}
