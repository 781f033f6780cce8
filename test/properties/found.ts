import { WAIT } from './any-process.ts';
import type { ContainerCase } from './container-case.ts';

/** Containers that once did not come back the same, as small as they were made. */
export const FOUND: Readonly<Record<string, ContainerCase>> = {
  'with a list of no words for an entrypoint, on an image that has one': {
    body: { Image: '@LADEN@', Entrypoint: [], Cmd: ['/bin/sh', '-c', WAIT], HostConfig: {} },
  },
};
