import type { JsonObject } from '../../../src/model/json.ts';
import { list, object, text, texts } from './fields.ts';
import { Refusal } from './refusal.ts';
import type { MemoryContainer, MemoryMount, Store } from './store.ts';
import { findContainer } from './store.ts';

/** What is mounted in a container: its mounts, binds and inherited volumes, and a new volume for every place left. */
export function mountEverything(store: Store, config: JsonObject, hostConfig: JsonObject): readonly MemoryMount[] {
  const asked = [
    ...list(hostConfig['Mounts']).map((mount) => fromMount(store, object(mount))),
    ...texts(hostConfig['Binds']).map((bind) => fromBind(store, bind)),
  ];
  const taken = new Set<string>();
  for (const { Destination } of asked) {
    if (taken.has(Destination)) throw new Refusal(400, `Duplicate mount point: ${Destination}`);
    taken.add(Destination);
  }
  const inherited = texts(hostConfig['VolumesFrom'])
    .flatMap((reference) => fromContainer(store, reference))
    .filter((mount) => !taken.has(mount.Destination));
  for (const { Destination } of inherited) taken.add(Destination);
  const left = Object.keys(object(config['Volumes'])).map(tidy);
  return [
    ...asked,
    ...inherited,
    ...left
      .filter((place) => !taken.has(place))
      .map((place) => volume(store, { name: '', place, mode: '', writable: true })),
  ];
}

function fromMount(store: Store, mount: JsonObject): MemoryMount {
  const place = tidy(text(mount['Target']));
  const writable = mount['ReadOnly'] !== true;
  const source = text(mount['Source']);
  switch (mount['Type']) {
    case 'volume':
      return volume(store, { name: source, place, mode: 'z', writable });
    case 'tmpfs':
      return { ...PLAIN, Type: 'tmpfs', Source: '', Destination: place, RW: writable };
    default:
      if (store.missingPaths.has(source))
        throw new Refusal(400, `invalid mount config for type "bind": bind source path does not exist: ${source}`);
      return { ...PLAIN, Type: 'bind', Source: source, Destination: place, RW: writable, Propagation: 'rprivate' };
  }
}

function fromBind(store: Store, bind: string): MemoryMount {
  const [source = '', target, mode = ''] = bind.split(':');
  const place = tidy(target ?? source);
  const writable = !mode.split(',').includes('ro');
  if (target === undefined) return volume(store, { name: '', place, mode: '', writable });
  if (!source.startsWith('/')) return volume(store, { name: source, place, mode: mode || 'z', writable });
  return {
    ...PLAIN,
    Type: 'bind',
    Source: source,
    Destination: place,
    Mode: mode,
    RW: writable,
    Propagation: 'rprivate',
  };
}

function fromContainer(store: Store, reference: string): readonly MemoryMount[] {
  const [name = '', mode] = reference.split(':');
  const source: MemoryContainer = findContainer(store, name, 400);
  return source.mounts.map((mount) => ({
    ...mount,
    RW: mount.RW === true && mode !== 'ro',
    anonymous: false,
  }));
}

interface VolumeWish {
  /** Empty for a volume of the engine's own making. */
  readonly name: string;
  readonly place: string;
  readonly mode: string;
  readonly writable: boolean;
}

function volume(store: Store, { name, place, mode, writable }: VolumeWish): MemoryMount {
  const Name = name || store.nextId();
  if (!store.volumes.has(Name)) store.volumes.set(Name, { name: Name, createdAt: store.now() });
  return {
    Type: 'volume',
    Name,
    Source: `/var/lib/docker/volumes/${Name}/_data`,
    Destination: place,
    Driver: 'local',
    Mode: mode,
    RW: writable,
    Propagation: '',
    anonymous: name === '',
  };
}

/** Removes the volumes the engine made for this container, as `rm -v` does; those others use stay. */
export function dropAnonymousVolumes(store: Store, gone: MemoryContainer): void {
  const others = [...store.containers.values()].filter((container) => container !== gone);
  for (const mount of gone.mounts) {
    const inUse = others.some((container) => container.mounts.some(({ Name }) => Name === mount.Name));
    if (mount.anonymous && mount.Name !== undefined && !inUse) store.volumes.delete(mount.Name);
  }
}

const PLAIN = { Mode: '', RW: true, Propagation: '', anonymous: false };

function tidy(place: string): string {
  return place.length > 1 ? place.replace(/\/+$/, '') : place;
}
