import type { ContainerSummary } from '../engine/engine.ts';
import { LABELS, parseRoleName } from '../model/names.ts';
import type { Target } from './observe.ts';

/**
 * Changes that were begun and not ended, found by names alone: a candidate or a failed one is about, or an old container
 * waits under its old-name. Works from any control machine, with no journal.
 */
export function unfinishedChanges(containers: readonly ContainerSummary[]): readonly Target[] {
  return targets(containers, ({ role }) => role !== 'bak');
}

/** An old container that is kept beside the one that took its place. */
export interface KeptContainer extends Target {
  readonly keptName: string;
  /** ISO 8601; null for one kept by a version that did not say. */
  readonly until: string | null;
}

/** Old containers that a committed change keeps, so that it can be taken back. */
export function keptContainers(containers: readonly ContainerSummary[]): readonly KeptContainer[] {
  return containers.flatMap(({ id, names }) =>
    names.flatMap((name) => {
      const parsed = parseRoleName(name);
      const successor = parsed?.role === 'bak' ? successorOf(id, parsed.run, containers) : undefined;
      if (!parsed || !successor) return [];
      const until = successor.labels[LABELS.keepUntil] ?? null;
      return [{ container: parsed.target, run: parsed.run, oldId: id, keptName: name, until }];
    }),
  );
}

function targets(
  containers: readonly ContainerSummary[],
  wanted: (parsed: NonNullable<ReturnType<typeof parseRoleName>>) => boolean,
): readonly Target[] {
  const found = new Map<string, Target>();
  for (const { id, names, labels } of containers) {
    for (const name of names) {
      const parsed = parseRoleName(name);
      if (!parsed || !wanted(parsed)) continue;
      // A name alone could be anybody's, so a candidate must bear the marks of that run; an old one has none to bear.
      const isOurs = parsed.role === 'old' || labels[LABELS.run] === parsed.run;
      if (isOurs)
        found.set(`${parsed.target} ${parsed.run}`, {
          container: parsed.target,
          run: parsed.run,
          ...(parsed.role === 'old' ? { oldId: id } : {}),
        });
    }
  }
  return [...found.values()];
}

function successorOf(id: string, run: string, containers: readonly ContainerSummary[]): ContainerSummary | undefined {
  return containers.find(({ labels }) => labels[LABELS.run] === run && labels[LABELS.replaces] === id);
}
