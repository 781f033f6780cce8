import type { Preflight } from '../apply/apply-change.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { RuleId } from '../model/finding.ts';
import type { Change } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { changeDocument } from '../report/plan-document.ts';
import type { HostSession } from './host-session.ts';
import type { Inputs } from './inputs.ts';
import { learnedOf } from './learned.ts';
import { readHost, withDetails } from './read-host.ts';
import type { World } from './world.ts';

/**
 * The last look before a change: the host is read and planned for anew, and the change is made only when the same change
 * comes out. So a container that moved on, a port that was taken meanwhile, a file that appeared in its writable layer,
 * a new dependant and a plan file that somebody edited all end here, before anything is touched.
 */
export function preflightOf(session: HostSession, inputs: Inputs, catalogue: Catalogue, world: World): Preflight {
  return async (change) => {
    const { assessment, exceptions, learned } = inputs;
    const unit = [change, ...change.dependants];
    // A plan may have been made for some rules and containers only; it is held against what these make of the unit.
    const mended = [change, ...change.dependants.filter(({ edits }) => edits.length > 0)];
    const narrowed = { ...assessment, containers: mended.map(({ container }) => container), only: rulesOf(change) };
    const assessed = await readHost(session, narrowed, world);
    const stale = unit
      .map((planned) => whyStale(planned, assessed.snapshot, change.id))
      .find((because) => because !== undefined);
    if (stale !== undefined) return { ready: false, because: `stale: ${stale}` };

    const read = await withDetails(assessed, session, world);
    const plan = buildPlan([{ host: change.host, address: '', read }], {
      assessment: narrowed,
      exceptions,
      catalogue,
      learned: await learnedOf([{ read }], learned),
      itself: world.itself(),
      createdAt: world.now().toISOString(),
      carry: change.carry,
    });
    const now = plan.hosts.flatMap((host) => (host.reachable ? host.changes : [])).find(({ id }) => id === change.id);
    if (!now || now.action === 'excepted')
      return { ready: false, because: 'nothing is left to do: it has no finding any more' };
    if (now.action === 'blocked')
      return { ready: false, because: `blocked since the plan was made: ${now.blocked?.because ?? ''}` };
    if (shown(now) !== shown(change))
      return { ready: false, because: 'stale: what would be done now differs from the plan' };
    const unseen = now.warnings.find((warning) => !change.warnings.includes(warning));
    if (unseen !== undefined) return { ready: false, because: `stale: the plan does not say: ${unseen}` };
    return { ready: true };
  };
}

function rulesOf({ because, dependants }: Change): readonly RuleId[] {
  const own = because.map(({ rule }) => rule);
  const theirs = dependants.flatMap(({ edits }) =>
    edits.map(
      ({ path }): RuleId => (path === 'HostConfig.PortBindings' ? 'privileged-host-port' : 'linux-capabilities'),
    ),
  );
  return [...new Set([...own, ...theirs])];
}

function whyStale(
  { id, container: name, staleIf }: Pick<Change, 'id' | 'container' | 'staleIf'>,
  { containers, engine }: Snapshot,
  leader: string,
): string | undefined {
  const container = containers.find((candidate) => candidate.id === id);
  const who = id === leader ? 'it' : name;
  if (!container) return `${who} disappeared since the plan was made`;
  if (container.name !== name) return `${who} is called ${container.name} now`;
  if (engine.id !== staleIf.engineId) return 'another engine answers at this address than when the plan was made';
  return container.configDigest !== staleIf.configDigest || container.inspect.Image !== staleIf.imageId
    ? `${id === leader ? 'its configuration' : `the configuration of ${name}`} changed since the plan was made`
    : undefined;
}

/** All that a plan says of a change, in one text; a warning that does not hold any more is no reason against it. */
function shown(change: Change): string {
  return canonicalJson(changeDocument({ ...change, warnings: [] }));
}
