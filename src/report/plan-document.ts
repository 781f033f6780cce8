import type { JsonObject, JsonValue } from '../model/json.ts';
import type {
  CapabilityBasis,
  CapabilityDecision,
  Change,
  DependantChange,
  Edit,
  Fingerprint,
  HostPlan,
  Plan,
  PortMove,
} from '../model/plan.ts';
import { documentHead } from './document.ts';
import { findingDocument } from './finding-document.ts';
import { engineDocument, unreadHostDocument } from './host-document.ts';

/** A plan as machine output and as the file that `apply` reads back: everything the plan holds is in it. */
export function planDocument(plan: Plan): JsonObject {
  const changes = plan.hosts.flatMap((host) => (host.reachable ? host.changes : []));
  return {
    ...documentHead(plan.createdAt, plan.hosts.filter((host) => !host.reachable).length),
    created_at: plan.createdAt,
    playbook: { name: plan.playbook.name, digest: plan.playbook.digest },
    exceptions_digest: plan.exceptionsDigest,
    changes: changes.map(changeDocument),
    // For whoever runs the load balancer: only what will really move. Reading a plan back takes each change's own.
    port_changes: changes.filter(({ action }) => action === 'recreate').flatMap(portChanges),
    hosts: plan.hosts.map(hostDocument),
    warnings: [...plan.warnings],
  };
}

/** One change as a plan has it. */
export function changeDocument(change: Change): JsonObject {
  return {
    host: change.host,
    container: change.container,
    id: change.id,
    image: change.image,
    action: change.action,
    because: change.because.map(findingDocument),
    before: byPath(change.edits, 'before'),
    after: byPath(change.edits, 'after'),
    port_moves: change.portMoves.map(portMoveDocument),
    capabilities: change.capabilities.map(capabilityDocument),
    ...(change.capabilityBasis === undefined ? {} : { capability_basis: basisDocument(change.capabilityBasis) }),
    ...wideningDocument(change),
    warnings: [...change.warnings],
    blocked: change.blocked === null ? null : { because: change.blocked.because, hint: change.blocked.hint },
    owner: {
      kind: change.owner.kind,
      ...(change.owner.name === undefined ? {} : { name: change.owner.name }),
      ...(change.owner.files === undefined ? {} : { files: [...change.owner.files] }),
    },
    activity: change.activity,
    order: change.order,
    keeps: change.keeps,
    carry: change.carry,
    carried_files: change.carriedFiles,
    dependants: change.dependants.map(dependantDocument),
    ...(change.partOf === undefined ? {} : { part_of: change.partOf }),
    downtime_s: change.downtimeSeconds,
    worst_case_s: change.worstCaseSeconds,
    stale_if: fingerprintDocument(change.staleIf),
  };
}

function dependantDocument(dependant: DependantChange): JsonObject {
  return {
    container: dependant.container,
    id: dependant.id,
    through: [...dependant.through],
    activity: dependant.activity,
    before: byPath(dependant.edits, 'before'),
    after: byPath(dependant.edits, 'after'),
    ...wideningDocument(dependant),
    stale_if: fingerprintDocument(dependant.staleIf),
  };
}

function wideningDocument({ widening }: Pick<Change, 'widening'>): JsonObject {
  if (!widening) return {};
  const { refused, safe, decisive } = widening;
  return { widening: { refused: [...refused], safe: [...safe], ...(decisive ? { decisive: [...decisive] } : {}) } };
}

function fingerprintDocument({ configDigest, imageId, engineId }: Fingerprint): JsonObject {
  return { config_digest: configDigest, image_id: imageId, engine_id: engineId };
}

function byPath(edits: readonly Edit[], side: 'before' | 'after'): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(edits.map((edit) => [edit.path, edit[side]]));
}

function portChanges(change: Change): readonly JsonObject[] {
  return change.portMoves.map((move) => ({
    host: change.host,
    container: change.container,
    ...portMoveDocument(move),
  }));
}

function portMoveDocument(move: PortMove): JsonObject {
  return { proto: move.protocol, ip: move.ip, from: move.from, to: move.to, container_port: move.containerPort };
}

function capabilityDocument(decision: CapabilityDecision): JsonObject {
  return {
    capability: decision.capability,
    verdict: decision.verdict,
    evidence: decision.evidence,
    because: decision.because,
    ...(decision.isTolerated === true ? { tolerated: true } : {}),
    ...(decision.isAdded === true ? { added: true } : {}),
    ...(decision.risk === undefined ? {} : { risk: decision.risk }),
  };
}

function basisDocument({ mode, confidence, because, notes, advice }: CapabilityBasis): JsonObject {
  return {
    mode,
    confidence,
    because,
    notes: [...notes],
    advice: advice.map((one) => ({
      kind: one.kind,
      instead_of: [...one.insteadOf],
      setting: one.setting,
      because: one.because,
      applied: one.isApplied,
    })),
  };
}

function hostDocument(host: HostPlan): JsonObject {
  if (!host.reachable) return unreadHostDocument(host);
  return {
    host: host.host,
    address: host.address,
    reachable: true,
    engine: engineDocument(host.engine),
    containers: host.containers,
    compliant: [...host.compliant],
  };
}
