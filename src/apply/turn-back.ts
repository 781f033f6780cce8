import type { ContainerInspect } from '../model/snapshot.ts';
import type { ActionContext, Failure } from './job.ts';
import { memoryOf } from './job.ts';
import type { MemberSight } from './observe.ts';

/** From here on the change goes back to the old container: decided, written down, and told. */
export function turnBack(because: string, container: string, { memory, tools }: ActionContext): void {
  const { journal, clock, host, emit } = tools;
  const [leader] = memory.targets;
  memory.intent = 'roll-back';
  memory.because = leader?.container === container ? because : `${container}, which holds on to it: ${because}`;
  const decided = { event: 'decided', decision: 'roll-back' } as const;
  journal.write({ ...decided, at: clock.timestamp(), host, container, because: memory.because });
  emit({ kind: 'step', host, container, text: `rolling back: ${because}` });
}

/** Turns back because of what the new container is, or does. */
export function reject(
  candidate: ContainerInspect,
  because: string,
  { target }: MemberSight,
  context: ActionContext,
  found?: Omit<Failure, 'container'>,
): void {
  const { memory } = context;
  memoryOf(target.container, memory).rejected = candidate.Id;
  if (found) {
    const { suspicion, absent } = found;
    memory.failure = { container: target.container, suspicion, ...(absent ? { absent } : {}) };
  }
  delete memory.answeredAt;
  turnBack(because, target.container, context);
}
