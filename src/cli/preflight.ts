import type { Preflight } from '../apply/apply-change.ts';
import type { Catalogue } from '../model/catalogue.ts';
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
    const narrowed = { ...assessment, containers: [change.container] };
    const assessed = await readHost(session, narrowed, world.now());
    const container = assessed.snapshot.containers.find(({ id }) => id === change.id);
    if (!container) return { ready: false, because: 'stale: it disappeared since the plan was made' };
    if (container.name !== change.container)
      return { ready: false, because: `stale: it is called ${container.name} now` };
    const { staleIf } = change;
    if (assessed.snapshot.engine.id !== staleIf.engineId)
      return { ready: false, because: 'stale: another engine answers at this address than when the plan was made' };
    if (container.configDigest !== staleIf.configDigest || container.inspect.Image !== staleIf.imageId)
      return { ready: false, because: 'stale: its configuration changed since the plan was made' };

    const read = await withDetails(assessed, session);
    const plan = buildPlan([{ host: change.host, address: '', read }], {
      assessment: narrowed,
      exceptions,
      catalogue,
      createdAt: world.now().toISOString(),
      carry: change.carry,
    });
    const now = plan.hosts.flatMap((host) => (host.reachable ? host.changes : [])).find(({ id }) => id === change.id);
    if (!now || now.action === 'excepted')
      return { ready: false, because: 'nothing is left to do: it has no finding any more' };
    if (now.action === 'blocked')
      return { ready: false, because: `blocked since the plan was made: ${now.blocked?.because ?? ''}` };
    if (JSON.stringify(now.edits) !== JSON.stringify(change.edits))
      return { ready: false, because: 'stale: what would be done now differs from the plan' };
    return { ready: true };
  };
}
