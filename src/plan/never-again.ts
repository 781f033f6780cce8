import type { Blocked, CapabilityDecision } from '../model/plan.ts';
import type { ContainerCapabilities } from '../model/playbook.ts';
import type { ProfileTrial } from '../model/learned.ts';
import type { Container } from '../model/snapshot.ts';
import { isForbidden } from './playbook-limits.ts';
import { safeSet } from './safe-set.ts';
import { hasFailed } from './trial-lessons.ts';
import { watchCommand } from './watch-command.ts';

/**
 * A set that failed its gate is not proposed again: the safe set is kept beside it, and where that failed too, a person
 * has to say what is needed.
 */
export function neverAgain(
  container: Container,
  decisions: readonly CapabilityDecision[],
  trials: readonly ProfileTrial[],
  person: ContainerCapabilities | undefined,
): readonly CapabilityDecision[] | Blocked {
  if (!hasFailed(keptIn(decisions), trials)) return decisions;
  const safe = safeSet(container)
    .map(({ capability }) => capability)
    .filter((name) => person === undefined || !isForbidden(name, person));
  const wider = decisions.map(
    (decision): CapabilityDecision =>
      decision.verdict === 'drop' && safe.includes(decision.capability)
        ? {
            capability: decision.capability,
            verdict: 'keep',
            evidence: 'safe-set',
            because: 'a container of the same making failed its gate with less, and nothing tells what it lacked',
          }
        : decision,
  );
  if (!hasFailed(keptIn(wider), trials)) return wider;
  return {
    because: `with ${keptIn(decisions).join(', ') || 'no capability'} a container of the same making failed its gate, and so it did with the safe set`,
    hint: `watch it with ${watchCommand(container)}, or pin what it needs under rules.linux-capabilities.containers`,
  };
}

function keptIn(decisions: readonly CapabilityDecision[]): readonly string[] {
  return decisions.filter(({ verdict }) => verdict === 'keep').map(({ capability }) => capability);
}
