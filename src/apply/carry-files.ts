import type { EngineReader } from '../engine/engine.ts';
import { asEnforceError, EnforceError } from '../model/errors.ts';
import type { Operation } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { isCarried, isEngineMade } from '../model/writable-layer.ts';
import type { CarriedRoot } from '../model/writable-layer.ts';
import { listIn } from './carried-image.ts';
import type { CarriedLayer } from './carried-layer.ts';
import { carriedLayer } from './carried-layer.ts';
import type { FileSource, Prints } from './entries-at.ts';
import { inBytes, printsAt, repacked } from './entries-at.ts';
import { markOf } from './marks.ts';
import type { PrintDifference } from './print-differences.ts';
import { printDifferences } from './print-differences.ts';
import type { HostTools } from './tools.ts';

/** Whether the candidate has the files of the old container's writable layer. */
export type Carried = { readonly ok: true } | { readonly ok: false; readonly because: string };

/** Makes one call that writes; gives back how it failed. */
type Make = (operation: Operation) => Promise<EnforceError | undefined>;

/**
 * Brings the changed files of the old container's writable layer, which stands still, into its candidate, which never ran,
 * and then compares what both have. Done again it does the same again; a failure that leaves open what happened is thrown.
 */
export async function carryFiles(
  old: ContainerInspect,
  candidate: ContainerInspect,
  { engine: reach }: HostTools,
  make: Make,
): Promise<Carried> {
  const engine = await reach();
  const layer = await carriedLayer(engine, old);
  if (!layer) return refusal('the old container is gone');
  const carry = { engine, old, candidate, layer, make };
  try {
    return markOf(candidate, 'carry') === 'commit' ? await carryRest(carry) : await carryAll(carry);
  } catch (error) {
    return asVerdict(asEnforceError(error, 'engine'));
  }
}

/**
 * Why an engine cannot read out what a container changed, asked while it still serves; undefined where it can. Engines of
 * late 2025 on refuse every archive of a container that has a mount behind a link ("path escapes from parent").
 */
export async function whyUnreadable(engine: EngineReader, inspect: ContainerInspect): Promise<string | undefined> {
  try {
    const layer = await carriedLayer(engine, inspect);
    for (const { path } of layer?.roots ?? []) await isThere(engine, inspect.Id, path);
    return undefined;
  } catch (error) {
    const failure = asEnforceError(error, 'engine');
    if (failure.code !== 'engine-refused') throw failure;
    return `the files could not be carried over: the engine cannot read them out: ${failure.message}`;
  }
}

/** What the engine says no to, or cannot be true, will not be better next time. */
function asVerdict(failure: EnforceError): Carried {
  if (failure.code === 'engine-refused' || failure.code === 'engine') return refusal(failure.message);
  throw failure;
}

interface Carry {
  readonly engine: EngineReader;
  readonly old: ContainerInspect;
  readonly candidate: ContainerInspect;
  readonly layer: CarriedLayer;
  readonly make: Make;
}

/** A copy of everything: the candidate is made of the old one's image. */
async function carryAll(carry: Carry): Promise<Carried> {
  const { engine, candidate, layer } = carry;
  const [deleted] = layer.deleted;
  if (deleted !== undefined) return refusal(`${deleted} was deleted, which a copy cannot do and --carry=commit can`);
  const wanted: Prints = new Map();
  const failed = await copy(layer.roots, wanted, carry);
  if (failed) return failed;
  const different = printDifferences(wanted, await printsAt(candidateOf(carry), layer.roots));
  if (different[0]) return refusal(differenceText(different[0]));
  const changes = await engine.changes(candidate.Id);
  const stranger = changes?.find(
    (change) =>
      !layer.paths.has(change.path) && isCarried(change, layer.container) && !isEngineMade(change, layer.container),
  );
  return stranger ? refusal(`the new container has ${stranger.path}, which the old one has not`) : DONE;
}

/** The rest: the candidate is made of an image of the old one, which went on for a while after that was made. */
async function carryRest(carry: Carry): Promise<Carried> {
  const { engine, candidate, layer } = carry;
  const wanted = await printsAt(oldOf(carry), layer.roots);
  const different = printDifferences(wanted, await printsAt(candidateOf(carry), layer.roots));
  const gone =
    different.find(({ what }) => what === 'added')?.path ??
    (await firstThere(engine, candidate.Id, layer.deleted)) ??
    (await firstLeftOver(carry));
  if (gone !== undefined)
    return refusal(`${gone} was deleted between the making of the image and the stop: try again when less is written`);
  if (different.length === 0) return DONE;
  const failed = await copy(withFolders(different, wanted), new Map(), carry);
  if (failed) return failed;
  const [left] = printDifferences(wanted, await printsAt(candidateOf(carry), layer.roots));
  return left ? refusal(differenceText(left)) : DONE;
}

async function firstThere(engine: EngineReader, id: string, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isThere(engine, id, path)) return path;
  return undefined;
}

async function isThere(engine: EngineReader, id: string, path: string): Promise<boolean> {
  const pieces = await engine.archive(id, path);
  // One that was never read from is not closed by its return, and the engine would wait with the container locked.
  const reading = pieces?.[Symbol.asyncIterator]();
  await reading?.next();
  await reading?.return?.();
  return pieces !== undefined;
}

/** What was there when the image was made, and is not in the old one any more, is in the candidate by that image. */
async function firstLeftOver({ engine, old, candidate, layer }: Carry): Promise<string | undefined> {
  const image = await engine.image(candidate.Image);
  const listed = image && listIn(image.comment ?? '');
  if (!listed) throw new EnforceError('engine', 'its image does not tell any more what was in it when it was made');
  for (const path of listed.filter((each) => !layer.paths.has(each)))
    if ((await isThere(engine, candidate.Id, path)) && !(await isThere(engine, old.Id, path))) return path;
  return undefined;
}

/** What differs, with the folders it is in: to write a file changes the time of its folder. */
function withFolders(different: readonly PrintDifference[], wanted: Prints): readonly CarriedRoot[] {
  const paths = different.flatMap(({ path }) => [...foldersAbove(path), path]);
  return [...new Set(paths)]
    .filter((path) => wanted.has(inBytes(path)))
    .toSorted(byDepth)
    .map((path): CarriedRoot => ({ path, whole: false, entries: 1 }));
}

function foldersAbove(path: string): readonly string[] {
  const parent = path.slice(0, path.lastIndexOf('/'));
  return parent === '' ? [] : [...foldersAbove(parent), parent];
}

/** What is above is written before what is in it. */
function byDepth(a: string, b: string): number {
  return a.split('/').length - b.split('/').length;
}

/** Sends these of the old one's files to the candidate, and notes what was sent; undefined when the engine took them. */
async function copy(roots: readonly CarriedRoot[], sent: Prints, carry: Carry): Promise<Carried | undefined> {
  if (roots.length === 0) return undefined;
  const archive = () => repacked(oldOf(carry), roots, sent);
  const failure = await carry.make({ kind: 'unpack', id: carry.candidate.Id, archive });
  return failure && asVerdict(failure);
}

function oldOf({ engine, old }: Carry): FileSource {
  return { engine, id: old.Id, whose: 'old' };
}

function candidateOf({ engine, candidate }: Carry): FileSource {
  return { engine, id: candidate.Id, whose: 'candidate' };
}

const DONE: Carried = { ok: true };

function refusal(because: string): Carried {
  return { ok: false, because: `the files could not be carried over: ${because}` };
}

function differenceText({ path, what }: PrintDifference): string {
  return `${path} did not arrive as it was: ${what}`;
}
