import type { Activity } from './plan.ts';
import type { ContainerInspect } from './snapshot.ts';

/** What a container does, as its inspect has it. */
export function activityOf({ State }: Pick<ContainerInspect, 'State'>): Activity {
  if (State.Paused === true) return 'paused';
  return State.Running ? 'running' : 'stopped';
}
