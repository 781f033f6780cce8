import type { Publisher } from './health-gate.ts';
import type { Job, Memory } from './job.ts';
import { memoryOf } from './job.ts';
import type { MemberSight } from './observe.ts';

/**
 * Whose ports must answer when a member is verified. Who publishes a port need not be who listens on it: a container in its
 * network may be, which is started after it. So the ports of a network wait for the last of those who live in it.
 */
export function publishersAt(
  { target }: MemberSight,
  members: readonly MemberSight[],
  job: Job,
  memory: Memory,
): readonly Publisher[] {
  const running = members.filter(({ before }) => before?.activity !== 'stopped');
  const hosts = new Map(running.map((member) => [member.target.container, networkHost(member, members)]));
  const isPending = (container: string): boolean =>
    container !== target.container && memoryOf(container, memory).verified === undefined;
  const host = hosts.get(target.container);
  if ([...hosts].some(([container, other]) => other === host && isPending(container))) return [];
  return running.flatMap(({ target: { container }, candidateInspect }) =>
    candidateInspect && hosts.get(container) === host
      ? [
          {
            id: candidateInspect.Id,
            baseline: job.members.find((known) => known.target.container === container)?.baseline,
          },
        ]
      : [],
  );
}

/** The member in whose network another one lives: itself, or the one it joined, however many are between. */
function networkHost(member: MemberSight, members: readonly MemberSight[], steps = members.length): string {
  const mode = member.candidateInspect?.HostConfig.NetworkMode ?? '';
  const joined = members.find(
    ({ candidateInspect }) => candidateInspect && mode === `container:${candidateInspect.Id}`,
  );
  return joined && steps > 0 ? networkHost(joined, members, steps - 1) : member.target.container;
}
