import type { AnyRule, Finding, RuleId, Violation } from '../model/finding.ts';
import { matchesGlob } from '../model/glob.ts';
import { LOCK_NAME, parseRoleName } from '../model/names.ts';
import type { Exception, Playbook, RuleSettings } from '../model/playbook.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { accept } from './accept.ts';
import { surplusOf } from './surplus.ts';

/** What is assessed: the rules of a playbook, the exceptions in force, and the containers the command line narrows to. */
export interface Assessment {
  readonly rules: readonly AnyRule[];
  readonly playbook: Playbook;
  readonly exceptions: readonly Exception[];
  /** Globs of `--container`; every container when empty. */
  readonly containers: readonly string[];
  /** Names of `--rule`; every rule of the playbook when empty. */
  readonly only: readonly RuleId[];
  /** Whether every host was asked for; not with `--limit` nor of a saved scan, and not where not said. */
  readonly hosts?: 'all' | 'some';
  /** Whether what may be more than is needed is told too, where nothing else is wrong; not where not said. */
  readonly seeks?: 'surplus';
}

/** Holds every selected container of a snapshot against the playbook's rules; excepted findings are marked, not hidden. */
export function assess(snapshot: Snapshot, assessment: Assessment): readonly Finding[] {
  return selectContainers(snapshot, assessment).flatMap((container) => {
    const found = findingsOf(container, snapshot, assessment);
    if (found.length > 0 || assessment.seeks === undefined) return found;
    return surplusOf(container, snapshot, assessment) ?? [];
  });
}

function findingsOf(container: Container, snapshot: Snapshot, assessment: Assessment): readonly Finding[] {
  return assessment.rules
    .filter(({ id }) => assessment.only.length === 0 || assessment.only.includes(id))
    .flatMap((rule) =>
      violations(rule, container, snapshot, assessment.playbook.rules).flatMap((violation) =>
        accept(
          {
            ...violation,
            rule: rule.id,
            refs: rule.refs,
            host: snapshot.host,
            container: container.name,
            containerId: container.id,
            exception: null,
          },
          container,
          assessment.exceptions,
        ),
      ),
    );
}

/** The containers a playbook and `--container` select; what an unfinished or finished change keeps aside is never one. */
export function selectContainers(snapshot: Snapshot, { playbook, containers }: Assessment): readonly Container[] {
  const { include, exclude } = playbook.containers;
  return snapshot.containers.filter(
    (container) =>
      !isKeptAside(container, snapshot) &&
      matchesAny(include, container.name, true) &&
      matchesAny(containers, container.name, true) &&
      !matchesAny(exclude, container.name, false),
  );
}

/** Whether a container of one of these names may be among the selected ones; what it is called in full is not known yet. */
export function maySelect(names: readonly string[], { playbook, containers }: Assessment): boolean {
  const { include, exclude } = playbook.containers;
  return (
    names.length === 0 ||
    names.some(
      (name) =>
        matchesAny(include, name, true) && matchesAny(containers, name, true) && !matchesAny(exclude, name, false),
    )
  );
}

/**
 * Whether a container is a host's lock, or one that a change has put aside. The name alone is no proof: it must not run, and the container
 * it stands beside must say that it replaces it (or it must itself be a candidate).
 */
function isKeptAside(container: Container, snapshot: Snapshot): boolean {
  if (container.name === LOCK_NAME && !container.inspect.State.Running) return true;
  const parsed = parseRoleName(container.name);
  if (!parsed || container.inspect.State.Running) return false;
  const labels = container.inspect.Config.Labels;
  if (labels?.['io.enforce.run'] === parsed.run) return true;
  return snapshot.containers.some((other) => other.inspect.Config.Labels?.['io.enforce.replaces'] === container.id);
}

function matchesAny(globs: readonly string[], name: string, whenEmpty: boolean): boolean {
  return globs.length === 0 ? whenEmpty : globs.some((glob) => matchesGlob(glob, name));
}

function violations(
  rule: AnyRule,
  container: Container,
  snapshot: Snapshot,
  settings: RuleSettings,
): readonly Violation[] {
  switch (rule.id) {
    case 'privileged-host-port':
      return check(rule.check, container, snapshot, settings['privileged-host-port']);
    case 'linux-capabilities':
      return check(rule.check, container, snapshot, settings['linux-capabilities']);
    case 'host-network-privileged-listener':
      return check(rule.check, container, snapshot, settings['host-network-privileged-listener']);
  }
}

function check<Settings>(
  run: (container: Container, snapshot: Snapshot, settings: Settings) => readonly Violation[],
  container: Container,
  snapshot: Snapshot,
  settings: Settings | undefined,
): readonly Violation[] {
  return settings === undefined ? [] : run(container, snapshot, settings);
}
