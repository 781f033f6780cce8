import { isCertain } from '../model/evidence-strength.ts';
import type { Blocked } from '../model/plan.ts';
import type { ContainerCapabilities } from '../model/playbook.ts';
import type { Container } from '../model/snapshot.ts';
import type { Ledger } from './capability-ledger.ts';
import { watchCommand } from './watch-command.ts';

/**
 * Why a privileged container stays so; undefined where it may become an ordinary one. A list of capabilities stands for
 * one part of what privileged gives: devices, system calls and paths beside it leave no trace, so that a person must say
 * it has no use for them, and even then not against what was seen.
 */
export function whyStaysPrivileged(
  container: Container,
  { watched, evidence }: Ledger,
  person: ContainerCapabilities | undefined,
): Blocked | undefined {
  const seen = [...new Set(evidence.filter((one) => isCertain(one.class)).map((one) => one.capability))];
  const hint = hintFor(container, watched.extent === 'whole' ? seen.toSorted() : undefined);
  if (person === undefined || !person.isUnprivileged || (person.mode !== 'pin' && watched.extent !== 'whole'))
    return {
      because:
        'it is privileged: beside every capability that lifts seccomp, device and path limits, which a list of capabilities cannot replace',
      hint,
    };
  const opening = [...new Set([...seen, ...person.add, ...person.floor])].filter((one) => OPENING.includes(one));
  if (opening.length === 0) return undefined;
  return {
    because: `it is privileged and uses ${opening.join(', ')}, with which it mounts, loads or reaches what only --privileged opens`,
    hint: `recreate it by hand with the devices and paths that ${opening.join(', ')} is for, or write an exception`,
  };
}

/** With these a program does what the device, mount and path limits of an ordinary container refuse all the same. */
const OPENING: readonly string[] = ['MKNOD', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_MODULE', 'SYS_RAWIO'];

function hintFor(container: Container, seen: readonly string[] | undefined): string {
  const pin = `under rules.linux-capabilities.containers, {match: {container: ${container.name}}, mode: pin, add: [${(seen ?? []).join(', ')}], unprivileged: true, reason: …}`;
  return seen === undefined
    ? `recreate it by hand without --privileged, or write an exception; ${watchCommand(container)} tells which capabilities it uses`
    : `if it needs no device, no special system call and no masked path, pin what it was seen to use ${pin}; else write an exception`;
}
