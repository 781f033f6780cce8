import { closerLook } from './closer-look.ts';
import type { Verdict } from './health-gate.ts';
import { passGate } from './health-gate.ts';
import type { ActionContext, JobMember } from './job.ts';
import { jobMember, memoryOf } from './job.ts';
import type { MemberSight } from './observe.ts';
import { publishersAt } from './publishers-at.ts';
import { refusalsIn, watchAgain } from './refusals-in.ts';
import { soak } from './soak.ts';
import { takenCapabilities } from './taken-capabilities.ts';
import { reject } from './turn-back.ts';

/** Lets a started candidate pass the gate, or turns the change back. */
export async function verifyCandidate(member: MemberSight, context: ActionContext): Promise<void> {
  const { candidateInspect, target } = member;
  const { memory, tools } = context;
  if (!candidateInspect) return;
  const { host, clock, journal, emit } = tools;
  const { container } = target;
  emit({ kind: 'step', host, container, text: 'checking that the service answers' });
  const verdict = await lookAt(member, context);
  if (!verdict?.passed) {
    if (verdict) reject(candidateInspect, verdict.because, member, context, verdict);
    return;
  }
  const soaked = isLast(member, context) ? await soakAll(container, context) : [];
  if (soaked === 'rejected') return;
  const { answers, because, unseen, bears } = verdict;
  const told = [...bears.map((what) => `it does without: ${what}`), ...unseen.map((what) => `not looked at: ${what}`)];
  const known = memoryOf(container, memory);
  known.verified = candidateInspect.Id;
  known.looks = [...verdict.looks, ...(known.tried === candidateInspect.Id ? ['G8'] : []), ...soaked];
  // One that is dealt out by the engine is another after each start.
  memory.answers.set(container, answers);
  memory.because = because;
  memory.notes = [...new Set([...memory.notes, ...told])];
  const text = [because, ...told].join('; ');
  const decided = { event: 'decided', decision: 'verified' } as const;
  journal.write({ ...decided, at: clock.timestamp(), host, container, because: text });
}

async function lookAt(member: MemberSight, { sight, job, memory, tools }: ActionContext): Promise<Verdict | undefined> {
  const { candidateInspect, target } = member;
  if (!candidateInspect) return undefined;
  const publishers = publishersAt(member, sight.members, job, memory);
  const [leader] = sight.members;
  const planned = jobMember(job, target.container);
  const baseline = planned?.baseline;
  return await passGate({
    engine: await tools.engine(),
    id: candidateInspect.Id,
    baseline,
    publishers,
    gate: job.gate,
    clock: tools.clock,
    probe: tools.probe,
    closer: closerLook({
      tools,
      baseline,
      openers: publishers.map(({ id }) => id),
      // Who opens a port of a network may be started after the one whose network it is.
      openPorts: [...new Set(publishers.flatMap((publisher) => publisher.baseline?.openPorts ?? []))],
    }),
    refusals: () => refusalsIn(candidateInspect, memory),
    power: powerOf(member, planned),
    decisive: planned?.decisive ?? [],
    onAnswer: (at) => {
      if (publishers.some(({ id }) => id === leader?.candidateInspect?.Id)) memory.answeredAt ??= at;
    },
  });
}

/** Whether nothing else of the change is to be tried or verified after it. */
function isLast(member: MemberSight, { sight, job, memory }: ActionContext): boolean {
  return sight.members.every((other) => {
    const known = memoryOf(other.target.container, memory);
    const id = other.candidateInspect?.Id;
    const isDone = known.verified === id || other.before?.activity === 'stopped' || other === member;
    return isDone && (jobMember(job, other.target.container)?.trial === undefined || known.tried === id);
  });
}

/** Looks at every new container of the change once more, after the time that the playbook gives them. */
async function soakAll(container: string, context: ActionContext): Promise<readonly string[] | 'rejected'> {
  const { sight, job, memory, tools } = context;
  const seconds = job.gate.soakSeconds ?? 0;
  // Who finishes the work of another has nothing to compare with, and no time was promised.
  if (seconds === 0 || job.intent !== 'apply') return [];
  tools.emit({ kind: 'step', host: tools.host, container, text: `watching it for ${seconds} s more` });
  const running = sight.members.filter(
    ({ candidateInspect, before }) => candidateInspect && before?.activity !== 'stopped',
  );
  const ids = running.flatMap(({ candidateInspect }) => candidateInspect?.Id ?? []);
  for (const member of running) await watchAgain(member, context);
  const isOver = await soak({ seconds, ids, isInterrupted: job.isInterrupted ?? (() => false) }, tools);
  for (const member of running) {
    const verdict = await lookAt(member, context);
    if (!verdict || verdict.passed || !member.candidateInspect) continue;
    const because = `looked at once more: ${verdict.because}`;
    reject(member.candidateInspect, because, member, context, { suspicion: verdict.suspicion });
    return 'rejected';
  }
  if (!isOver) memory.notes = [...memory.notes, `not watched for ${seconds} s more: the run was interrupted`];
  return isOver ? ['G9'] : [];
}

/** What the change takes from a container, and which of its programs have power of their own. */
export function powerOf({ oldInspect }: MemberSight, planned: JobMember | undefined) {
  const files = planned?.baseline?.facts?.poweredFiles;
  return {
    taken: oldInspect ? takenCapabilities(oldInspect, planned?.edits ?? []) : [],
    powered: files?.known === true ? files.value : [],
  };
}
