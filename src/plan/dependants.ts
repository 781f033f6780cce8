import type { Container, Snapshot } from '../model/snapshot.ts';

/** A container that holds on to another. */
/** A container that holds on to another. */
export interface Dependant {
  readonly name: string;
  /** The setting by which it holds on: `network_mode`, `pid`, `ipc`, `volumes_from` or `link`. */
  readonly through: string;
}

/** Containers, running or not, that refer to a container and would lose it when it gets a new id (recreate.md §12). */
export function dependantsOf(container: Container, { containers }: Snapshot): readonly Dependant[] {
  const names = new Set(containers.map(({ name }) => name));
  return containers
    .filter(({ id }) => id !== container.id)
    .flatMap((other) =>
      referencesOf(other)
        .filter(({ reference }) => isNamedBy(container, reference, names))
        .map(({ through }) => ({ name: other.name, through })),
    );
}

function referencesOf({ inspect: { HostConfig } }: Container): readonly {
  readonly through: string;
  readonly reference: string;
}[] {
  const { NetworkMode, PidMode, IpcMode, VolumesFrom, Links } = HostConfig;
  const modes = Object.entries({ network_mode: NetworkMode, pid: PidMode, ipc: IpcMode });
  return [
    ...modes.flatMap(([through, mode = '']) =>
      mode.startsWith('container:') ? [{ through, reference: mode.slice('container:'.length) }] : [],
    ),
    // `data:ro`, `/db:/app/mydb`: a name holds no colon.
    ...(VolumesFrom ?? []).map((text) => ({ through: 'volumes_from', reference: text.split(':')[0] ?? '' })),
    ...(Links ?? []).map((text) => ({ through: 'link', reference: text.split(':')[0] ?? '' })),
  ];
}

/** The engine stores some references as the full id and some as people typed them: a name, or the start of an id. */
function isNamedBy({ id, name }: Container, reference: string, names: ReadonlySet<string>): boolean {
  const plain = reference.replace(/^\//, '');
  if (names.has(plain)) return plain === name;
  return /^[0-9a-f]{1,64}$/.test(plain) && id.startsWith(plain);
}
