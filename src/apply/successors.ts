import type { MemberSight } from './observe.ts';

/** Who takes the place of a container, as those that refer to it must name it from now on. */
export interface Successor {
  /** Full id of the old one. */
  readonly oldId: string;
  /** The name both have when the change is made. */
  readonly target: string;
  readonly id: string;
}

/** The successors that are there already, of all members of a change. */
export function successorsIn(members: readonly MemberSight[]): readonly Successor[] {
  return members.flatMap(({ oldInspect, candidateInspect, target }) =>
    oldInspect && candidateInspect
      ? [
          {
            oldId: oldInspect.Id,
            target: target.container,
            id: candidateInspect.Id,
          },
        ]
      : [],
  );
}
