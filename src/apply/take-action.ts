import { asEnforceError, EnforceError } from '../model/errors.ts';
import type { Operation } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { actionText } from './action-text.ts';
import { differences, unmadeEdits } from './differences.ts';
import { passGate } from './health-gate.ts';
import type { Job, Memory } from './job.ts';
import type { Action } from './next.ts';
import type { Sight } from './observe.ts';
import { restartText } from './observe.ts';
import { operationFor } from './operation-for.ts';
import type { HostTools } from './tools.ts';

/** More refusals of one and the same action than this, and a person is needed. */
const MOST_REFUSALS = 3;

/** Takes one action: a call to the engine, noted in the journal first, or a look at the candidate. */
export async function takeAction(
  action: Exclude<Action, { readonly kind: 'done' }>,
  sight: Sight,
  job: Job,
  memory: Memory,
  tools: HostTools,
): Promise<void> {
  countRepeats(action, memory);
  if (action.kind === 'examine') {
    examine(sight, memory, job, tools);
    return;
  }
  if (action.kind === 'verify') {
    await verify(sight, job, memory, tools);
    return;
  }
  const sources = action.kind === 'create' && sight.oldInspect ? await job.sourcesFor?.(sight.oldInspect) : undefined;
  const operation = operationFor(action, sight, job.target, tools.facts, sources);
  await run(operation, action, job, memory, tools);
}

async function run(operation: Operation, action: Action, job: Job, memory: Memory, tools: HostTools): Promise<void> {
  const { journal, clock, host, emit } = tools;
  const about = { host, container: job.target.container, operation: operation.kind };
  const text = actionText(action);
  journal.write({
    event: 'operation',
    at: clock.timestamp(),
    ...about,
    subject: operation.kind === 'create' ? operation.name : operation.id,
    detail: text,
  });
  emit({ kind: 'step', host, container: job.target.container, text });
  if (action.kind === 'stop') memory.stoppedAt ??= clock.now();
  try {
    await (await tools.engine()).run(operation);
    memory.startedOld ||= action.kind === 'start' && action.who === 'old';
    journal.write({ event: 'answered', at: clock.timestamp(), ...about, ok: true });
  } catch (error) {
    const failure = asEnforceError(error, 'engine');
    journal.write({ event: 'answered', at: clock.timestamp(), ...about, ok: false, because: failure.message });
    if (failure.code !== 'engine-refused') throw failure;
    await refused(action, failure, job, memory, tools);
  }
  if (action.kind === 'start' && action.who === 'old') {
    memory.answeredAt = clock.now();
  }
  if (operation.kind === 'start' && action.kind === 'start' && action.who === 'candidate')
    memory.started = operation.id;
}

/** The engine said no. To create, connect or start that is a verdict on the candidate; anything else is tried again first. */
async function refused(
  action: Action,
  { message }: EnforceError,
  { target }: Job,
  memory: Memory,
  tools: HostTools,
): Promise<void> {
  const isVerdict =
    action.kind === 'create' || action.kind === 'connect' || (action.kind === 'start' && action.who === 'candidate');
  if (!isVerdict && memory.repeated.times < MOST_REFUSALS) {
    await tools.clock.delay(500);
    return;
  }
  if (memory.intent === 'roll-back')
    throw new EnforceError('refused', `${actionText(action)} is refused again and again: ${message}`);
  turnBack(message, target.container, memory, tools);
}

function examine({ oldInspect, candidateInspect, candidate }: Sight, memory: Memory, job: Job, tools: HostTools): void {
  if (!oldInspect || !candidateInspect) return;
  const unplanned = differences(oldInspect, candidateInspect, tools.facts);
  const restartDiffers =
    candidate?.originalRestart !== restartText(candidateInspect) ? ['HostConfig.RestartPolicy'] : [];
  const unmade = unmadeEdits(candidateInspect, job.edits ?? []);
  if (unmade.length > 0) {
    const because = `the engine did not take what was planned for ${unmade.join(', ')}`;
    reject(candidateInspect, because, job, memory, tools);
  } else if (unplanned.length + restartDiffers.length > 0) {
    const because = `the new container would differ in more than planned: ${[...unplanned, ...restartDiffers].join(', ')}`;
    reject(candidateInspect, because, job, memory, tools);
  } else {
    memory.examined = candidateInspect.Id;
  }
}

async function verify(
  { candidateInspect }: Sight,
  { baseline, gate, target }: Job,
  memory: Memory,
  tools: HostTools,
): Promise<void> {
  if (!candidateInspect) return;
  const { host, clock, probe, journal, emit } = tools;
  emit({ kind: 'step', host, container: target.container, text: 'checking that the service answers' });
  const engine = await tools.engine();
  const verdict = await passGate({
    engine,
    id: candidateInspect.Id,
    baseline,
    gate,
    clock,
    probe,
    onAnswer: (at) => {
      memory.answeredAt ??= at;
    },
  });
  if (!verdict.passed) {
    reject(candidateInspect, verdict.because, { target }, memory, tools);
    return;
  }
  memory.verified = candidateInspect.Id;
  memory.answers = verdict.answers;
  memory.because = verdict.because;
  journal.write({
    event: 'decided',
    at: clock.timestamp(),
    host,
    container: target.container,
    decision: 'verified',
    because: verdict.because,
  });
}

function reject(
  candidate: ContainerInspect,
  because: string,
  { target }: Pick<Job, 'target'>,
  memory: Memory,
  tools: HostTools,
): void {
  memory.rejected = candidate.Id;
  delete memory.answeredAt;
  turnBack(because, target.container, memory, tools);
}

function turnBack(because: string, container: string, memory: Memory, tools: HostTools): void {
  const { journal, clock, host, emit } = tools;
  memory.intent = 'roll-back';
  memory.because = because;
  journal.write({ event: 'decided', at: clock.timestamp(), host, container, decision: 'roll-back', because });
  emit({ kind: 'step', host, container, text: `rolling back: ${because}` });
}

function countRepeats(action: Action, memory: Memory): void {
  const name = actionText(action);
  memory.repeated = { action: name, times: memory.repeated.action === name ? memory.repeated.times + 1 : 1 };
}
