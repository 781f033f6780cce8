import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';

/**
 * The host name a container is created again with; undefined where the new one is to have its own, or none. A name the
 * engine made of the id is kept all the same, as programs file their data under it. Only a program that talks to the
 * engine finds itself there by that name, and would look for a container that is no more (recreate.md H1–H4).
 */
export function keptHostname(inspect: ContainerInspect, engine: EngineFacts): string | undefined {
  const { Config, HostConfig } = inspect;
  const mode = HostConfig.NetworkMode ?? '';
  if (mode.startsWith('container:') || HostConfig.UTSMode === 'host') return undefined;
  if (mode === 'host' && Config.Hostname === engine.name) return undefined;
  return hasOwnHostname(inspect) && talksToEngine(inspect) ? undefined : Config.Hostname;
}

/** Whether its host name is the one the engine makes of its id. */
export function hasOwnHostname({ Id, Config }: ContainerInspect): boolean {
  return Config.Hostname === Id.slice(0, 12);
}

function talksToEngine({ Config, Mounts }: ContainerInspect): boolean {
  return (
    (Config.Env ?? []).some((variable) => variable.startsWith('DOCKER_HOST=')) ||
    (Mounts ?? []).some(({ Source = '', Destination }) =>
      [Source, Destination].some((path) => path.endsWith('/docker.sock')),
    )
  );
}
