import type { ContainerSummary } from '../engine/engine.ts';
import { LABELS, roleName } from '../model/names.ts';

/** What there is of an unfinished change, for a person: who runs, and who has the name. */
export function standingOf(container: string, run: string, containers: readonly ContainerSummary[]): string {
  const named = (name: string): ContainerSummary | undefined => containers.find(({ names }) => names.includes(name));
  const failed = named(roleName(container, 'fail', run));
  const old = named(roleName(container, 'old', run));
  const candidate =
    failed ?? containers.find(({ labels }) => labels[LABELS.run] === run && labels[LABELS.target] === container);
  const current = named(container);
  const former = old ?? (current?.id === candidate?.id ? undefined : current);
  const parts = [
    former ? `the old container ${doing(former)}` : 'the old container is not there under a name of its own',
    candidate ? `the new one ${doing(candidate)}` : 'the new one is gone',
    ...(failed ? ['it is being undone'] : []),
  ];
  return parts.join(', ');
}

function doing({ state }: ContainerSummary): string {
  return state === 'running' ? 'runs' : `is ${state === '' ? 'there' : state}`;
}
