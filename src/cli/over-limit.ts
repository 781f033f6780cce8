import type { Plan } from '../model/plan.ts';
import type { Rollout } from '../model/playbook.ts';

/** Why a plan changes too much, with the number, the limit and where it was set; undefined when it does not. */
export function overLimit(
  { hosts }: Plan,
  { maxChanges }: Rollout,
  onCommandLine: Rollout['maxChanges'],
): string | undefined {
  const read = hosts.flatMap((host) => (host.reachable ? [host] : []));
  const changes = read.flatMap((host) => host.changes.filter(({ action }) => action === 'recreate')).length;
  const limit = onCommandLine ?? maxChanges;
  if (limit === undefined) return undefined;
  const all = read.reduce((sum, { containers }) => sum + containers, 0);
  const most = typeof limit === 'number' ? limit : Math.floor((all * Number(limit.slice(0, -1))) / 100);
  if (changes <= most) return undefined;
  const where = onCommandLine === undefined ? 'rollout.max_changes in the playbook' : '--max-changes';
  return `the plan changes ${changes} of ${all} containers, more than the ${most} that ${where} (${limit}) allows; nothing was changed`;
}
