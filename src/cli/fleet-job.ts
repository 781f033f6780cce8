import type { Journal } from '../model/journal.ts';
import type { Plan } from '../model/plan.ts';
import type { ApplyOptions } from './commands/apply.ts';
import type { Inputs } from './inputs.ts';
import type { UnfinishedRun } from './unfinished-run.ts';
import type { World } from './world.ts';

/** One run over a fleet. */
export interface FleetJob {
  readonly plan: Plan;
  readonly planDigest: string;
  /** When it was made, where it comes from a file. */
  readonly savedAt?: string | undefined;
  readonly inputs: Inputs;
  readonly options: ApplyOptions;
  readonly run: Journal;
  readonly world: World;
  /** How far an earlier run came that this one goes on with, and what failed in it. */
  readonly earlier: Pick<UnfinishedRun, 'soFar' | 'failed'> | undefined;
}
