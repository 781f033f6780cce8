import type { JsonValue } from '../../../src/model/json.ts';
import type { Call, Reply, Route } from './call.ts';
import { done, json } from './call.ts';
import { object, texts } from './fields.ts';
import { changesOf, fileAt, filesOf, pack, unpack } from './files.ts';
import type { MemoryFile } from './files.ts';
import { Refusal } from './refusal.ts';
import type { MemoryImage, Store } from './store.ts';
import { findContainer, findImage } from './store.ts';

/** Files of containers, and images that are made of them. */
export const FILE_ROUTES: readonly Route[] = [
  ['GET', /^\/containers\/([^/]+)\/changes$/, (store, _call, id) => json(changesOf(findContainer(store, id)))],
  ['HEAD', /^\/containers\/([^/]+)\/archive$/, stat],
  ['GET', /^\/containers\/([^/]+)\/archive$/, read],
  ['PUT', /^\/containers\/([^/]+)\/archive$/, write],
  ['POST', /^\/commit$/, commit],
  ['GET', /^\/images\/json$/, listImages],
  ['DELETE', /^\/images\/(.+)$/, removeImage],
];

function stat(store: Store, { query }: Call, id: string): Reply {
  const path = query.get('path') ?? '';
  return { ...done(200), headers: statHeader(path, fileAt(findContainer(store, id), path)) };
}

/** Go's own file mode: the highest bit for folders, the fifth for links. */
function statHeader(path: string, { kind, mode, content }: MemoryFile): Readonly<Record<string, string>> {
  const bits = kind === 'folder' ? 2 ** 31 : kind === 'link' ? 2 ** 27 : 0;
  const described = {
    name: path.slice(path.lastIndexOf('/') + 1),
    size: content.length,
    mode: bits + mode,
    mtime: '2026-11-22T00:00:00Z',
    linkTarget: kind === 'link' ? content : '',
  };
  return { 'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(described)).toString('base64') };
}

function read(store: Store, { query }: Call, id: string): Reply {
  const bytes = pack(findContainer(store, id), query.get('path') ?? '');
  return { kind: 'bytes', status: 200, type: 'application/x-tar', bytes };
}

function write(store: Store, { bytes }: Call, id: string): Reply {
  unpack(findContainer(store, id), bytes);
  return done(200);
}

function commit(store: Store, { query }: Call): Reply {
  const container = findContainer(store, query.get('container') ?? '');
  const tag = `${query.get('repo') ?? ''}:${query.get('tag') ?? 'latest'}`;
  const { config, image } = container;
  const made: MemoryImage = {
    id: `sha256:${store.nextId()}`,
    tags: [tag],
    config: { ...image.config, ...config, Hostname: '', Image: image.id },
    programs: image.programs,
    files: filesOf(container),
    comment: query.get('comment') ?? '',
  };
  for (const [id, each] of store.images)
    if (each.tags.includes(tag)) store.images.set(id, { ...each, tags: each.tags.filter((own) => own !== tag) });
  store.images.set(made.id, made);
  return json({ Id: made.id }, 201);
}

function listImages(store: Store, { query }: Call): Reply {
  const [pattern = '*'] = texts(object(JSON.parse(query.get('filters') ?? '{}') as JsonValue)['reference']);
  const matches = (tag: string): boolean => pattern === '*' || tag.startsWith(pattern.replace(/\*$/, ''));
  const shown = [...store.images.values()].map(({ id, tags }) => ({ Id: id, RepoTags: tags.filter(matches) }));
  return json(shown.filter(({ RepoTags }) => RepoTags.length > 0));
}

function removeImage(store: Store, _call: Call, name: string): Reply {
  const found = findImage(store, name);
  if (!found) throw new Refusal(404, `No such image: ${name}`);
  const user = [...store.containers.values()].find(({ image }) => image.id === found.id);
  if (user)
    throw new Refusal(
      409,
      `conflict: unable to remove repository reference "${name}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${found.id.slice(7, 19)}`,
    );
  store.images.delete(found.id);
  return json([{ Untagged: name }]);
}
