import { filesAtRisk, parentOf } from '../model/files-at-risk.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Container } from '../model/snapshot.ts';
import { isCarried, isEngineMade } from '../model/writable-layer.ts';

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
