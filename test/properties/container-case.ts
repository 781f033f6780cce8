import type { JsonObject } from '../../src/model/json.ts';

/**
 * One container to be made and recreated. Words between `@` stand for what only a trial knows: `@NAME@` its own
 * name, `@PREFIX@` how the networks' names begin, `@FRONT-ID@` the id of one, `@ANCHOR@` a container that stays, `@FOLDER@`
 * on the host, `@PORT+3@` a host port, `@HOST-NUMBER@` two digits of an address, `@PLAIN@` and `@LADEN@` the images. So a case can be printed, and kept as it was printed.
 */
export interface ContainerCase {
  /** The body of the create call. */
  readonly body: JsonObject;
  /** Networks it is connected to once it was created. */
  readonly connect?: readonly NetworkPlace[];
  /** Networks it is disconnected from after that. */
  readonly disconnect?: readonly string[];
}

/** A network and the settings a container joins it with. */
export interface NetworkPlace {
  readonly network: string;
  readonly endpoint: JsonObject;
}

/** What one arbitrary adds to a container. */
export interface Part {
  readonly config?: JsonObject;
  readonly host?: JsonObject;
  readonly endpoints?: JsonObject;
  readonly connect?: readonly NetworkPlace[];
  readonly disconnect?: readonly string[];
}

/** Puts parts together; where two say the same thing, the later one is heard. */
export function containerCase(parts: readonly Part[]): ContainerCase {
  const endpoints = Object.assign({}, ...parts.map((part) => part.endpoints)) as JsonObject;
  return {
    body: {
      ...(Object.assign({}, ...parts.map(({ config }) => config)) as JsonObject),
      HostConfig: Object.assign({}, ...parts.map(({ host }) => host)) as JsonObject,
      ...(Object.keys(endpoints).length > 0 ? { NetworkingConfig: { EndpointsConfig: endpoints } } : {}),
    },
    connect: parts.flatMap(({ connect = [] }) => connect),
    disconnect: parts.flatMap(({ disconnect = [] }) => disconnect),
  };
}
