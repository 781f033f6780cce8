import type { Catalogue } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Learned } from '../model/learned.ts';
import { NOTHING_LEARNED } from '../model/learned.ts';
import type { Whereabouts } from '../model/machine.ts';
import type { Change, HostPlan, Plan } from '../model/plan.ts';
import { EnforceError } from '../model/errors.ts';
import { matchesGlob } from '../model/glob.ts';
import type { Exception, Exceptions } from '../model/playbook.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import type { Assessment } from './assess.ts';
import { selectContainers } from './assess.ts';
import { covers } from './accept.ts';
import { changeFor } from './change-for.ts';
import { guardRecreate } from './guards.ts';
import { profileKeyOf } from './profile-key.ts';
import { isSurplus } from './surplus.ts';
import { unmatchedEntries } from './unmatched-entries.ts';
import { portRoom } from './port-room.ts';
import { filesToCarry } from './writable-layer.ts';
import { withDependants } from './with-dependants.ts';

/** One host as it was read, with what the rules found on it. */
export interface AssessedHost {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
}

/** One host as a plan takes it: what was read of it, or why it could not be. */
export interface HostReading {
  readonly host: string;
  /** As written; for the report. */
  readonly address: string;
  readonly read: AssessedHost | Error;
}

/** What a plan is made with, beside what was read. */
export interface PlanInputs {
  readonly assessment: Assessment;
  readonly exceptions: Exceptions;
  readonly catalogue: Catalogue;
  /** What was learned of containers before; nothing where not said. */
  readonly learned?: Learned;
  /** Where enforce itself runs. */
  readonly itself: Whereabouts;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** How files that were written into a container may come along; they block its change where not said. */
  readonly carry?: Change['carry'];
}

/** Turns what was found into one change per container, in the order of hosts and then of names: the same facts give the same plan. */
export function buildPlan(readings: readonly HostReading[], inputs: PlanInputs): Plan {
  const { playbook } = inputs.assessment;
  return {
    createdAt: inputs.createdAt,
    playbook: { name: playbook.name, digest: playbook.digest },
    exceptionsDigest: inputs.exceptions.digest,
    hosts: readings.map((reading) => hostPlan(reading, inputs)),
    warnings: [...unusedExceptions(readings, inputs), ...unmatchedEntries(readings, inputs.assessment)],
  };
}

function hostPlan({ host, address, read }: HostReading, inputs: PlanInputs): HostPlan {
  if (read instanceof Error) {
    const hint = read instanceof EnforceError ? read.hint : undefined;
    return { host, address, reachable: false, because: read.message, ...(hint === undefined ? {} : { hint }) };
  }
  const snapshot = inOrder(read.snapshot);
  const context = {
    snapshot,
    playbook: inputs.assessment.playbook,
    catalogue: inputs.catalogue,
    learned: inputs.learned ?? NOTHING_LEARNED,
    day: inputs.createdAt.slice(0, 10),
    exceptions: inputs.assessment.exceptions,
    room: portRoom(snapshot),
    itself: inputs.itself,
    carry: inputs.carry ?? 'none',
  };
  const selected = selectContainers(snapshot, inputs.assessment);
  const found = selected.map((container) => ({
    container,
    own: read.findings.filter(({ containerId }) => containerId === container.id),
  }));
  const changes = withoutRepeats(
    found
      .filter(({ own }) => own.length > 0)
      .map(({ container, own }) => ({ container, change: changeFor(container, own, context) })),
  );
  const isChanged = (id: string): boolean => changes.some((change) => change.id === id);
  return {
    host,
    address,
    reachable: true,
    engine: snapshot.engine,
    containers: snapshot.containers.length,
    compliant: found.filter(({ container: { id } }) => !isChanged(id)).map(({ container }) => container.name),
    changes: withDependants(changes, snapshot, {
      guard: (container) => guardRecreate(container, snapshot, context.playbook, context.itself, context.carry),
      carryOf: (container) =>
        context.carry !== 'none' && filesToCarry(container, context.playbook) > 0 ? context.carry : 'none',
      isExcluded: (container) =>
        !selectContainers(snapshot, { ...inputs.assessment, containers: [] }).some(({ id }) => id === container.id),
    }),
  };
}

/**
 * Where nothing is wrong, nothing has to be done: what cannot be tried is compliant. Of one making one container at a time
 * is tried, as the others would fail alike.
 */
function withoutRepeats(
  made: readonly { readonly container: Container; readonly change: Change }[],
): readonly Change[] {
  const tried = new Set<string>();
  return made.flatMap(({ container, change }) => {
    if (!isSurplus(change.because)) return change;
    const making = JSON.stringify(profileKeyOf(container));
    const isTried = tried.has(making) && change.capabilityBasis?.confidence !== 'proven';
    if (change.action !== 'recreate' || isTried) return [];
    tried.add(making);
    return change;
  });
}

/** Who comes first is promised a port first and is named first, so the order must not hang on the engine's. */
function inOrder(snapshot: Snapshot): Snapshot {
  return { ...snapshot, containers: snapshot.containers.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** What was not looked at, whether left out or out of reach, says nothing of an exception. */
function unusedExceptions(readings: readonly HostReading[], { assessment }: PlanInputs): readonly string[] {
  if (assessment.containers.length > 0 || assessment.only.length > 0) return [];
  return assessment.exceptions
    .filter((exception) => !readings.some((reading) => mayUse(exception, reading)))
    .map(({ source, rule }) => `${source}: the exception for ${rule} matches nothing that was scanned`);
}

function mayUse(exception: Exception, { host, read }: HostReading): boolean {
  if (read instanceof Error) return matchesGlob(exception.match.host ?? '*', host);
  return read.findings.some((finding) => {
    const container = read.snapshot.containers.find(({ id }) => id === finding.containerId);
    return container !== undefined && covers(exception, finding, container);
  });
}
