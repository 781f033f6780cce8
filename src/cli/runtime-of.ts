import type { HostTools } from '../apply/tools.ts';
import { boundedReader } from '../scan/bounded-reader.ts';
import { lookAtPaths } from '../scan/look-at-paths.ts';
import { hostPathsOf } from '../scan/read-details.ts';
import { readProcesses, readRuntime } from '../scan/read-runtime.ts';
import type { HostSession } from './host-session.ts';
import type { World } from './world.ts';

/** What runs in the containers of a host, as apply looks at it before and after a change. */
export function runtimeOf(
  session: Pick<HostSession, 'connection' | 'engine'>,
  { clock }: Pick<World, 'clock'>,
): Pick<HostTools, 'runtime' | 'processes'> {
  const sourceFor = async () => {
    const [{ channels, runScript }, engine] = await Promise.all([session.connection(), session.engine()]);
    const reader = boundedReader(engine, clock.now);
    return { channels, runScript, engine: reader, facts: await reader.facts(), now: clock.now };
  };
  return {
    async runtime(ids) {
      const source = await sourceFor();
      const inspects = (await Promise.all(ids.map((id) => source.engine.inspect(id)))).flatMap((one) => one ?? []);
      const seen = await lookAtPaths(source, source.facts, inspects.flatMap(hostPathsOf));
      const containers = inspects.map((inspect) => ({ id: inspect.Id, name: inspect.Name, inspect, configDigest: '' }));
      return await readRuntime({ ...source, seen }, containers);
    },
    processes: async (ids) => await readProcesses(await sourceFor(), ids),
  };
}
