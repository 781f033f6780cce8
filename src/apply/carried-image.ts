import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Engine } from '../engine/engine.ts';
import { EnforceError } from '../model/errors.ts';
import { LABELS } from '../model/names.ts';
import type { Operation } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { isCarried } from '../model/writable-layer.ts';
import type { SpecSources } from './container-spec.ts';
import { noted } from './noted.ts';
import type { HostTools } from './tools.ts';

/** Images of enforce's own are called so; the tag is the run. */
const REPOSITORY = 'enforce-carried';

/**
 * Makes an image of a container as it is, writable layer and all, to create its candidate from; made again it takes the
 * place of the one before.
 */
export async function carriedImage(
  inspect: ContainerInspect,
  tools: HostTools,
): Promise<Pick<SpecSources, 'image' | 'namedImageId' | 'ownImage'>> {
  const name = inspect.Name.replace(/^\//, '');
  const ownImage = `${REPOSITORY}/${repositoryOf(name, inspect.Id)}:${tools.journal.run}`;
  const about = `${name} with what was written into it, made of ${inspect.Config.Image}`;
  const engine = await tools.engine();
  // What is written meanwhile is in the image and not on the list, so that its deletion would go unseen.
  let listed = await pathsOf(engine, inspect);
  for (let tries = 1; ; tries++) {
    const comment = `${about}; ${listText(listed)}`;
    await made({ kind: 'commit', id: inspect.Id, reference: ownImage, comment }, name, tools);
    const all = [...new Set([...listed, ...(await pathsOf(engine, inspect))])];
    if (all.length === listed.length || tries === MOST_TRIES) break;
    listed = all;
    // One that lost its name to the next would stay for ever.
    await made({ kind: 'remove-image', reference: ownImage }, name, tools);
  }
  const image = await engine.image(ownImage);
  return { ownImage, namedImageId: null, image: image ?? { id: '', tags: [], config: {} } };
}

const MOST_TRIES = 3;
/** In an address line, and in every look at the image from then on. */
const LONGEST_LIST = 200_000;

async function pathsOf(engine: Engine, inspect: ContainerInspect): Promise<readonly string[]> {
  const changes = (await engine.changes(inspect.Id)) ?? [];
  return changes.filter((change) => change.kind !== 'deleted' && isCarried(change, inspect)).map(({ path }) => path);
}

function listText(paths: readonly string[]): string {
  const text = deflateRawSync(paths.join('\0')).toString('base64url');
  if (text.length <= LONGEST_LIST) return `files ${text}`;
  throw new EnforceError('refused', `${paths.length} changed files are too many to be told by an image`, {
    hint: 'use --carry=copy',
  });
}

/** The files that were there when an image was made, as its comment tells; undefined where it does not. */
export function listIn(comment: string): readonly string[] | undefined {
  const [, text] = /; files ([A-Za-z0-9_-]+)$/.exec(comment) ?? [];
  if (text === undefined) return undefined;
  try {
    const paths = inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: 64 * 1024 * 1024 }).toString();
    return paths === '' ? [] : paths.split('\0');
  } catch {
    return undefined;
  }
}

/** A container's name may have letters that an image's must not, and be longer. */
function repositoryOf(name: string, id: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return [...words.join('-').slice(0, 60).split('-'), id.slice(0, ID_DIGITS)].filter((word) => word !== '').join('-');
}

const ID_DIGITS = 12;

/** Images that were made for changes which did not come about, or whose container is gone: nothing is made of them. */
export async function leftImages(engine: Engine): Promise<readonly string[]> {
  const names = await engine.imageNames(`${REPOSITORY}/*`);
  if (names.length === 0) return [];
  const containers = await engine.list();
  return names.filter((name) => {
    const { id, run } = /-(?<id>[0-9a-f]{12}):(?<run>[0-9a-z]+)$/.exec(name)?.groups ?? {};
    if (!name.startsWith(`${REPOSITORY}/`) || id === undefined) return false;
    return !containers.some(
      ({ labels }) => labels[LABELS.run] === run && labels[LABELS.replaces]?.startsWith(id) === true,
    );
  });
}

/** Takes such images away; the engine keeps one that a container is made of. */
export async function removeLeftImages(tools: HostTools): Promise<void> {
  const engine = await tools.engine();
  for (const reference of await leftImages(engine))
    await made({ kind: 'remove-image', reference }, reference, tools).catch(() => undefined);
}

async function made(operation: ImageOperation, subject: string, tools: HostTools): Promise<void> {
  const { host, engine, emit } = tools;
  const detail = operation.kind === 'commit' ? 'make an image of it' : 'remove the image made of it';
  const failure = await noted(
    { container: subject, operation: operation.kind, subject, detail },
    async () => {
      emit({ kind: 'step', host, container: subject, text: detail });
      await (await engine()).run(operation);
    },
    tools,
  );
  if (failure) throw failure;
}

type ImageOperation = Extract<Operation, { readonly kind: 'commit' | 'remove-image' }>;
