import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseAddress, type WrittenAddress } from './address.ts';
import { badInventory, type Place } from './declaration.ts';
import { kindAt } from './folder.ts';
import { dockerFolder, type Surroundings, tlsFolderOfEnvironment } from './surroundings.ts';
import { readTextFile } from './text-file.ts';

/** What a context says of an engine: its address, and the certificates that come with it. */
export interface DockerContext {
  readonly address: WrittenAddress;
  readonly tlsFolder: string | undefined;
}

const LOCAL = 'unix:///var/run/docker.sock';

/** Reads a context as docker stores it; `default` is what the environment says. The place is where it was named. */
export async function readDockerContext(
  name: string,
  surroundings: Surroundings,
  place: Place,
): Promise<DockerContext> {
  if (name === 'default') {
    const address = parseAddress(nonEmpty(surroundings.environment['DOCKER_HOST']) ?? LOCAL);
    return { address, tlsFolder: tlsFolderOfEnvironment(surroundings) };
  }
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(dockerFolder(surroundings), 'contexts', 'meta', id, 'meta.json');
  if (!(await exists(file)))
    throw badInventory(place, `there is no docker context ${name}; expected one that docker context ls shows`);
  const parsed = (await metaShape()).safeParse(parseJson((await readTextFile(file, 'bad-inventory')).text));
  if (!parsed.success)
    throw badInventory(
      place,
      `the docker context ${name} has no engine (${file}); expected one made by docker context create`,
    );
  const { Host: host = LOCAL, SkipTLSVerify: unverified = false } = parsed.data.Endpoints.docker;
  if (unverified)
    throw badInventory(
      place,
      `the docker context ${name} does not verify the engine (SkipTLSVerify); expected a context with ca, cert and key`,
    );
  const tlsFolder = join(dockerFolder(surroundings), 'contexts', 'tls', id, 'docker');
  return { address: parseAddress(host), tlsFolder: (await exists(tlsFolder)) ? tlsFolder : undefined };
}

/**
 * The engine that docker itself would talk to, and where that is said. DOCKER_HOST wins over DOCKER_CONTEXT: docker's own
 * manual has it the other way round, its command line does not (resolveContextName; tried with 20.10 and 28.2).
 */
export async function defaultEngine(
  surroundings: Surroundings,
): Promise<{ readonly engine: string; readonly saidBy: string }> {
  const { DOCKER_HOST: host, DOCKER_CONTEXT: context } = surroundings.environment;
  if (host) return { engine: host, saidBy: 'DOCKER_HOST' };
  if (context) return { engine: `context:${context}`, saidBy: 'DOCKER_CONTEXT' };
  const file = join(dockerFolder(surroundings), 'config.json');
  if (!(await exists(file))) return { engine: LOCAL, saidBy: 'the local socket' };
  const config = (await configShape()).safeParse(parseJson((await readTextFile(file, 'bad-inventory')).text));
  if (!config.success)
    throw badInventory({ file, path: [], folder: '' }, 'is not a configuration of docker; expected a JSON object');
  const current = config.data.currentContext;
  return { engine: current ? `context:${current}` : LOCAL, saidBy: file };
}

// Loaded only where docker has such a file: it takes as long as a handshake.
async function metaShape() {
  const z = await import('zod');
  return z.object({
    Endpoints: z.object({ docker: z.object({ Host: z.string().optional(), SkipTLSVerify: z.boolean().optional() }) }),
  });
}

async function configShape() {
  const z = await import('zod');
  return z.object({ currentContext: z.string().optional() });
}

async function exists(path: string): Promise<boolean> {
  return (await kindAt(path, path)) !== 'absent';
}

/** An empty variable of the environment counts as not set, as it does for docker. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
