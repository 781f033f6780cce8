import { closerLook } from './closer-look.ts';
import { passGate } from './health-gate.ts';
import type { ActionContext, JobMember } from './job.ts';
import { jobMember, memoryOf } from './job.ts';
import type { MemberSight } from './observe.ts';
import { publishersAt } from './publishers-at.ts';
import { refusalsIn } from './refusals-in.ts';
import { takenCapabilities } from './taken-capabilities.ts';
import { reject } from './turn-back.ts';

/** Lets a started candidate pass the gate, or turns the change back. */
export async function verifyCandidate(member: MemberSight, context: ActionContext): Promise<void> {
  const { candidateInspect, target } = member;
  const { sight, job, memory, tools } = context;
  if (!candidateInspect) return;
  const { host, clock, probe, journal, emit } = tools;
  const { container } = target;
  emit({ kind: 'step', host, container, text: 'checking that the service answers' });
  const publishers = publishersAt(member, sight.members, job, memory);
  const [leader] = sight.members;
  const planned = jobMember(job, container);
  const baseline = planned?.baseline;
  const verdict = await passGate({
    engine: await tools.engine(),
    id: candidateInspect.Id,
    baseline,
    publishers,
    gate: job.gate,
    clock,
    probe,
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
  if (!verdict.passed) {
    reject(candidateInspect, verdict.because, member, context, verdict.suspicion);
    return;
  }
  const { answers, because, unseen, bears } = verdict;
  const told = [...bears.map((what) => `it does without: ${what}`), ...unseen.map((what) => `not looked at: ${what}`)];
  memoryOf(container, memory).verified = candidateInspect.Id;
  // One that is dealt out by the engine is another after each start.
  memory.answers.set(container, answers);
  memory.because = because;
  memory.notes = [...new Set([...memory.notes, ...told])];
  const text = [because, ...told].join('; ');
  const decided = { event: 'decided', decision: 'verified' } as const;
  journal.write({ ...decided, at: clock.timestamp(), host, container, because: text });
}

/** What the change takes from a container, and which of its programs have power of their own. */
export function powerOf({ oldInspect }: MemberSight, planned: JobMember | undefined) {
  const files = planned?.baseline?.facts?.poweredFiles;
  return {
    taken: oldInspect ? takenCapabilities(oldInspect, planned?.edits ?? []) : [],
    powered: files?.known === true ? files.value : [],
  };
}
