import type { Change } from '../../src/model/plan.ts';
import type { Conduct } from './memory-engine/program.ts';
import type { MemoryHost, Process } from './memory-host.ts';
import { memoryHost } from './memory-host.ts';

/** A service that ends for want of a capability, and says so. */
export const EXITS: Conduct = {
  does: 'exit',
  exitCode: 1,
  afterLooks: 0,
  log: [{ stream: 'stderr', text: 'web: socket: Operation not permitted' }],
};
/** One that says nothing. */
export const WORDLESS: Conduct = { ...EXITS, log: [] };
/** What the change may be widened by. */
export const WIDENING = { refused: ['CHOWN', 'KILL', 'NET_RAW'], safe: ['CHOWN', 'KILL'], decisive: ['NET_RAW'] };

/** A change that takes NET_RAW from a service that lives with it, and does as is said without it. */
export async function losingNetRaw(
  afterwards: Conduct,
  different: Partial<Change> = {},
): Promise<{ readonly host: MemoryHost; readonly enforce: Process }> {
  const host = await memoryHost({ networks: ['front'], afterwards });
  const enforce = await host.enter();
  const edits = [...host.change.edits, { path: 'HostConfig.CapAdd', before: null, after: [] }];
  return { host: { ...host, change: { ...host.change, edits, widening: WIDENING, ...different } }, enforce };
}
