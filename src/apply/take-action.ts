import { EnforceError } from '../model/errors.ts';
import type { Edit, Operation } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { actionText } from './action-text.ts';
import { carryFiles } from './carry-files.ts';
import { comparison } from './comparison.ts';
import type { SpecSources } from './container-spec.ts';
import { differences, unmadeEdits } from './differences.ts';
import type { ActionContext, Memory } from './job.ts';
import { jobMember, memoryOf } from './job.ts';
import { requireLinks } from './lost-links.ts';
import { EDITABLE, markOf, settingsBefore } from './marks.ts';
import type { Action } from './next.ts';
import { noted } from './noted.ts';
import type { MemberSight, Sight } from './observe.ts';
import { restartText } from './observe.ts';
import { newPermissionErrors } from './permission-errors.ts';
import { armWatch, refusalsIn, watchAgain, watchedStart } from './refusals-in.ts';
import { operationFor } from './operation-for.ts';
import { suspicionOf, withRefusals } from './suspicion.ts';
import { successorsIn } from './successors.ts';
import type { HostTools } from './tools.ts';
import { tryStop } from './try-stop.ts';
import { reject, turnBack } from './turn-back.ts';
import { powerOf, verifyCandidate } from './verify-candidate.ts';

/** More refusals of one and the same action than this, and a person is needed. */
const MOST_REFUSALS = 3;

/** Takes one action: a call to the engine, noted in the journal first, or a look at the candidate. */
export async function takeAction(
  action: Exclude<Action, { readonly kind: 'done' }>,
  member: MemberSight,
  context: ActionContext,
): Promise<void> {
  countRepeats(action, member, context.memory);
  switch (action.kind) {
    case 'examine':
      examine(member, context);
      return;
    case 'verify':
      await verifyCandidate(member, context);
      return;
    case 'carry':
      await carry(member, context);
      return;
    case 'try-stop': {
      const { container } = member.target;
      const operation = operationFor(action, member, context.tools.facts, undefined);
      const why = jobMember(context.job, container)?.trial ?? '';
      await watchAgain(member, context);
      const stop = () => made(operation, `${actionText(action)}: ${why}`, container, context.tools);
      const failure = await tryStop(member, context, stop);
      if (failure) await refusedOrThrow(action, failure, member, context);
      return;
    }
    default: {
      const sources = action.kind === 'create' ? await sourcesOf(member, context) : undefined;
      await run(operationFor(action, member, context.tools.facts, sources), action, member, context);
    }
  }
}

async function sourcesOf(member: MemberSight, { sight, job }: ActionContext): Promise<SpecSources | undefined> {
  const { oldInspect, target } = member;
  const sources = oldInspect && (await jobMember(job, target.container)?.sourcesFor?.(oldInspect));
  return sources && { ...sources, successors: successorsIn(sight.members) };
}

async function run(operation: Operation, action: Action, member: MemberSight, context: ActionContext): Promise<void> {
  const { memory, tools } = context;
  const { container } = member.target;
  const text = actionText(action);
  if (action.kind === 'start' && action.who === 'old') requireLinks(member, context.sight.members);
  const isCandidate = action.kind === 'start' && action.who === 'candidate';
  if (isCandidate || (action.kind === 'stop' && action.who === 'old')) await armWatch(member, context);
  const isLeader = memory.targets[0]?.container === container;
  if (isLeader && action.kind === 'stop') memory.stoppedAt ??= tools.clock.now();
  const begun = tools.clock.now();
  const call = () => made(operation, text, container, tools);
  const failure = await (isCandidate ? watchedStart(member, context, call) : call());
  const known = memoryOf(container, memory);
  if (!failure && action.kind === 'start' && action.who === 'old') known.startedOld = true;
  if (!failure && operation.kind === 'stop' && action.kind === 'stop' && action.who === 'old')
    await noteStop(operation.id, tools.clock.now() - begun, context);
  if (failure) await refusedOrThrow(action, failure, member, context);
  if (isLeader && action.kind === 'start' && action.who === 'old') memory.answeredAt = tools.clock.now();
  if (operation.kind === 'start' && action.kind === 'start' && action.who === 'candidate') known.started = operation.id;
}

/** How it ends when it was let run for a while: a later try may stop it while it still comes up. */
async function noteStop(id: string, milliseconds: number, { job, tools }: ActionContext): Promise<void> {
  if (job.stops.has(id)) return;
  const ended = await (await tools.engine()).inspect(id);
  job.stops.set(id, { milliseconds, exitCode: ended?.State.ExitCode });
}

async function refusedOrThrow(
  action: Action,
  failure: EnforceError,
  member: MemberSight,
  context: ActionContext,
): Promise<void> {
  if (failure.code !== 'engine-refused') throw failure;
  await refused(action, failure, member, context);
}

