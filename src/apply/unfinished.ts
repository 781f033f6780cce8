import type { ContainerSummary } from '../engine/engine.ts';
import { LABELS, parseRoleName } from '../model/names.ts';
import type { Target } from './observe.ts';

/** What names and labels alone tell. */
type Named = Pick<ContainerSummary, 'id' | 'names' | 'labels'>;

/**
 * Changes that were begun and not ended, found by names alone: a candidate or a failed one is about, or an old container
 * waits under its old-name. Each is named for its leader. Works from any control machine, with no journal.
 */
export function unfinishedChanges(containers: readonly Named[]): readonly Target[] {
  const found = new Map<string, Target>();
  for (const { id, names, labels } of containers) {
    for (const name of names) {
      const parsed = parseRoleName(name);
      if (!parsed || parsed.role === 'bak') continue;
      const { target, role, run } = parsed;
      // A name alone could be anybody's, so a candidate must bear the marks of that run; an old one has none to bear.
      if (role !== 'old' && labels[LABELS.run] !== run) continue;
      const leader = leaderOf(target, run, containers);
      const known = found.get(`${leader} ${run}`);
      const oldId = role === 'old' && leader === target ? id : known?.oldId;
      found.set(`${leader} ${run}`, { container: leader, run, ...(oldId === undefined ? {} : { oldId }) });
    }
  }
  return [...found.values()];
}

/** An old container that is kept beside the one that took its place. */
export interface KeptContainer extends Target {
  readonly oldId: string;
  readonly keptName: string;
  /** ISO 8601; null for one kept by a version that did not say. */
  readonly until: string | null;
  /** Whose change it was part of; its own name where it was made by itself. */
  readonly leader: string;
}

/** Old containers that a committed change keeps, so that it can be taken back. */
export function keptContainers(containers: readonly ContainerSummary[]): readonly KeptContainer[] {
  return containers.flatMap(({ id, names }) =>
    names.flatMap((name) => {
      const parsed = parseRoleName(name);
      const successor = parsed?.role === 'bak' ? successorOf(id, parsed.run, containers) : undefined;
      if (!parsed || !successor) return [];
      const { target, run } = parsed;
      const until = marked(successor, 'keepUntil') ?? null;
      const leader = marked(successor, 'leader') ?? target;
      return [{ container: target, run, oldId: id, keptName: name, until, leader }];
    }),
  );
}

/** A change whose new container alone remembers how the old one was. */
export interface RememberedChange extends Target {
  readonly newId: string;
}

/** Changes of which no container is kept, or none any more, told by the labels of the one that has the name. */
export function rememberedChanges(containers: readonly ContainerSummary[]): readonly RememberedChange[] {
  const known = [...unfinishedChanges(containers), ...keptContainers(containers)];
  return containers.flatMap((container) => {
    const target = marked(container, 'target');
    const run = marked(container, 'run');
    const remembers = (marked(container, 'before') ?? '{}') !== '{}';
    if (target === undefined || run === undefined || !remembers || !container.names.includes(target)) return [];
    if (known.some((change) => change.container === target)) return [];
    return marked(container, 'leader') === undefined ? [{ container: target, run, newId: container.id }] : [];
  });
}

/** Containers that were made again because another was, each with that one's name. */
export function partsOfChanges(
  containers: readonly ContainerSummary[],
): readonly { readonly container: string; readonly leader: string }[] {
  return containers.flatMap((summary) => {
    const [container, leader] = [marked(summary, 'target'), marked(summary, 'leader')];
    return container !== undefined && leader !== undefined && summary.names.includes(container)
      ? [{ container, leader }]
      : [];
  });
}

/** The leader of the change that a container takes part in, by its candidate's label. */
function leaderOf(target: string, run: string, containers: readonly Named[]): string {
  const candidate = containers.find(({ labels }) => labels[LABELS.run] === run && labels[LABELS.target] === target);
  return (candidate && marked(candidate, 'leader')) ?? target;
}

function marked({ labels }: Named, mark: keyof typeof LABELS): string | undefined {
  const value = labels[LABELS[mark]];
  return value === '' ? undefined : value;
}

function successorOf(id: string, run: string, containers: readonly ContainerSummary[]): ContainerSummary | undefined {
  return containers.find(({ labels }) => labels[LABELS.run] === run && labels[LABELS.replaces] === id);
}
