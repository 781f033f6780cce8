import type { Whereabouts } from '../model/machine.ts';
import type { Blocked } from '../model/plan.ts';
import type { Container } from '../model/snapshot.ts';

/** The container enforce itself runs in is never stopped: nobody would be left to start the next one. */
export function runsEnforce(container: Container, itself: Whereabouts): Blocked | undefined {
  if (!isInside(container, itself)) return undefined;
  return {
    because: 'enforce itself runs in it, or in its network: stopping it would end enforce in the middle of the change',
    hint: 'run enforce on the host, or from another machine',
  };
}

/** Whether what was found of a process shows that it runs in this container; what joins another's network has the files of that one. */
export function isInside({ id, inspect }: Container, { containerIds }: Whereabouts): boolean {
  const joined = (inspect.HostConfig.NetworkMode ?? '').replace(/^container:/, '');
  return containerIds.some((own) => id.startsWith(own) || joined.startsWith(own));
}
