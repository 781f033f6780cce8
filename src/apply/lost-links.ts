import { EnforceError } from '../model/errors.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { MemberSight } from './observe.ts';
import { baseName } from '../model/base-name.ts';

/**
 * Throws where an old container would come up without a link it had, or could not come up for one. An engine that starts
 * makes links anew from the names they were asked for with: in the middle of a change nobody has that name, or the new
 * container has.
 */
export function requireLinks(
  { oldInspect, candidateInspect, target }: Pick<MemberSight, 'oldInspect' | 'candidateInspect' | 'target'>,
  members: readonly Pick<MemberSight, 'candidateInspect'>[],
): void {
  if (!oldInspect || !candidateInspect) return;
  const candidates = members.flatMap((member) => (member.candidateInspect ? [member.candidateInspect.Name] : []));
  const had = linksOf(candidateInspect);
  const has = linksOf(oldInspect);
  const lost = had.find(({ alias }) => !has.some((link) => link.alias === alias && !candidates.includes(link.to)));
  if (!lost) return;
  throw new EnforceError(
    'refused',
    `the engine was started again in the middle of the change, and ${target.container} has lost its link ${lost.alias} by that`,
    {
      hint: 'start the engine once more (systemctl restart docker), which makes the link anew now that its name is back; then run enforce apply',
    },
  );
}

interface Link {
  /** Name of the other container, with its slash. */
  readonly to: string;
  readonly alias: string;
}

/** As the engine shows them: `/web:/side/alias`. */
function linksOf({ HostConfig }: ContainerInspect): readonly Link[] {
  return (HostConfig.Links ?? []).map((text) => {
    const [to = '', path = ''] = text.split(':');
    return { to, alias: baseName(path) };
  });
}
