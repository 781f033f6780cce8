import { EnforceError } from '../model/errors.ts';
import type { Edit, Operation } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { actionText } from './action-text.ts';
import { carryFiles } from './carry-files.ts';
import { comparison } from './comparison.ts';
import type { SpecSources } from './container-spec.ts';
import { differences, unmadeEdits } from './differences.ts';
import { passGate } from './health-gate.ts';
import type { Job, JobMember, Memory } from './job.ts';
import { memoryOf } from './job.ts';
import { requireLinks } from './lost-links.ts';
import { EDITABLE, markOf, settingsBefore } from './marks.ts';
import type { Action } from './next.ts';
import { noted } from './noted.ts';
import type { MemberSight, Sight } from './observe.ts';
import { restartText } from './observe.ts';
import { operationFor } from './operation-for.ts';
import { publishersAt } from './publishers-at.ts';
import { successorsIn } from './successors.ts';
import type { HostTools } from './tools.ts';

/** More refusals of one and the same action than this, and a person is needed. */
const MOST_REFUSALS = 3;

/** What an action is taken with. */
export interface ActionContext {
  readonly sight: Sight;
  readonly job: Job;
  readonly memory: Memory;
  readonly tools: HostTools;
}

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
      await verify(member, context);
      return;
    case 'carry':
      await carry(member, context);
      return;
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

function jobMember({ members }: Job, container: string): JobMember | undefined {
  return members.find(({ target }) => target.container === container);
}

async function run(operation: Operation, action: Action, member: MemberSight, context: ActionContext): Promise<void> {
  const { memory, tools } = context;
  const { container } = member.target;
  const text = actionText(action);
  const isLeader = memory.targets[0]?.container === container;
  if (isLeader && action.kind === 'stop') memory.stoppedAt ??= tools.clock.now();
  if (action.kind === 'start' && action.who === 'old') requireLinks(member, context.sight.members);
  const failure = await made(operation, text, container, tools);
  const known = memoryOf(container, memory);
  if (!failure && action.kind === 'start' && action.who === 'old') known.startedOld = true;
  if (failure) {
    if (failure.code !== 'engine-refused') throw failure;
    await refused(action, failure, member, context);
  }
  if (isLeader && action.kind === 'start' && action.who === 'old') memory.answeredAt = tools.clock.now();
  if (operation.kind === 'start' && action.kind === 'start' && action.who === 'candidate') known.started = operation.id;
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
  { target }: MemberSight,
  { memory, tools }: ActionContext,
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

async function verify(member: MemberSight, context: ActionContext): Promise<void> {
  const { candidateInspect, target } = member;
  const { job, memory, tools } = context;
  if (!candidateInspect) return;
  const { host, clock, probe, journal, emit } = tools;
  const { container } = target;
  emit({ kind: 'step', host, container, text: 'checking that the service answers' });
  const publishers = publishersAt(member, context.sight.members, job, memory);
  const [leader] = context.sight.members;
  const verdict = await passGate({
    engine: await tools.engine(),
    id: candidateInspect.Id,
    baseline: jobMember(job, container)?.baseline,
    publishers,
    gate: job.gate,
    clock,
    probe,
    onAnswer: (at) => {
      if (publishers.some(({ id }) => id === leader?.candidateInspect?.Id)) memory.answeredAt ??= at;
    },
  });
  if (!verdict.passed) {
    reject(candidateInspect, verdict.because, member, context);
    return;
  }
  memoryOf(container, memory).verified = candidateInspect.Id;
  memory.answers = [...memory.answers, ...verdict.answers];
  memory.because = verdict.because;
  const decided = { event: 'decided', decision: 'verified' } as const;
  journal.write({ ...decided, at: clock.timestamp(), host, container, because: verdict.because });
}

function reject(
  candidate: ContainerInspect,
  because: string,
  { target }: MemberSight,
  { memory, tools }: ActionContext,
): void {
  memoryOf(target.container, memory).rejected = candidate.Id;
  delete memory.answeredAt;
  turnBack(because, target.container, memory, tools);
}

function turnBack(because: string, container: string, memory: Memory, tools: HostTools): void {
  const { journal, clock, host, emit } = tools;
  const [leader] = memory.targets;
  memory.intent = 'roll-back';
  memory.because = leader?.container === container ? because : `${container}, which holds on to it: ${because}`;
  const decided = { event: 'decided', decision: 'roll-back' } as const;
  journal.write({ ...decided, at: clock.timestamp(), host, container, because: memory.because });
  emit({ kind: 'step', host, container, text: `rolling back: ${because}` });
}

function countRepeats(action: Action, { target: { container } }: MemberSight, memory: Memory): void {
  const text = actionText(action);
  const { repeated } = memory;
  const isSame = repeated.container === container && repeated.action === text;
  memory.repeated = { container, action: text, times: isSame ? repeated.times + 1 : 1 };
}
