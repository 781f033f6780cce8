import type { EnforceError } from '../model/errors.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { withoutSecrets } from '../model/without-secrets.ts';
import type { ActionContext } from './job.ts';
import { jobMember, memoryOf } from './job.ts';
import type { MemberSight } from './observe.ts';
import { whyEndsWorse } from './restart-trial.ts';
import type { Suspicion } from './suspicion.ts';
import { NOTHING_SUSPECTED, suspicionOf, withRefusals } from './suspicion.ts';
import { refusalsIn } from './refusals-in.ts';
import { reject } from './turn-back.ts';
import { powerOf } from './verify-candidate.ts';

/**
 * Stops a candidate that was found well, to see how it ends; what follows brings it up and verifies it again. What was
 * known of it is forgotten before the call, as nobody can tell after a lost answer whether it runs; and the trial counts
 * as made only when the answer came.
 */
export async function tryStop(
  member: MemberSight,
  context: ActionContext,
  stop: () => Promise<EnforceError | undefined>,
): Promise<EnforceError | undefined> {
  const { candidateInspect, oldInspect, target, candidate } = member;
  const { job, memory, tools } = context;
  if (!candidateInspect) return undefined;
  const known = memoryOf(target.container, memory);
  const begun = tools.clock.now();
  delete known.started;
  const failure = await stop();
  const milliseconds = tools.clock.now() - begun;
  if (failure?.code !== 'engine-refused') delete known.verified;
  if (failure && failure.code !== 'engine-refused') return failure;
  const ended = (await (await tools.engine()).inspect(candidateInspect.Id))?.State;
  // A refused stop is asked for again at once, as long as there is something to stop.
  if (ended?.Running !== true) delete known.verified;
  if (failure) return failure;
  beginDowntime(begun, member, context);
  known.tried = candidateInspect.Id;
  // A paused one is stopped in another way than one that runs.
  const before = candidate?.before.activity === 'running' ? job.stops.get(oldInspect?.Id ?? '') : undefined;
  const worse = whyEndsWorse(before, { milliseconds, exitCode: ended?.ExitCode });
  known.ended = { milliseconds, exitCode: ended?.ExitCode };
  if (worse !== undefined) {
    const { because, suspicion } = await whatItLacks(worse, candidateInspect, member, context);
    reject(candidateInspect, because, member, context, { suspicion });
  }
  return undefined;
}

/** The service is away again until the new container answers once more. */
function beginDowntime(at: number, { target, candidate }: MemberSight, { memory }: ActionContext): void {
  if (memory.targets[0]?.container !== target.container || candidate?.name !== 'target') return;
  if (memory.stoppedAt === undefined || memory.answeredAt === undefined) return;
  memory.earlierDowntime += memory.answeredAt - memory.stoppedAt;
  memory.stoppedAt = at;
  delete memory.answeredAt;
}

/** One that ends otherwise than it did was hardly allowed to tell its children to. */
async function whatItLacks(
  worse: string,
  candidate: ContainerInspect,
  member: MemberSight,
  { job, memory }: ActionContext,
): Promise<{ readonly because: string; readonly suspicion: Suspicion }> {
  const { taken, powered } = powerOf(member, jobMember(job, member.target.container));
  const refusals = await refusalsIn(candidate, memory);
  const seen = suspicionOf({ taken, powered, refusals, lines: [] });
  const because = withoutSecrets(withRefusals(worse, { taken, powered, refusals }), candidate);
  if (seen.capabilities.length > 0) return { because, suspicion: seen };
  const suspicion = taken.includes('KILL') ? ({ from: 'log', capabilities: ['KILL'] } as const) : NOTHING_SUSPECTED;
  return { because, suspicion };
}
