import type { JsonObject } from '../model/json.ts';
import type { Operation } from '../model/plan.ts';
import type { ContainerInspect, EngineFacts, FileChange, ImageFacts } from '../model/snapshot.ts';

/** The half of Docker that scan and plan may use. Having no write, it cannot change a host. */
export interface EngineReader {
  /**
   * Version, API, identity. Throws `engine-too-old` below API 1.24. What its version alone tells leaves the rest empty,
   * and spares the engine a look at its whole machine.
   */
  facts(extent?: 'version'): Promise<EngineFacts>;
  /** The time by the engine's own clock, in milliseconds since 1970; undefined where it does not tell. */
  time(): Promise<number | undefined>;
  /** Ids of every container, running or not, in the engine's order. */
  list(): Promise<readonly ContainerSummary[]>;
  /** A container as the engine describes it; undefined when it is gone. Numbers are exact, unknown fields are kept. */
  inspect(id: string): Promise<ContainerInspect | undefined>;
  /** An image by id or name; undefined when the engine has none. */
  image(reference: string): Promise<ImageFacts | undefined>;
  /** A network by name or id, as the engine describes it; undefined when there is none. */
  network(reference: string): Promise<JsonObject | undefined>;
  hasVolume(name: string): Promise<boolean>;
  /** What differs between a container's writable layer and its image; undefined when the container is gone. */
  changes(id: string): Promise<readonly FileChange[] | undefined>;
  /** Whether a path in a container is a folder; false when it is something else, or not there. */
  isFolder(id: string, path: string): Promise<boolean>;
  /**
   * What is at a path of a container, with all below it, as a tar stream whose names begin with the last part of the
   * path; undefined when nothing is there. A link is not followed. The stream is read to its end or left, never kept.
   */
  archive(id: string, path: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Where a link in a container leads in the end; undefined for what is no link, or not there. */
  linkTarget(id: string, path: string): Promise<string | undefined>;
  /** Names of the images of a repository pattern, `enforce-carried/*`, as `REPOSITORY:TAG`. */
  imageNames(pattern: string): Promise<readonly string[]>;
  /** The last lines a container wrote, both streams, at most 256 KiB; empty where its log driver cannot be read. */
  logs(id: string, lines: number): Promise<string>;
}

/** What a list tells of a container. */
export interface ContainerSummary {
  readonly id: string;
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** `running`, `exited`, … */
  readonly state: string;
  /** As the container was told: `host`, `default`, `container:ID`, the name of a network. */
  readonly networkMode: string;
  /** All that the engine lists of it. */
  readonly row: JsonObject;
}

/**
 * The whole of Docker that enforce uses. `run` asks for one change and returns when the engine answered, or throws; what
 * is true on the host afterwards is found by reading, never taken from the answer.
 */
export interface Engine extends EngineReader {
  run(operation: Operation): Promise<void>;
}
