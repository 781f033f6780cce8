import type { EngineReader } from '../engine/engine.ts';
import type { ContainerInspect, MountPoint } from '../model/snapshot.ts';
import type { CarriedRoot } from '../model/writable-layer.ts';
import { carriedRoots, isCarried, isScratch } from '../model/writable-layer.ts';

/** What of a container's writable layer is to be found in another container too. */
export interface CarriedLayer {
  /** In an order in which what is above comes first. */
  readonly roots: readonly CarriedRoot[];
  /** Deleted from the image; without those in scratch folders, which nobody misses. */
  readonly deleted: readonly string[];
  /** Every path of the layer, deleted ones too. */
  readonly paths: ReadonlySet<string>;
  /** The container with its mounts under every name they have. */
  readonly container: ContainerInspect;
}

/** Reads what a container that stands still has changed against its image; undefined when it is gone. */
export async function carriedLayer(engine: EngineReader, inspect: ContainerInspect): Promise<CarriedLayer | undefined> {
  const changes = await engine.changes(inspect.Id);
  if (!changes) return undefined;
  const container = await withRealPlaces(engine, inspect);
  const carried = changes.filter((change) => isCarried(change, container));
  return {
    roots: carriedRoots(changes, container),
    deleted: carried.filter(({ kind, path }) => kind === 'deleted' && !isScratch(path)).map(({ path }) => path),
    paths: new Set(carried.map(({ path }) => path)),
    container,
  };
}

/** A mount at `/var/run/app` is really at `/run/app` where the image has such a link, and is listed there. */
async function withRealPlaces(engine: EngineReader, inspect: ContainerInspect): Promise<ContainerInspect> {
  const { Mounts, HostConfig, Id } = inspect;
  const inMemory = Object.keys(HostConfig.Tmpfs ?? {}).map(
    (Destination): MountPoint => ({ Type: 'tmpfs', Destination }),
  );
  const links = new Map<string, string>();
  const mounts: MountPoint[] = [...(Mounts ?? []), ...inMemory];
  const real: MountPoint[] = [];
  for (const mount of mounts)
    real.push({ ...mount, Destination: await realPath(engine, Id, mount.Destination, links) });
  return { ...inspect, Mounts: [...mounts, ...real] };
}

async function realPath(engine: EngineReader, id: string, path: string, links: Map<string, string>): Promise<string> {
  let place = '';
  for (const part of path.split('/').filter((each) => each !== '')) {
    const next = `${place}/${part}`;
    const known = links.get(next) ?? (await engine.linkTarget(id, next)) ?? next;
    links.set(next, known);
    place = known === '/' ? '' : known;
  }
  return place === '' ? '/' : place;
}
