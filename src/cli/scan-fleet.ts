import type { HostResult } from '../model/inventory.ts';
import type { AssessedHost } from '../plan/build-plan.ts';
import { onEachHost } from '../transport/fleet.ts';
import { hostSession } from './host-session.ts';
import type { Inputs } from './inputs.ts';
import { connectionSettings } from './inputs.ts';
import type { CommonOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { logFor } from './log.ts';
import { readHost, withDetails } from './read-host.ts';
import type { World } from './world.ts';

/** How much of each host is read: the rules need little, a plan needs more of the containers it is about. */
export type Depth = 'rules' | 'plan';

/** Reads every host of a command, so many at once, and closes each as soon as it is read. */
export async function scanFleet(
  inputs: Inputs,
  depth: Depth,
  options: CommonOptions,
  progress: Progress,
  world: World,
): Promise<readonly HostResult<AssessedHost>[]> {
  const settings = connectionSettings(options, world);
  const log = await logFor(options, world.stderr);
  const results = await onEachHost(
    inputs.hosts,
    options.concurrency,
    async (host) => {
      const session = hostSession(host, settings, world.clock);
      progress.report({ event: 'host-started', host: host.name });
      const begun = world.clock.now();
      let text = 'not read';
      try {
        const assessed = await readHost(session, inputs.assessment, world);
        const { way } = await session.connection();
        log.info('read', {
          host: host.name,
          way,
          milliseconds: Math.round(world.clock.now() - begun),
          containers: assessed.snapshot.containers.length,
        });
        text = `${assessed.snapshot.containers.length} containers`;
        return depth === 'plan' ? await withDetails(assessed, session, world) : assessed;
      } finally {
        await session.close();
        progress.report({ event: 'host-done', host: host.name, text });
      }
    },
    world.interrupted,
  );
  for (const result of results) if (!result.ok) log.info('not read', { host: result.host.name, error: result.error });
  await log.close();
  return results;
}
