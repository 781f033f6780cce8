import { join, resolve } from 'node:path';

/** What of the world around it an inventory may depend on. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly workingFolder: string;
}

/** An absolute path of one that may begin with `~/` or be relative to a folder. */
export function absolutePath(path: string, folder: string, { homeFolder, workingFolder }: Surroundings): string {
  if (path === '~' || path.startsWith('~/')) return join(homeFolder, path.slice(1));
  return resolve(workingFolder, folder, path);
}

/** Where docker keeps its contexts and settings. */
export function dockerFolder({ environment, homeFolder, workingFolder }: Surroundings): string {
  const configured = environment['DOCKER_CONFIG'];
  return configured ? resolve(workingFolder, configured) : join(homeFolder, '.docker');
}

/** The folder of certificates that the environment names for a `tcp://` address; undefined when it names none. */
export function tlsFolderOfEnvironment(surroundings: Surroundings): string | undefined {
  const { DOCKER_CERT_PATH: folder, DOCKER_TLS_VERIFY: verify } = surroundings.environment;
  if (folder) return resolve(surroundings.workingFolder, folder);
  return verify ? dockerFolder(surroundings) : undefined;
}
