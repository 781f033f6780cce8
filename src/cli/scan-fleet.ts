import type { HostResult } from '../model/inventory.ts';
import type { AssessedHost } from '../plan/build-plan.ts';
import type { HostWork } from '../transport/fleet.ts';
import { overHosts } from '../transport/fleet.ts';
import type { HostSession } from './host-session.ts';
import { hostSession } from './host-session.ts';
import type { Inputs } from './inputs.ts';
import { connectionSettings } from './inputs.ts';
import { logFor } from './log.ts';
import type { CommonOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { readHost, withDetails } from './read-host.ts';
import type { World } from './world.ts';

/** Reads every host of a command as a plan needs it, so many at once, and closes each as soon as it is read. */
export async function scanFleet(
  inputs: Inputs,
  options: CommonOptions,
  progress: Progress,
  world: World,
): Promise<readonly HostResult<AssessedHost>[]> {
  const results: HostResult<AssessedHost>[] = [];
  await readFleet(inputs, options, progress, world, {
    read: async (session) => {
      const assessed = await readHost(session, inputs.assessment, world);
      const value = await withDetails(assessed, session, world);
      return { value, containers: value.snapshot.containers.length };
    },
    take: (result) => void results.push(result),
  });
  return results;
}

/** What is read of each host, and who takes it. */
export interface FleetReading<Value> {
  readonly read: (session: HostSession) => Promise<{ readonly value: Value; readonly containers: number }>;
  readonly take: HostWork<Value>['take'];
}

/** Reads every host and keeps nothing of it: what comes of each is handed on in the order of the hosts. */
export async function readFleet<Value>(
  inputs: Inputs,
  options: CommonOptions,
  progress: Progress,
  world: World,
  { read, take }: FleetReading<Value>,
): Promise<void> {
  const settings = connectionSettings(options, world);
  const log = await logFor(options, world.stderr);
  const work: HostWork<Value> = {
    async work(host) {
      const session = hostSession(host, settings, world.clock);
      progress.report({ event: 'host-started', host: host.name });
      const begun = world.clock.now();
      let text = 'not read';
      try {
        const { value, containers } = await read(session);
        const { way } = await session.connection();
        const milliseconds = Math.round(world.clock.now() - begun);
        log.info('read', { host: host.name, way, milliseconds, containers });
        text = `${containers} containers`;
        return value;
      } finally {
        // It says goodbye at once; that the host has heard it need not be waited for.
        void session.close();
        progress.report({ event: 'host-done', host: host.name, text });
      }
    },
    async take(result) {
      if (!result.ok) log.info('not read', { host: result.host.name, error: result.error });
      await take(result);
    },
  };
  try {
    await overHosts(inputs.hosts, options.concurrency, work, world.interrupted);
  } finally {
    await log.close();
  }
}
