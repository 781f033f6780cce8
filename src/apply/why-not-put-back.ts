import type { EngineReader } from '../engine/engine.ts';
import { filesAtRisk } from '../model/files-at-risk.ts';
import { overlaps } from '../model/overlaps.ts';
import { publishedPorts } from '../model/published-ports.ts';
import { referencesOf } from '../model/references.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { printsAt } from './entries-at.ts';
import { markOf } from './marks.ts';
import type { MemberSight } from './observe.ts';
import { printDifferences } from './print-differences.ts';

/** What may be lost when a change is taken back. */
export interface MayLose {
  /** Files that the new container has written; else they are a reason to leave it. */
  readonly discardsFiles?: boolean;
}

/** A member of which both containers are there. */
interface Pair {
  readonly container: string;
  readonly old: ContainerInspect;
  readonly candidate: ContainerInspect;
  /** Whether the old one is to run again. */
  readonly starts: boolean;
}

/**
 * Why a change that went well must not be taken back now: the old container could not be started, or what the new one has
 * written since would be lost. Undefined when nothing speaks against it. Only reads: the service is up while it looks.
 */
export async function whyNotPutBack(
  members: readonly MemberSight[],
  engine: EngineReader,
  { discardsFiles = false }: MayLose,
): Promise<string | undefined> {
  const pairs = members.flatMap(({ target, old, oldInspect, candidate, candidateInspect, before }): readonly Pair[] =>
    old?.name === 'bak' && candidate?.name === 'target' && oldInspect && candidateInspect
      ? [
          {
            container: target.container,
            old: oldInspect,
            candidate: candidateInspect,
            starts: before?.activity !== 'stopped',
          },
        ]
      : [],
  );
  for (const pair of pairs) {
    const because =
      (pair.starts ? await whyNotStarted(pair, pairs, engine) : undefined) ??
      (discardsFiles ? undefined : await filesLost(pair, engine));
    if (because !== undefined) return because;
  }
  return undefined;
}

async function whyNotStarted(pair: Pair, pairs: readonly Pair[], engine: EngineReader): Promise<string | undefined> {
  return linkToCandidate(pair, pairs) ?? (await networkGone(pair, engine)) ?? (await portTaken(pair, pairs, engine));
}

/** An engine that was started again made the links of all containers anew, by names. */
function linkToCandidate({ container, old }: Pair, pairs: readonly Pair[]): string | undefined {
  const names = pairs.map(({ candidate }) => candidate.Name.replace(/^\//, ''));
  const link = referencesOf(old).find(({ through, to }) => through === 'link' && names.includes(to));
  return (
    link &&
    `the engine was started again since, and the kept container of ${container} is linked to the new ${link.to} by now, so it could not be started: enforce prune --all removes what is kept, and then enforce rollback makes it again`
  );
}

/** The engine's own, which have another id after each of its starts, and are found by name. */
const OWN_NETWORKS = ['bridge', 'host', 'none'];

async function networkGone({ container, old }: Pair, engine: EngineReader): Promise<string | undefined> {
  for (const [name, endpoint] of Object.entries(old.NetworkSettings.Networks ?? {})) {
    const id = endpoint.NetworkID ?? '';
    if (id === '' || OWN_NETWORKS.includes(name) || (await engine.network(id))) continue;
    return `the network ${name} that the kept container of ${container} is in was removed, so it could not be started: enforce prune --all removes what is kept, and then enforce rollback makes it again`;
  }
  return undefined;
}

async function portTaken(
  { container, old }: Pair,
  pairs: readonly Pair[],
  engine: EngineReader,
): Promise<string | undefined> {
  const wanted = publishedPorts(old);
  if (wanted.length === 0) return undefined;
  for (const { id, state } of await engine.list()) {
    if (state !== 'running' || pairs.some(({ candidate }) => candidate.Id === id)) continue;
    const other = await engine.inspect(id);
    const taken = other && publishedPorts(other).find((port) => wanted.some((own) => meet(port, own)));
    if (taken)
      return `port ${taken.hostPort}/${taken.protocol} that ${container} had is published by ${other.Name.replace(/^\//, '')} now`;
  }
  return undefined;
}

type Port = ReturnType<typeof publishedPorts>[number];

function meet(one: Port, other: Port): boolean {
  return (
    one.protocol === other.protocol &&
    one.hostPort <= other.hostPortEnd &&
    other.hostPort <= one.hostPortEnd &&
    overlaps(one.hostIp, other.hostIp)
  );
}

/** What the new container has in its writable layer and the old one has not, or has otherwise. */
async function filesLost({ container, old, candidate }: Pair, engine: EngineReader): Promise<string | undefined> {
  const lost = await lostFiles(old, candidate, engine);
  if (lost.length === 0) return undefined;
  const shown = `${lost.slice(0, 3).join(', ')}${lost.length > 3 ? ', …' : ''}`;
  return `${lost.length} ${lost.length === 1 ? 'file' : 'files'} that the new ${container} has written would be lost (${shown}): copy what is needed with docker cp, then add --discard-files`;
}

async function lostFiles(
  old: ContainerInspect,
  candidate: ContainerInspect,
  engine: EngineReader,
): Promise<readonly string[]> {
  const changes = ((await engine.changes(candidate.Id)) ?? []).filter(({ kind }) => kind !== 'deleted');
  const written = filesAtRisk(changes, candidate, []);
  if (written.length === 0) return [];
  const known = new Set(((await engine.changes(old.Id)) ?? []).map(({ path }) => path));
  const fresh = written.filter((path) => !known.has(path));
  // What the old one had written too was expendable where it was not brought along.
  if ((markOf(candidate, 'carry') ?? 'none') === 'none') return fresh;
  const roots = written.filter((path) => known.has(path)).map((path) => ({ path, whole: false, entries: 1 }));
  const was = await printsAt({ engine, id: old.Id, whose: 'candidate' }, roots);
  const is = await printsAt({ engine, id: candidate.Id, whose: 'candidate' }, roots);
  return [...fresh, ...printDifferences(was, is).map(({ path }) => path)].toSorted();
}
