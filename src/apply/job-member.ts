import type { Change, DependantChange } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { ChangeSettings } from './apply-change.ts';
import type { Baseline } from './baseline.ts';
import { takeBaseline } from './baseline.ts';
import { carriedImage } from './carried-image.ts';
import type { Found } from './found-members.ts';
import type { JobMember } from './job.ts';
import { restartText } from './observe.ts';
import { whyTried } from './restart-trial.ts';
import { takenCapabilities } from './taken-capabilities.ts';
import type { HostTools } from './tools.ts';

/** What settling needs of a container; how it did before is looked at last, when the host is locked. */
export async function toJobMember(
  { container, activity, edits, widening, inspect }: Found,
  change: Change,
  { settings, baselines }: MemberTerms,
  tools: HostTools,
): Promise<JobMember> {
  const { journal } = tools;
  const isLeader = container === change.container;
  // Made while it serves: nothing has been done yet that would have to be undone if this fails.
  const own = change.carry === 'commit' ? await carriedImage(inspect, tools) : undefined;
  // One that was put back a moment ago does not show yet how it does.
  const baseline = baselines.get(inspect.Id) ?? (await takeBaseline(inspect, tools));
  baselines.set(inspect.Id, baseline);
  const taken = takenCapabilities(inspect, edits);
  const trial = whyTried({ setting: settings.gate.restartTrial, inspect, facts: baseline.facts, taken });
  return {
    target: { container, run: journal.run, oldId: inspect.Id },
    planned: activity,
    baseline,
    ...(trial === undefined ? {} : { trial }),
    edits,
    ...(widening?.decisive ? { decisive: widening.decisive } : {}),
    sourcesFor: async (old) => ({
      ...(own ?? (await imagesOf(old, tools))),
      engine: tools.facts,
      edits,
      marks: {
        run: journal.run,
        target: container,
        replaces: old.Id,
        before: { activity, restart: restartText(old) },
        order: change.order,
        keeps: change.keeps,
        carry: change.carry,
        ...(isLeader ? {} : { leader: change.container }),
        dependants: isLeader ? await dependantMarks(change.dependants, tools) : [],
        edits: settings.remembers === 'settings' ? edits : [],
        plan: settings.planDigest,
        keepUntil: new Date(Date.parse(tools.clock.timestamp()) + settings.keepSeconds * 1000).toISOString(),
      },
    }),
  };
}

async function imagesOf(old: ContainerInspect, { engine }: HostTools) {
  const reader = await engine();
  const image = await reader.image(old.Image);
  const named = await reader.image(old.Config.Image);
  return { image: image ?? { id: old.Image, tags: [], config: {} }, namedImageId: named?.id ?? null };
}

async function dependantMarks(dependants: readonly DependantChange[], { engine }: HostTools) {
  const reader = await engine();
  return await all(
    dependants.map(({ container, id, activity }) => async () => {
      const inspect = await reader.inspect(id);
      return { name: container, id, before: { activity, restart: inspect ? restartText(inspect) : 'no:0' } };
    }),
  );
}

/** What the members of a change have in common. */
export interface MemberTerms {
  readonly settings: ChangeSettings;
  /** How containers did before the change was first tried, by their id. */
  readonly baselines: Map<string, Baseline>;
}

/** One after the other, as each may be a call to the engine. */
export async function all<Value>(works: readonly (() => Promise<Value>)[]): Promise<readonly Value[]> {
  const values: Value[] = [];
  for (const work of works) values.push(await work());
  return values;
}
