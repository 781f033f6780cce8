import type { Preflight } from '../apply/apply-change.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { Change } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { buildPlan } from '../plan/build-plan.ts';
import type { HostSession } from './host-session.ts';
import type { Inputs } from './inputs.ts';
import { readHost, withDetails } from './read-host.ts';
import type { World } from './world.ts';

/**
 * The last look before a change: the host is read and planned for anew, and the change is made only when the same change
 * comes out. So a container that moved on, a port that was taken meanwhile, a file that appeared in its writable layer
 * or a new dependant all end here, before anything is touched.
 */
export function preflightOf(session: HostSession, inputs: Inputs, catalogue: Catalogue, world: World): Preflight {
  return async (change) => {
    const { assessment, exceptions } = inputs;
    const unit = [change, ...change.dependants];
    const narrowed = { ...assessment, containers: unit.map(({ container }) => container) };
    const assessed = await readHost(session, narrowed, world.now());
    const stale = unit.map((planned) => whyStale(planned, assessed.snapshot)).find((because) => because !== undefined);
    if (stale !== undefined) return { ready: false, because: `stale: ${stale}` };

    const read = await withDetails(assessed, session);
    const plan = buildPlan([{ host: change.host, address: '', read }], {
      assessment: narrowed,
      exceptions,
      catalogue,
      itself: world.itself(),
      createdAt: world.now().toISOString(),
    });
    const now = plan.hosts.flatMap((host) => (host.reachable ? host.changes : [])).find(({ id }) => id === change.id);
    if (!now || now.action === 'excepted')
      return { ready: false, because: 'nothing is left to do: it has no finding any more' };
    if (now.action === 'blocked')
      return { ready: false, because: `blocked since the plan was made: ${now.blocked?.because ?? ''}` };
    if (workOf(now) !== workOf(change))
      return { ready: false, because: 'stale: what would be done now differs from the plan' };
    return { ready: true };
  };
}

function whyStale(
  { id, container: name, staleIf }: Pick<Change, 'id' | 'container' | 'staleIf'>,
  { containers, engine }: Snapshot,
): string | undefined {
  const container = containers.find((candidate) => candidate.id === id);
  if (!container) return `${name} disappeared since the plan was made`;
  if (container.name !== name) return `${name} is called ${container.name} now`;
  if (engine.id !== staleIf.engineId) return 'another engine answers at this address than when the plan was made';
  return container.configDigest !== staleIf.configDigest || container.inspect.Image !== staleIf.imageId
    ? `the configuration of ${name} changed since the plan was made`
    : undefined;
}

/** Everything of a change that is done to a host, in one text. */
function workOf({ edits, activity, order, keeps, carry, dependants }: Change): string {
  return JSON.stringify({ edits, activity, order, keeps, carry, dependants });
}
