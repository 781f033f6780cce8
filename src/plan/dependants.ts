import type { Container, Snapshot } from '../model/snapshot.ts';

/** A container that holds on to another. */
export interface Dependant {
  readonly name: string;
  /** The setting by which it holds on: `network_mode`, `pid`, `ipc`, `volumes_from` or `link`. */
  readonly through: string;
}

/** Containers, running or not, that refer to a container and would lose it when it gets a new id (recreate.md §12). */
export function dependantsOf(container: Container, snapshot: Snapshot): readonly Dependant[] {
  return snapshot.containers
    .filter(({ id }) => id !== container.id)
    .flatMap((other) => referencesTo(container, other).map((through) => ({ name: other.name, through })));
}

function referencesTo(container: Container, { inspect: { HostConfig } }: Container): readonly string[] {
  const modes = { network_mode: HostConfig.NetworkMode, pid: HostConfig.PidMode, ipc: HostConfig.IpcMode };
  const namespaces = Object.entries(modes).filter(
    ([, mode]) => mode?.startsWith('container:') && isNamedBy(container, mode.slice('container:'.length)),
  );
  const volumes = (HostConfig.VolumesFrom ?? []).some((reference) =>
    isNamedBy(container, reference.replace(/:(ro|rw|z|Z)(,.*)?$/, '')),
  );
  const links = (HostConfig.Links ?? []).some((link) =>
    isNamedBy(container, (link.split(':')[0] ?? '').replace(/^\//, '')),
  );
  return [...namespaces.map(([through]) => through), ...(volumes ? ['volumes_from'] : []), ...(links ? ['link'] : [])];
}

/** The engine stores some references as the full id and some as people typed them: a name, or the start of an id. */
function isNamedBy({ id, name }: Container, reference: string): boolean {
  return reference === name || (/^[0-9a-f]{12,64}$/.test(reference) && id.startsWith(reference));
}
