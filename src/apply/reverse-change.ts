import type { Engine } from '../engine/engine.ts';
import { activityOf } from '../model/activity-of.ts';
import type { Change, DependantChange, Edit } from '../model/plan.ts';
import { filesAtRisk } from '../model/files-at-risk.ts';
import type { JsonObject } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import { LABELS } from '../model/names.ts';
import type { Referring } from '../model/references.ts';
import { dependantsIn, holdersAmong } from '../model/references.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { settingAt } from './differences.ts';
import { markOf, settingsBefore } from './marks.ts';
import type { HostTools } from './tools.ts';
import type { MayLose } from './why-not-put-back.ts';

/**
 * The change that takes back another whose old container is not kept: the one that has the name now is made again with
 * the settings its labels remember. Undefined where it remembers none.
 */
export async function reverseChange(
  id: string,
  { discardsFiles = false }: MayLose,
  { host, engine: reach }: Pick<HostTools, 'host' | 'engine'>,
): Promise<Change | undefined> {
  const engine = await reach();
  const all = await referringContainers(engine);
  const leader = all.find((container) => container.id === id);
  const edits = leader && reverseEdits(leader.inspect);
  if (!leader || !edits || (await hasItsImagesMarks(leader.inspect, engine))) return undefined;
  const { inspect } = leader;
  const run = markOf(inspect, 'run');
  const dependants = dependantsIn(leader, holdersAmong(all));
  const members = [inspect, ...dependants.map(({ member }) => member.inspect)];
  const files = discardsFiles ? [] : await filesWritten(members, engine);
  const kept = files.find(({ isCopyable }) => !isCopyable);
  return {
    host,
    container: leader.name,
    id,
    image: inspect.Config.Image,
    action: 'recreate',
    because: [],
    edits,
    portMoves: [],
    capabilities: [],
    warnings: [],
    blocked: kept
      ? {
          because: `${kept.path} of ${kept.container} would not be as it is, and no copy can bring it along: copy what is needed with docker cp, then add --discard-files`,
          hint: '',
        }
      : null,
    owner: { kind: 'none' },
    activity: activityOf(inspect),
    order: 'stop-first',
    // What it makes again can be had again by applying: two to choose from would only be in the way.
    keeps: 'specification',
    // No old container has them: what was written since, and what was carried, is nowhere else.
    carry: files.length > 0 ? 'copy' : 'none',
    carriedFiles: files.length,
    dependants: dependants.map(
      ({ member, through }): DependantChange => ({
        container: member.name,
        id: member.id,
        through,
        activity: activityOf(member.inspect),
        edits: markOf(member.inspect, 'run') === run ? (reverseEdits(member.inspect) ?? []) : [],
        staleIf: { engineId: '', configDigest: '', imageId: member.inspect.Image },
      }),
    ),
    downtimeSeconds: 0,
    worstCaseSeconds: 0,
    staleIf: { engineId: '', configDigest: '', imageId: inspect.Image },
  };
}

function reverseEdits(inspect: ContainerInspect): readonly Edit[] | undefined {
  const before = settingsBefore(inspect);
  if (before.length === 0) return undefined;
  return before.map(([path, value]) => ({ path, before: settingAt(inspect, path) ?? null, after: value }));
}

/** Marks that come with an image are whatever its maker wrote: this container was made by nobody's change. */
async function hasItsImagesMarks(inspect: ContainerInspect, engine: Engine): Promise<boolean> {
  const labels = (await engine.image(inspect.Image))?.config['Labels'];
  return isJsonObject(labels ?? null) && (labels as JsonObject)[LABELS.run] === markOf(inspect, 'run');
}

interface WrittenFile {
  readonly container: string;
  readonly path: string;
  /** What was deleted cannot be copied, and nothing can be copied into a root that is read-only. */
  readonly isCopyable: boolean;
}

/** What is in the writable layers of containers that are to be made again. */
async function filesWritten(members: readonly ContainerInspect[], engine: Engine): Promise<readonly WrittenFile[]> {
  const found: WrittenFile[] = [];
  for (const inspect of members) {
    const changes = (await engine.changes(inspect.Id)) ?? [];
    const deleted = new Set(changes.filter(({ kind }) => kind === 'deleted').map(({ path }) => path));
    const isCopyable = (path: string): boolean => !deleted.has(path) && inspect.HostConfig.ReadonlyRootfs !== true;
    for (const path of filesAtRisk(changes, inspect, []))
      found.push({ container: inspect.Name.replace(/^\//, ''), path, isCopyable: isCopyable(path) });
  }
  return found;
}

async function referringContainers(engine: Engine): Promise<readonly Referring[]> {
  const containers: Referring[] = [];
  for (const { id } of await engine.list()) {
    const inspect = await engine.inspect(id);
    if (inspect) containers.push({ id, name: inspect.Name.replace(/^\//, ''), inspect });
  }
  return containers;
}
