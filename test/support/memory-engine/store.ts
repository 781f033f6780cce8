import type { JsonObject } from '../../../src/model/json.ts';
import type { MountPoint } from '../../../src/model/snapshot.ts';
import type { MemoryFile } from './files.ts';
import type { Conduct, LogLine, Program } from './program.ts';
import { noSuchContainer, Refusal } from './refusal.ts';

/** Everything one engine in memory has, and the two things it needs from outside: ids and the time. */
export interface Store {
  readonly engine: EngineIdentity;
  /** By id, oldest first. */
  readonly containers: Map<string, MemoryContainer>;
  /** By id. */
  readonly images: Map<string, MemoryImage>;
  /** By id. */
  readonly networks: Map<string, MemoryNetwork>;
  /** By name. */
  readonly volumes: Map<string, MemoryVolume>;
  /** Sockets of the host's other programs, which no container can have. */
  readonly foreignListeners: Set<string>;
  /** Folders the host does not have; every other one is there. */
  readonly missingPaths: Set<string>;
  readonly nextId: () => string;
  readonly now: () => string;
}

/** What an engine says of itself. */
export interface EngineIdentity {
  readonly id: string;
  readonly hostName: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly minimumApiVersion: string;
  readonly kind: 'docker' | 'podman';
}

/** A container and all that the engine knows of it. */
export interface MemoryContainer {
  readonly id: string;
  name: string;
  readonly created: string;
  readonly image: MemoryImage;
  readonly config: JsonObject;
  hostConfig: JsonObject;
  readonly mounts: readonly MemoryMount[];
  /** By name of the network. */
  readonly endpoints: Map<string, MemoryEndpoint>;
  phase: 'created' | 'running' | 'paused' | 'restarting' | 'exited';
  exitCode: number;
  error: string;
  startedAt: string;
  finishedAt: string;
  restartCount: number;
  /** An engine that comes up again leaves a container alone that never ran, whatever its restart policy. */
  wasStarted: boolean;
  stoppedByHand: boolean;
  conduct: Conduct | undefined;
  /** How often it was inspected since it started: the clock of its health and of its end. */
  looks: number;
  published: readonly PublishedRow[];
  log: readonly LogLine[];
  /** What was written since it was made, by path. */
  readonly files: Map<string, MemoryFile | 'deleted'>;
  /** More rows of `GET /containers/{id}/changes`, of files that cannot be read. */
  changes: readonly { readonly Path: string; readonly Kind: 0 | 1 | 2 }[];
}

/** A mount of a container. */
export interface MemoryMount extends MountPoint {
  readonly Mode: string;
  /** Made by the engine for this container alone: `rm -v` takes it along. */
  readonly anonymous: boolean;
}

/** A container's place in a network. */
export interface MemoryEndpoint {
  readonly request: JsonObject;
  readonly aliases: readonly string[];
  readonly networkId: string;
  readonly endpointId: string;
  readonly address: string;
}

/** One socket the engine holds on the host for a container. */
export interface PublishedRow {
  readonly protocol: string;
  readonly ip: string;
  readonly port: number;
  readonly containerPort: number;
}

/** An image and what its programs do. */
export interface MemoryImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly config: JsonObject;
  /** By path of the executable. */
  readonly programs: Readonly<Record<string, Program>>;
  /** By path. */
  readonly files: ReadonlyMap<string, MemoryFile>;
  readonly comment?: string;
}

/** A network. */
export interface MemoryNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  /** As `172.18.0.0/16`; empty for networks without addresses. */
  readonly subnet: string;
  readonly userConfigured: boolean;
}

/** A volume. */
export interface MemoryVolume {
  readonly name: string;
  readonly createdAt: string;
}

/** A container by name, id or the beginning of an id, as the engine looks it up. */
export function findContainer(store: Store, reference: string, statusWhenAbsent = 404): MemoryContainer {
  const wanted = reference.replace(/^\//, '');
  const all = [...store.containers.values()];
  const found =
    store.containers.get(wanted) ??
    all.find((container) => container.name === wanted) ??
    (/^[0-9a-f]+$/.test(wanted) ? all.find((container) => container.id.startsWith(wanted)) : undefined);
  if (!found) throw noSuchContainer(reference, statusWhenAbsent);
  return found;
}

/** An image by id, name or the beginning of an id; a name without a tag is `latest`. */
export function findImage(store: Store, reference: string): MemoryImage | undefined {
  const all = [...store.images.values()];
  const tag = /:[^/]+$/.test(reference) ? reference : `${reference}:latest`;
  const id = reference.replace(/^sha256:/, '');
  return (
    all.find((image) => image.tags.includes(tag)) ??
    (/^[0-9a-f]{6,64}$/.test(id) ? all.find((image) => image.id.startsWith(`sha256:${id}`)) : undefined)
  );
}

/** A network by name or id. */
export function findNetwork(store: Store, reference: string): MemoryNetwork {
  const all = [...store.networks.values()];
  const found = all.find((network) => network.name === reference) ?? store.networks.get(reference);
  if (!found) throw new Refusal(404, `network ${reference} not found`);
  return found;
}

/** Whether the engine holds resources for the container: its addresses and its ports. */
export function isUp(container: MemoryContainer): boolean {
  return container.phase === 'running' || container.phase === 'paused';
}
