import { matchesGlob } from './glob.ts';
import type { ContainerInspect, FileChange } from './snapshot.ts';
import { isEngineMade, isScratch } from './writable-layer.ts';

/**
 * The changed files of a writable layer that a recreate would lose: without what the engine itself makes there (mount
 * points and their parents), without scratch folders, and without what the playbook calls expendable.
 */
export function filesAtRisk(
  changes: readonly FileChange[],
  inspect: ContainerInspect,
  expendable: readonly string[],
): readonly string[] {
  const folders = new Set(changes.map(({ path }) => parentOf(path)));
  return (
    changes
      .filter(
        (change) =>
          !isEngineMade(change, inspect) &&
          !isScratch(change.path) &&
          // A folder counts as changed when something in it did; that is listed on a line of its own.
          !(change.kind !== 'deleted' && folders.has(change.path)) &&
          !expendable.some((glob) => matchesGlob(glob, change.path)),
      )
      .map(({ path }) => path)
      // The engine lists them in no order, and a plan is the same for the same facts.
      .toSorted()
  );
}

/** The folder a path is in. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
