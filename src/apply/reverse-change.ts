import type { Engine } from '../engine/engine.ts';
import { activityOf } from '../model/activity-of.ts';
import type { Change, DependantChange, Edit } from '../model/plan.ts';
import type { JsonObject } from '../model/json.ts';
import type { Referring } from '../model/references.ts';
import { dependantsIn, holdersAmong } from '../model/references.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { settingsBefore } from './marks.ts';

/**
 * The change that takes back another whose old container is not kept: the one that has the name now is made again with
 * the settings its labels remember. Undefined where it remembers none.
 */
export async function reverseChange(host: string, id: string, engine: Engine): Promise<Change | undefined> {
  const all = await referringContainers(engine);
  const leader = all.find((container) => container.id === id);
  const edits = leader && reverseEdits(leader.inspect);
  if (!leader || !edits) return undefined;
  const { inspect } = leader;
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
    blocked: null,
    owner: { kind: 'none' },
    activity: activityOf(inspect),
    order: 'stop-first',
    // What it makes again can be had again by applying: two to choose from would only be in the way.
    keeps: 'specification',
    carry: 'none',
    carriedFiles: 0,
    dependants: dependantsIn(leader, holdersAmong(all)).map(
      ({ member, through }): DependantChange => ({
        container: member.name,
        id: member.id,
        through,
        activity: activityOf(member.inspect),
        edits: reverseEdits(member.inspect) ?? [],
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
  const host = inspect.HostConfig as unknown as JsonObject;
  return before.map(([path, value]) => {
    const field = path.replace('HostConfig.', '');
    return { path, before: (Object.hasOwn(host, field) ? host[field] : null) ?? null, after: value };
  });
}

async function referringContainers(engine: Engine): Promise<readonly Referring[]> {
  const containers: Referring[] = [];
  for (const { id } of await engine.list()) {
    const inspect = await engine.inspect(id);
    if (inspect) containers.push({ id, name: inspect.Name.replace(/^\//, ''), inspect });
  }
  return containers;
}
