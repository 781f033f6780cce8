import type { Activity } from '../model/plan.ts';
import type { Container } from '../model/snapshot.ts';

/** What a container does, as it was read. */
export function activityOf({ inspect: { State } }: Container): Activity {
  if (State.Paused === true) return 'paused';
  return State.Running ? 'running' : 'stopped';
}