/** Makes a call of the change, in the journal and before the eyes of whoever watches; gives back how it failed. */
function made(
  operation: Operation,
  text: string,
  container: string,
  tools: HostTools,
): Promise<EnforceError | undefined> {
  const { engine, host, emit } = tools;
  const note = { container, operation: operation.kind, subject: subjectOf(operation), detail: text };
  return noted(
    note,
    async () => {
      emit({ kind: 'step', host, container, text });
      await (await engine()).run(operation);
    },
    tools,
  );
}

function subjectOf(operation: Operation): string {
  if (operation.kind === 'create') return operation.name;
  return operation.kind === 'remove-image' ? operation.reference : operation.id;
}

/** The engine said no. To create, connect or start that is a verdict on the candidate; anything else is tried again first. */
async function refused(
  action: Action,
  { message }: EnforceError,
  member: MemberSight,
  context: ActionContext,
): Promise<void> {
  const { memory, tools } = context;
  const { target } = member;
  const isVerdict =
    action.kind === 'create' || action.kind === 'connect' || (action.kind === 'start' && action.who === 'candidate');
  if (!isVerdict && memory.repeated.times < MOST_REFUSALS) {
    await tools.clock.delay(500);
    return;
  }
  if (memory.intent === 'roll-back')
    throw new EnforceError('refused', `${actionText(action)} is refused again and again: ${message}`);
  // Whoever lacks a power is told so; a port that is taken is no matter of capabilities.
  if (action.kind === 'start' && newPermissionErrors(message, '').length > 0) {
    const power = powerOf(member, jobMember(context.job, target.container));
    const { candidateInspect } = member;
    const refusals = candidateInspect && (await refusalsIn(candidateInspect, memory));
    const suspicion = suspicionOf({ ...power, refusals, lines: [message] });
    memory.failure = { container: target.container, suspicion };
    turnBack(withRefusals(message, { ...power, refusals }), target.container, context);
    return;
  }
  turnBack(message, target.container, context);
}

function examine(member: MemberSight, context: ActionContext): void {
  const { oldInspect, candidateInspect, candidate, target } = member;
  const { sight, job, memory, tools } = context;
  if (!oldInspect || !candidateInspect || !candidate) return;
  const edits = jobMember(job, target.container)?.edits;
  const unplanned = [
    ...differences(oldInspect, candidateInspect, tools.facts, {
      edited: [...editedIn(candidateInspect, edits), ...(hasLeaderMoved(sight) ? ['HostConfig.Links'] : [])],
      successors: successorsIn(sight.members),
      hasOwnImage: markOf(candidateInspect, 'carry') === 'commit',
    }),
    ...(candidate.before.restart === restartText(candidateInspect) ? [] : ['HostConfig.RestartPolicy']),
  ];
  const unmade = unmadeEdits(candidateInspect, edits ?? []);
  if (unmade.length > 0)
    reject(candidateInspect, `the engine did not take what was planned for ${unmade.join(', ')}`, member, context);
  else if (unplanned.length > 0)
    reject(
      candidateInspect,
      `the new container would differ in more than planned: ${unplanned.join(', ')}`,
      member,
      context,
    );
  else memoryOf(target.container, memory).examined = comparison(oldInspect, candidateInspect.Id);
}

/** Links are made anew at each start of the engine, and by names: what the old one has by then says nothing. */
function hasLeaderMoved({ members: [leader] }: Sight): boolean {
  return leader?.old?.name !== 'target';
}

/** What the plan changes; who finishes another's work goes by the candidate's own labels, which may tell nothing. */
function editedIn(candidate: ContainerInspect, edits: readonly Edit[] | undefined): readonly string[] {
  if (edits) return edits.map(({ path }) => path);
  const remembered = settingsBefore(candidate).map(([path]) => path);
  return remembered.length === 0 ? EDITABLE : remembered;
}

/** Files are carried as often as it takes: what was begun by a process that died is simply done again. */
async function carry(member: MemberSight, context: ActionContext): Promise<void> {
  const { oldInspect, candidateInspect, target } = member;
  const { memory, tools } = context;
  if (!oldInspect || !candidateInspect) return;
  tools.emit({ kind: 'step', host: tools.host, container: target.container, text: 'carry the changed files over' });
  const carried = await carryFiles(oldInspect, candidateInspect, tools, (operation) =>
    made(operation, 'carry files over', target.container, tools),
  );
  if (carried.ok) memoryOf(target.container, memory).carried = candidateInspect.Id;
  else reject(candidateInspect, carried.because, member, context);
}

function countRepeats(action: Action, { target: { container } }: MemberSight, memory: Memory): void {
  const text = actionText(action);
  const { repeated } = memory;
  const isSame = repeated.container === container && repeated.action === text;
  memory.repeated = { container, action: text, times: isSame ? repeated.times + 1 : 1 };
}
