import type { Change } from '../model/plan.ts';

/** The changes of each host, in their order. */
export function changesByHost(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const byHost = new Map<string, Change[]>();
  for (const change of changes) byHost.set(change.host, [...(byHost.get(change.host) ?? []), change]);
  return byHost;
}
