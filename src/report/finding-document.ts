import type { Evidence, Finding, PublishedPort, References } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';

/** One finding as machine output has it. */
export function findingDocument(finding: Finding): JsonObject {
  return {
    host: finding.host,
    container: finding.container,
    id: finding.containerId,
    rule: finding.rule,
    severity: finding.severity,
    refs: referencesDocument(finding.refs),
    because: finding.because,
    evidence: evidenceDocument(finding.evidence),
    exception: finding.exception === null ? null : { ...finding.exception },
  };
}

/** Where the standards have a rule, as machine output has it. */
export function referencesDocument(refs: References): JsonObject {
  return { cis: { ...refs.cis }, stig: [...refs.stig] };
}

function evidenceDocument(evidence: Evidence): JsonObject {
  switch (evidence.kind) {
    case 'ports':
      return { kind: 'ports', ports: evidence.ports.map(portDocument) };
    case 'capabilities':
      return {
        kind: 'capabilities',
        effective: [...evidence.effective],
        excess: [...evidence.excess],
        privileged: evidence.privileged,
        ...(evidence.lacking === undefined ? {} : { lacking: [...evidence.lacking] }),
      };
    case 'listeners':
      return { kind: 'listeners', listeners: evidence.listeners.map((listener) => ({ ...listener })) };
    case 'surplus':
      return { kind: 'surplus', held: [...evidence.held] };
    case 'unknown':
      return { kind: 'unknown', missing: evidence.missing };
  }
}

function portDocument(port: PublishedPort): JsonObject {
  return {
    host_ip: port.hostIp,
    host_port: port.hostPort,
    host_port_end: port.hostPortEnd,
    protocol: port.protocol,
    container_port: port.containerPort,
    state: port.state,
  };
}
