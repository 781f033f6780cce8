import { LABELS } from '../model/names.ts';
import type { ContainerInspect } from '../model/snapshot.ts';

/** A container that does worse since it was changed. */
export interface Suspect {
  readonly container: string;
  readonly run: string;
  readonly because: string;
  /** The command that takes the change back. */
  readonly rollback: string;
}

/** How long a change is on probation: what a gate of minutes overlooks shows by then. */
const PROBATION_MILLISECONDS = 24 * 3600 * 1000;

/**
 * The containers among these that were changed within a day, and since then were restarted by their engine, were killed
 * for want of memory, or are unhealthy and were not before.
 */
export function suspectsIn(containers: readonly ContainerInspect[], host: string, now: string): readonly Suspect[] {
  return containers.flatMap((inspect) => {
    const name = inspect.Name.replace(/^\//, '');
    const run = labelOf(inspect, LABELS.run);
    const leader = labelOf(inspect, LABELS.leader) ?? name;
    if (run === undefined || labelOf(inspect, LABELS.target) !== name || !isRecent(inspect, now)) return [];
    // Both become words of a command that a person is to copy.
    if (!RUN.test(run) || !NAME.test(leader) || !NAME.test(name)) return [];
    const because = whyWorse(inspect, oldOf(inspect, containers));
    const rollback = `enforce rollback ${run} --limit '${host.replaceAll("'", '')}' --container '${leader}'`;
    return because === undefined ? [] : [{ container: name, run, because, rollback }];
  });
}

/** Whether a container may be the new or the kept one of a change; told by names and labels alone. */
export function isOfChange(labels: Readonly<Record<string, string>>, names: readonly string[]): boolean {
  return names.includes(labels[LABELS.target] ?? '') || names.some((name) => name.includes('.enforce-bak-'));
}

const RUN = /^[0-9a-z]{4,32}$/;
const NAME = /^[a-zA-Z0-9][\w.-]*$/;

function whyWorse(
  { RestartCount = 0, State }: ContainerInspect,
  old: ContainerInspect | undefined,
): string | undefined {
  const reasons = [
    ...(State.OOMKilled === true ? ['it was killed for want of memory'] : []),
    ...(RestartCount > 0 ? [`its engine restarted it ${RestartCount} ${RestartCount === 1 ? 'time' : 'times'}`] : []),
    ...(State.Health?.Status === 'unhealthy' && old?.State.Health?.Status !== 'unhealthy' ? ['it is unhealthy'] : []),
  ];
  return reasons.length === 0 ? undefined : reasons.join(', ');
}

function isRecent({ Created = '' }: ContainerInspect, now: string): boolean {
  return Date.parse(now) - Date.parse(Created) < PROBATION_MILLISECONDS;
}

function oldOf(inspect: ContainerInspect, containers: readonly ContainerInspect[]): ContainerInspect | undefined {
  const id = labelOf(inspect, LABELS.replaces);
  return containers.find(({ Id }) => Id === id);
}

/** An empty label says nothing. */
function labelOf({ Config }: ContainerInspect, label: string): string | undefined {
  const labels = Config.Labels ?? {};
  const value = Object.hasOwn(labels, label) ? labels[label] : undefined;
  return value === '' ? undefined : value;
}
