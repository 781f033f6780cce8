import { matchesGlob } from '../model/glob.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Container, ContainerInspect, FileChange } from '../model/snapshot.ts';
import { isCarried, isEngineMade, isScratch } from '../model/writable-layer.ts';

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
  return changes
    .filter(
      (change) =>
        !isEngineMade(change, inspect) &&
        !isScratch(change.path) &&
        // A folder counts as changed when something in it did; that is listed on a line of its own.
        !(change.kind !== 'deleted' && folders.has(change.path)) &&
        !expendable.some((glob) => matchesGlob(glob, change.path)),
    )
    .map(({ path }) => path);
}

/**
 * How many files come along where files do: all but the engine's own, once one of them would be lost; none for the sake of
 * what is expendable.
 */
export function filesToCarry({ details, inspect }: Container, { containers }: Playbook): number {
  const changes = details?.changes ?? [];
  if (filesAtRisk(changes, inspect, containers.expendable).length === 0) return 0;
  const folders = new Set(changes.map(({ path }) => parentOf(path)));
  return changes.filter(
    (change) => isCarried(change, inspect) && !isEngineMade(change, inspect) && !folders.has(change.path),
  ).length;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
