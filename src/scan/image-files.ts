import type { EngineReader } from '../engine/engine.ts';
import { readArchive } from '../model/read-archive.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { isWithin, mountsOf, placesOf } from '../model/writable-layer.ts';
import type { Files } from './look-at-file.ts';
import { lookAtFile, scriptsIn } from './look-at-file.ts';
import type { ContainerFiles } from './start-texts.ts';

/** The files of each of these containers. */
export type FilesOf = (inspect: ContainerInspect) => ContainerFiles;

/**
 * The files of containers of one host. Each look costs an engine a process of its own, so what several containers have
 * of the same image is looked at once: where nothing was changed, and nothing is mounted, at or above any path on the
 * way to it, links followed. No host is believed about another's image.
 */
export function imageFiles(
  engine: Files,
  containers: readonly ContainerInspect[],
  changes: EngineReader['changes'] | undefined,
): FilesOf {
  const looks = new Map<string, Promise<Look<unknown> | undefined>>();
  return (inspect) => {
    const { Id: id, Image: image } = inspect;
    const own: ContainerFiles = {
      look: (path) => lookAtFile(engine, id, path),
      scriptsIn: (folder) => scriptsIn(engine, id, folder),
    };
    if (!changes || containers.filter(({ Image }) => Image === image).length < 2) return own;

    let places: Promise<readonly string[] | undefined> | undefined;
    const isUntouched = async (way: readonly string[]): Promise<boolean> => {
      const touched = await (places ??= touchedIn(inspect, changes, engine));
      // At its end a folder is read with all that is below it.
      const end = way.at(-1) ?? '/';
      const isOnWay = (place: string): boolean => way.some((path) => isWithin(path, place)) || isWithin(place, end);
      return touched !== undefined && !touched.some(isOnWay);
    };
    const shared = async <Value>(what: string, path: string, read: () => Promise<Value>): Promise<Value> => {
      const key = `${what} ${image} ${path}`;
      const earlier = looks.get(key) as Promise<Look<Value> | undefined> | undefined;
      if (earlier) {
        const look = await earlier;
        return look && (await isUntouched(look.way)) ? look.found : read();
      }
      const first = lookFrom(path);
      looks.set(
        key,
        first.catch(() => undefined),
      );
      const look = await first;
      return look ? look.found : read();

      async function lookFrom(from: string): Promise<Look<Value> | undefined> {
        const way = await wayTo(from, engine, id);
        return way && (await isUntouched(way)) ? { way, found: await read() } : undefined;
      }
    };
    return {
      look: (path) => shared('file', path, () => own.look(path)),
      scriptsIn: (folder) => shared('folder', folder, () => own.scriptsIn(folder)),
    };
  };
}

/** What was found at a path of an image. */
interface Look<Value> {
  /** Every path that was passed, links and what they lead to among them. */
  readonly way: readonly string[];
  readonly found: Value;
}

/** Where a container is not as its image is; undefined where that is not known. */
async function touchedIn(
  inspect: ContainerInspect,
  changes: EngineReader['changes'],
  engine: Files,
): Promise<readonly string[] | undefined> {
  try {
    const changed = await changes(inspect.Id);
    const places = placesOf(inspect);
    // A mount is told by the name it was asked for under, which may lead through links to where it is.
    const ways = await Promise.all(mountsOf(inspect).map((place) => wayTo(place, engine, inspect.Id)));
    if (!changed || ways.includes(undefined)) return undefined;
    return [...changed.map(({ path }) => path), ...places, ...ways.flatMap((way) => way?.at(-1) ?? [])];
  } catch {
    return undefined;
  }
}

const MOST_LINKS = 40;

/** Every path that is passed on the way to one, to its end or to where nothing is; undefined where that cannot be told. */
async function wayTo(path: string, engine: Files, id: string): Promise<readonly string[] | undefined> {
  const way: string[] = [];
  const rest = partsOf(path);
  let at = '';
  let links = 0;
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    if (part === '..') {
      at = at.replace(/\/?[^/]*$/, '');
      continue;
    }
    const next = `${at}/${part}`;
    way.push(next);
    const link = await linkAt(next, engine, id);
    // What is no UTF-8 is told otherwise by what lists changes.
    if (link?.includes('\ufffd')) return undefined;
    at = link === undefined ? next : link.startsWith('/') ? '' : at;
    if (link === undefined) continue;
    if (++links > MOST_LINKS) return undefined;
    rest.unshift(...partsOf(link));
  }
  return way;
}

/** Where a link leads, as it is written: the engine itself tells only where all of it ends. */
async function linkAt(path: string, engine: Files, id: string): Promise<string | undefined> {
  if ((await engine.linkTarget(id, path)) === undefined) return undefined;
  const pieces = await engine.archive(id, path);
  if (!pieces) return undefined;
  for await (const { type, link } of readArchive(pieces))
    return type === 'link' ? Buffer.from(link, 'latin1').toString('utf8') : undefined;
  return undefined;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
